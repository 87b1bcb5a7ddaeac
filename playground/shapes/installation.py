"""Installations of Apps and their tokens; no I/O."""

from typing import Any

from playground.records import Installation, InstallationToken
from playground.shapes import repository, user
from playground.shapes.moment import iso
from playground.shapes.view import View


def installation(installation: Installation, view: View) -> dict[str, Any]:
    """Return an App's installation on an account."""
    links = view.links
    account = view.account(installation.account_id)
    app = view.records.apps.need(installation.app_id)
    return {
        "id": installation.id,
        "client_id": app.client_id,
        "account": user.simple(account, view),
        "repository_selection": installation.repository_selection,
        "access_tokens_url": links.api(f"app/installations/{installation.id}/access_tokens"),
        "repositories_url": links.api("installation/repositories"),
        "html_url": links.html(f"settings/installations/{installation.id}"),
        "app_id": app.id,
        "app_slug": app.slug,
        "target_id": account.id,
        "target_type": account.kind,
        "permissions": dict(installation.permissions),
        "events": list(installation.events),
        "created_at": iso(installation.created_at),
        "updated_at": iso(installation.updated_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None,
        "suspended_at": None,
    }


def token(token: InstallationToken, view: View) -> dict[str, Any]:
    """Return a new access token with what it may do; its repositories only when narrowed."""
    installation = view.records.installations.need(token.installation_id)
    document: dict[str, Any] = {
        "token": token.token,
        "expires_at": iso(token.expires_at),
        "permissions": dict(token.permissions),
        "repository_selection": installation.repository_selection,
    }
    if token.repository_ids is not None:
        document["repository_selection"] = "selected"
        document["repositories"] = [
            repository.repository(view.repository(id), view) for id in token.repository_ids
        ]
    return document
