"""A workflow step by step, and its record as a file, behind signed links of their own."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from fastapi import APIRouter, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.signed import HEADERS, may_read, not_found
from bot.steps import trajectory_of
from p2a.links import RECORD, TRAJECTORY, record_path
from p2a.record.archive import Part, record_of, to_zip
from p2a.record.form import Record

PAGE_HEADERS = {
    **HEADERS,
    # No script at all, and no style but the page's own.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-downloads",
}
_TEMPLATE = "trajectory.html.j2"


class Recordings(Protocol):
    """What of the store these pages need."""

    def record_parts(self, workflow_id: str) -> Sequence[Part]:
        """Return the parts of a workflow's record."""
        ...

    def signing_key(self) -> bytes:
        """Return the key of the signed links."""
        ...


def router(recordings: Recordings, clock: Callable[[], datetime]) -> APIRouter:
    """Return the routes; a link to the page is no link to the file, which holds more."""
    routes = APIRouter()
    pages = Environment(
        loader=PackageLoader("bot", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def find(workflow_id: str, name: str, expires: str, signature: str) -> Record | None:
        good = may_read(
            recordings.signing_key,
            clock,
            workflow_id=workflow_id,
            name=name,
            expires=expires,
            signature=signature,
        )
        parts = recordings.record_parts(workflow_id) if good else []
        return record_of(workflow_id, parts) if parts else None

    @routes.get("/workflows/{workflow_id}")
    def show(workflow_id: str, expires: str = "", signature: str = "") -> Response:
        record = find(workflow_id, TRAJECTORY, expires, signature)
        if record is None:
            return not_found()
        key = recordings.signing_key()
        page = pages.get_template(_TEMPLATE).render(
            trajectory=trajectory_of(record),
            download=record_path(key, workflow_id=workflow_id, expires=int(expires)),
        )
        return Response(page, media_type="text/html", headers=PAGE_HEADERS)

    @routes.get("/records/{workflow_id}/{name}")
    def download(workflow_id: str, name: str, expires: str = "", signature: str = "") -> Response:
        record = find(workflow_id, name, expires, signature) if name == RECORD else None
        if record is None:
            return not_found()
        named = {"Content-Disposition": f'attachment; filename="p2a-{workflow_id}.zip"'}
        headers = {**HEADERS, **named}
        return Response(to_zip(record), media_type="application/zip", headers=headers)

    return routes
