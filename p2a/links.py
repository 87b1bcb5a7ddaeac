"""Links to stored files that carry their own permission: an expiry and an HMAC; no I/O."""

import hashlib
import hmac
from urllib.parse import quote


def artifact_path(key: bytes, *, workflow_id: str, name: str, expires: int) -> str:
    """Return the path and query of a link that is good until `expires` (Unix seconds)."""
    signature = _signature(key, workflow_id, name, expires)
    return f"/artifacts/{quote(workflow_id)}/{quote(name)}?expires={expires}&signature={signature}"


def is_valid(
    key: bytes, *, workflow_id: str, name: str, expires: int, signature: str, now: int
) -> bool:
    """Tell whether the signature fits and the link has not expired."""
    expected = _signature(key, workflow_id, name, expires)
    return hmac.compare_digest(expected.encode(), signature.encode()) and now <= expires


def _signature(key: bytes, workflow_id: str, name: str, expires: int) -> str:
    message = "\0".join(["artifact", workflow_id, name, str(expires)]).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()
