"""Sending one webhook over HTTP, as GitHub does: one POST, ten seconds, no redirects."""

import hashlib
import hmac
import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

MOST_ANSWER_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of sending a webhook."""

    status: str
    status_code: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


def signatures(body: bytes, *, secret: str | None) -> dict[str, str]:
    """Return the two signature headers, none without a secret."""
    if not secret:
        return {}
    key = secret.encode()
    return {
        "X-Hub-Signature": f"sha1={hmac.new(key, body, hashlib.sha1).hexdigest()}",
        "X-Hub-Signature-256": f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}",
    }


def send(url: str, *, body: bytes, headers: Mapping[str, str], seconds: float) -> Outcome:
    """Post a webhook once and return what came of it, in the words of GitHub's delivery list."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    try:
        connection = kind(parts.netloc, timeout=seconds)
    except (http.client.HTTPException, ValueError):
        return Outcome("failed to connect to host")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body=body, headers=dict(headers))
        response = connection.getresponse()
        text = response.read(MOST_ANSWER_BYTES).decode("utf-8", "replace")
        answered = dict(response.getheaders())
        good = 200 <= response.status < 300
        status = "OK" if good else f"Invalid HTTP Response: {response.status}"
        return Outcome(status, response.status, answered, text)
    except TimeoutError:
        return Outcome("timed out")
    except (OSError, http.client.HTTPException, ValueError):
        return Outcome("failed to connect to host")
    finally:
        connection.close()
