"""Branches and pull requests that a person makes in a workshop's repository."""

from collections.abc import Mapping
from typing import Any

import requests

from tests.fakes.workshop import FULL_NAME, Workshop

PIECES = "src/uploader/pieces.py"
RISKY = "import subprocess\n\n\ndef run(x):\n    eval(x)\n"


def push(
    workshop: Workshop,
    branch: str,
    text: str | None = None,
    *,
    files: Mapping[str, str | None] = {},
) -> str:
    """Change files, None for a removed one, on main or a new branch; return its commit."""
    main = workshop.get("branches/main")["commit"]["sha"]
    if branch != "main":
        workshop.post("git/refs", {"ref": f"refs/heads/{branch}", "sha": main})
    contents = {**files, **({} if text is None else {PIECES: text})}
    entries = [_entry(path, content) for path, content in contents.items()]
    tree = workshop.post("git/trees", {"base_tree": main, "tree": entries})
    commit = workshop.post(
        "git/commits", {"message": "Change it", "tree": tree["sha"], "parents": [main]}
    )
    url = f"{workshop.playground.api_url}/repos/{FULL_NAME}/git/refs/heads/{branch}"
    headers = {"Authorization": f"Bearer {workshop.ann.token}"}
    requests.patch(url, json={"sha": commit["sha"]}, headers=headers, timeout=30).raise_for_status()
    return str(commit["sha"])


def open_pull(
    workshop: Workshop,
    text: str | None = RISKY,
    *,
    title: str = "Mine",
    body: str = "",
    files: Mapping[str, str | None] = {},
) -> dict[str, Any]:
    """Open a pull request of a person and return the origin's values for it."""
    head = push(workshop, "topic", text, files=files)
    pull = workshop.post("pulls", {"title": title, "head": "topic", "base": "main", "body": body})
    return {
        "key": f"pull:{workshop.repository.id}:{pull['number']}:{head}",
        "number": pull["number"],
        "is_pull_request": True,
        "comment_id": None,
        "head_sha": head,
        "base_sha": pull["base"]["sha"],
        "base_ref": "main",
    }


def _entry(path: str, content: str | None) -> dict[str, str | None]:
    entry = {"path": path, "mode": "100644", "type": "blob"}
    return {**entry, "sha": None} if content is None else {**entry, "content": content}
