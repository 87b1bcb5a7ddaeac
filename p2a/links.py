"""Links to stored files that carry their own permission: an expiry and an HMAC; no I/O."""

import hashlib
import hmac
from urllib.parse import quote

PAGE_TYPE = "text/html; charset=utf-8"
"""The media type of a stored page that runs its own script; of no other file does a script run."""
TRAJECTORY = "trajectory.html"
RECORD = "record.zip"
"""Names under which the pages of a workflow's record are signed."""


def artifact_path(key: bytes, *, workflow_id: str, name: str, expires: int) -> str:
    """Return the path and query of a link that is good until `expires` (Unix seconds)."""
    query = _query(key, workflow_id, name, expires)
    return f"/artifacts/{quote(workflow_id)}/{quote(name)}?{query}"


def trajectory_path(key: bytes, *, workflow_id: str, expires: int) -> str:
    """Return the path and query of the page that shows a workflow step by step."""
    return f"/workflows/{quote(workflow_id)}?{_query(key, workflow_id, TRAJECTORY, expires)}"


def record_path(key: bytes, *, workflow_id: str, expires: int) -> str:
    """Return the path and query of a workflow's record as a file."""
    query = _query(key, workflow_id, RECORD, expires)
    return f"/records/{quote(workflow_id)}/{RECORD}?{query}"


def is_valid(
    key: bytes, *, workflow_id: str, name: str, expires: int, signature: str, now: int
) -> bool:
    """Tell whether the signature fits and the link has not expired."""
    expected = _signature(key, workflow_id, name, expires)
    return hmac.compare_digest(expected.encode(), signature.encode()) and now <= expires


def _query(key: bytes, workflow_id: str, name: str, expires: int) -> str:
    return f"expires={expires}&signature={_signature(key, workflow_id, name, expires)}"


def _signature(key: bytes, workflow_id: str, name: str, expires: int) -> str:
    message = "\0".join(["artifact", workflow_id, name, str(expires)]).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()
