"""Accounts: users, organizations and bots; no I/O."""

from typing import Any

from playground.records import Account
from playground.shapes.links import node_id
from playground.shapes.moment import iso
from playground.shapes.permission import PERMISSIONS, flags
from playground.shapes.view import View

BELOW = {
    "url": "",
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
"""The addresses below an account."""


def simple(account: Account, view: View) -> dict[str, Any]:
    """Return an account as it stands within other documents."""
    links = view.links
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id(account.kind[0], account.id),
        "avatar_url": links.avatar(account.id),
        "gravatar_id": "",
        "html_url": links.html(page(account)),
        **{name: links.pattern(f"users/{account.login}{end}") for name, end in BELOW.items()},
        "type": account.kind,
        "user_view_type": "public",
        "site_admin": account.site_admin,
    }


def page(account: Account) -> str:
    """Return the path of an account's page; a bot has that of its App."""
    if account.kind == "Bot":
        return f"apps/{account.login.removesuffix('[bot]')}"
    return account.login


def public(account: Account, view: View) -> dict[str, Any]:
    """Return an account as everybody sees it."""
    owned = view.records.repositories.where(owner_id=account.id, private=False)
    return simple(account, view) | {
        "name": account.name,
        "company": None,
        "blog": "",
        "location": None,
        "email": account.email,
        "hireable": None,
        "bio": None,
        "twitter_username": None,
        "public_repos": len(owned),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": iso(account.created_at),
        "updated_at": iso(account.updated_at),
    }


def private(account: Account, view: View) -> dict[str, Any]:
    """Return an account as its owner sees it."""
    owned = view.records.repositories.where(owner_id=account.id, private=True)
    return public(account, view) | {
        "user_view_type": "private",
        "private_gists": 0,
        "total_private_repos": len(owned),
        "owned_private_repos": len(owned),
        "disk_usage": 0,
        "collaborators": 0,
        "two_factor_authentication": True,
    }


def collaborator(account: Account, view: View, *, permission: str) -> dict[str, Any]:
    """Return an account with its level on a repository."""
    return simple(account, view) | {
        "permissions": flags(permission),
        "role_name": permission if permission in PERMISSIONS else "none",
    }
