"""Stored files behind signed links: the graph and the report of a workflow."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from fastapi import APIRouter, Response

from bot.page_policy import policy_of
from bot.signed import HEADERS, POLICY, may_read, not_found
from p2a.links import PAGE_TYPE


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
        good = may_read(
            files.signing_key,
            clock,
            workflow_id=workflow_id,
            name=name,
            expires=expires,
            signature=signature,
        )
        found = files.artifact(workflow_id, name) if good else None
        if found is None:
            return not_found()
        is_page = found.media_type == PAGE_TYPE
        headers = {**HEADERS, POLICY: policy_of(found.content)} if is_page else HEADERS
        return Response(found.content, media_type=found.media_type, headers=headers)

    return routes
