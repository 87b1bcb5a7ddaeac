"""A webhook request as bytes and headers becomes a Delivery, or the reason why not; no I/O."""

import hashlib
import hmac
import json
import math
import re
from collections.abc import Mapping
from typing import Any

from p2a.trigger.delivery import Delivery

MAX_BODY = 25 * 1024 * 1024
"""Bytes; GitHub does not deliver a payload above 25 MB ("Webhook events and payloads")."""

SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}\Z")
"""The form of GitHub's header X-Hub-Signature-256."""
_WORD = re.compile(r"[A-Za-z0-9_-]{1,100}\Z")


class Rejected(Exception):
    """A request that is not a delivery: the HTTP status to answer with, and a line of why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def read_delivery(headers: Mapping[str, str], body: bytes, *, secret: str) -> Delivery:
    """Verify the signature over the raw bytes first, then read them.

    Args:
        headers: by lower-case name.
        body: exactly as it came.
        secret: the App's webhook secret.

    Raises:
        Rejected: 401 not signed with the secret; 415 not JSON; 400 not a delivery's form.
    """
    verify(headers.get("x-hub-signature-256", ""), body, secret=secret)
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Rejected(415, "Set the webhook's content type to application/json.")
    payload = parse(body)
    action = payload.get("action")
    return Delivery(
        guid=_header(headers, "x-github-delivery"),
        event=_header(headers, "x-github-event"),
        action=action if isinstance(action, str) and _WORD.match(action) else "",
        digest=hashlib.sha256(body).hexdigest(),
        payload=payload,
    )


def verify(signature: str, body: bytes, *, secret: str) -> None:
    """Check GitHub's HMAC-SHA256 in constant time ("Validating webhook deliveries").

    Raises:
        Rejected: 401 when it is absent, malformed or wrong; the legacy SHA-1 header never counts.
    """
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    given = signature if SIGNATURE.match(signature) else "sha256="
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise Rejected(401, "The X-Hub-Signature-256 header does not fit the body.")


def parse(body: bytes) -> Mapping[str, Any]:
    """Read a JSON object strictly: UTF-8, finite numbers, no key twice.

    Raises:
        Rejected: 400, for whatever else it is.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=_finite,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError) as error:
        raise Rejected(400, "The body is not a JSON document that we read.") from error
    if not isinstance(value, dict):
        raise Rejected(400, "The body is not a JSON object.")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is not finite")
    return number


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "")
    if not _WORD.match(value):
        raise Rejected(400, f"The {name} header is missing or malformed.")
    return value
