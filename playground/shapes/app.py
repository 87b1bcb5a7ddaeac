"""GitHub Apps and their hooks; no I/O."""

from typing import Any

from playground.records import App
from playground.shapes import user
from playground.shapes.links import node_id
from playground.shapes.moment import iso
from playground.shapes.view import View


def app(app: App, view: View) -> dict[str, Any]:
    """Return an App as everybody sees it."""
    page = view.links.html(f"apps/{app.slug}")
    return {
        "id": app.id,
        "client_id": app.client_id,
        "slug": app.slug,
        "node_id": node_id("A", app.id),
        "owner": user.simple(view.account(app.owner_id), view),
        "name": app.name,
        "description": app.description,
        "external_url": page,
        "html_url": page,
        "created_at": iso(app.created_at),
        "updated_at": iso(app.updated_at),
        "permissions": dict(app.permissions),
        "events": list(app.events),
    }


def own(record: App, view: View) -> dict[str, Any]:
    """Return an App as it sees itself."""
    installations = view.records.installations.where(app_id=record.id)
    return app(record, view) | {"installations_count": len(installations)}


def performed(app_id: int | None, view: View) -> dict[str, Any] | None:
    """Return the App through which something was made, None when it was made without one."""
    found = view.records.apps.get(app_id)
    return None if found is None else app(found, view)


def hook_config(app: App) -> dict[str, Any]:
    """Return the settings of an App's hook; the secret is never shown."""
    config: dict[str, Any] = {"content_type": app.webhook_content_type, "insecure_ssl": "0"}
    if app.webhook_url is not None:
        config["url"] = app.webhook_url
    if app.webhook_secret:
        config["secret"] = "********"  # noqa: S105
    return config
