"""Secrets that are planted to be found again, in the forms in which a thief would carry them out."""

import base64
import codecs
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote


def forms(secret: str) -> Iterator[str]:
    """Yield a secret plain, reversed, in ROT13, hex, URL encoding and base64 at each alignment."""
    data = secret.encode()
    yield from (secret, secret[::-1], codecs.encode(secret, "rot13"))
    yield from (data.hex(), data.hex().upper(), data.hex(" "), data.hex(":"))
    yield from (quote(secret, safe=""), "".join(f"%{byte:02x}" for byte in data))
    for shift in range(3):
        # The first and last characters depend on what stands beside it, so they are left out.
        encoded = base64.b64encode(b"\\0" * shift + data).decode().rstrip("=")
        core = encoded[-(-shift * 8 // 6) : -1]
        yield from (core, core.replace("+", "-").replace("/", "_"))


def leaks(canaries: Iterable[str], sinks: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (sink, canary) for each canary that stands in a sink in any form."""
    return [
        (name, canary)
        for canary in canaries
        for name, text in sinks.items()
        if any(form in text for form in forms(canary))
    ]
