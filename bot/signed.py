"""What every page behind a signed link shares: the check of the link, and the headers."""

import re
from collections.abc import Callable
from datetime import datetime

from fastapi import Response

from bot.page_policy import NOTHING
from p2a.links import is_valid

POLICY = "Content-Security-Policy"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    POLICY: NOTHING,
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=300",
}
NOT_FOUND = "There is no such file, or the link has expired. Its check run or pull request has a new one after a re-run."

_WORKFLOW = re.compile(r"[0-9a-f]{16}\Z")
_NAME = re.compile(r"[a-z0-9-]{1,40}\.[a-z]{1,8}\Z")


def may_read(
    key: Callable[[], bytes],
    clock: Callable[[], datetime],
    *,
    workflow_id: str,
    name: str,
    expires: str,
    signature: str,
) -> bool:
    """Tell whether a link to a file of a workflow is signed and has not expired."""
    if not _WORKFLOW.match(workflow_id) or not _NAME.match(name) or not _is_number(expires):
        return False
    return is_valid(
        key(),
        workflow_id=workflow_id,
        name=name,
        expires=int(expires),
        signature=signature,
        now=int(clock().timestamp()),
    )


def not_found() -> Response:
    """Return the answer to a link that is not good, or leads to nothing."""
    return Response(NOT_FOUND, status_code=404, media_type="text/plain", headers=HEADERS)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 13
