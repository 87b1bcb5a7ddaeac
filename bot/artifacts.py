"""Stored files behind signed links: the graph and the report of a workflow."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from fastapi import APIRouter, Response

from p2a.links import is_valid

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=300",
}
NOT_FOUND = "There is no such file, or the link has expired. Its check run or pull request has a new one after a re-run."

_WORKFLOW = re.compile(r"[0-9a-f]{16}\Z")
_NAME = re.compile(r"[a-z0-9-]{1,40}\.[a-z]{1,8}\Z")


class StoredFile(Protocol):
    """A file as the store gives it."""

    @property
    def media_type(self) -> str:
        """Return the media type, such as `application/json`."""
        ...

    @property
    def content(self) -> bytes:
        """Return the bytes."""
        ...


class Files(Protocol):
    """What of the store this page needs."""

    def artifact(self, workflow_id: str, name: str) -> StoredFile | None:
        """Return a workflow's file, or None."""
        ...

    def signing_key(self) -> bytes:
        """Return the key of the signed links."""
        ...


def router(files: Files, clock: Callable[[], datetime]) -> APIRouter:
    """Return the route that serves a stored file to whoever holds a good link."""
    routes = APIRouter()

    @routes.get("/artifacts/{workflow_id}/{name}")
    def read(workflow_id: str, name: str, expires: str = "", signature: str = "") -> Response:
        if not _WORKFLOW.match(workflow_id) or not _NAME.match(name) or not _is_number(expires):
            return _not_found()
        good = is_valid(
            files.signing_key(),
            workflow_id=workflow_id,
            name=name,
            expires=int(expires),
            signature=signature,
            now=int(clock().timestamp()),
        )
        found = files.artifact(workflow_id, name) if good else None
        if found is None:
            return _not_found()
        return Response(found.content, media_type=found.media_type, headers=HEADERS)

    return routes


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 13


def _not_found() -> Response:
    return Response(NOT_FOUND, status_code=404, media_type="text/plain", headers=HEADERS)
