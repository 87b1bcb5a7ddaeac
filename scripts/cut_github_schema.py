"""Cut GitHub's published OpenAPI description and webhook schemas down to what this project uses.

The two npm packages that Octokit publishes from GitHub's own description are large (394 MB
unpacked). This script fetches them through npm at pinned versions, checks their digests, and
keeps of each one document only the operations and events named here and what those refer to,
as shapes alone: no prose, no examples, no titles, no extensions. The outcome is committed:

    python scripts/cut_github_schema.py            # fetch with npm, then write both files
    python scripts/cut_github_schema.py --from DIR # use the .tgz files that lie in DIR

Same input, same bytes. To use one more operation, add its id to `OPERATIONS` and run it again.
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).resolve().parent.parent / "tests" / "contract"


@dataclass(frozen=True, slots=True)
class Package:
    """An npm package at one version, with the digest that npm publishes for its archive."""

    name: str
    version: str
    sha512: str
    member: str = "package/generated/api.github.com.json"
    licence: str = "MIT, Copyright (c) 2020 Octokit contributors"

    @property
    def archive(self) -> str:
        """Return the file name that `npm pack` gives it."""
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


REST = Package(
    "@octokit/openapi",
    "23.0.2",
    "pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==",
)
WEBHOOKS = Package(
    "@octokit/openapi-webhooks",
    "12.1.0",
    "Z5eDsLCUNbx1zHpZb1LNQirADqdMTvWJQ/deahi0ws+tWWnwHXB+Pr4jfmM9OrETS9Y5iW8ZRu1fdbudObhLrg==",
)

OPERATIONS: dict[str, str] = {
    "apps": """
        get-authenticated list-installations get-installation create-installation-access-token
        revoke-installation-access-token list-repos-accessible-to-installation
        get-repo-installation get-by-slug list-webhook-deliveries get-webhook-delivery
        redeliver-webhook-delivery get-webhook-config-for-app update-webhook-config-for-app
    """,
    "users": "get-authenticated get-by-username",
    "repos": """
        get list-collaborators check-collaborator add-collaborator remove-collaborator
        get-collaborator-permission-level list-branches get-branch list-commits get-commit
        compare-commits compare-commits-with-basehead get-content create-or-update-file-contents
        delete-file create-commit-status list-commit-statuses-for-ref
        get-combined-status-for-ref list-pull-requests-associated-with-commit
    """,
    "issues": """
        list-for-repo create get update list-comments list-comments-for-repo get-comment
        create-comment update-comment delete-comment list-labels-for-repo create-label get-label
        list-labels-on-issue add-labels set-labels remove-label remove-all-labels
    """,
    "reactions": """
        list-for-issue create-for-issue delete-for-issue list-for-issue-comment
        create-for-issue-comment delete-for-issue-comment list-for-pull-request-review-comment
        create-for-pull-request-review-comment delete-for-pull-request-comment
    """,
    "pulls": """
        list create get update list-files list-commits list-reviews create-review get-review
        list-review-comments create-review-comment create-reply-for-review-comment
        list-comments-for-review list-review-comments-for-repo get-review-comment
        update-review-comment delete-review-comment submit-review dismiss-review
    """,
    "checks": """
        create-suite get-suite list-suites-for-ref rerequest-suite create update get list-for-ref
        list-for-suite list-annotations rerequest-run
    """,
    "git": """
        create-blob get-blob create-tree get-tree create-commit get-commit create-ref update-ref
        delete-ref get-ref list-matching-refs
    """,
    "rate-limit": "get",
    "meta": "get",
}
"""The operations to keep: the tag, then the ids behind `tag/`."""

EVENTS: dict[str, str] = {
    "ping": "",
    "push": "",
    "status": "",
    "installation": "created deleted new-permissions-accepted suspend unsuspend",
    "installation-repositories": "added removed",
    "issues": "opened edited closed reopened labeled unlabeled assigned unassigned",
    "issue-comment": "created edited deleted",
    "pull-request": """
        opened synchronize reopened closed edited labeled unlabeled ready-for-review
        converted-to-draft
    """,
    "pull-request-review": "submitted dismissed",
    "pull-request-review-comment": "created edited deleted",
    "check-suite": "requested rerequested completed",
    "check-run": "created completed rerequested requested-action",
}
"""The webhook events to keep, each with its actions; three have none."""

VALUES = frozenset(
    [
        *("type", "format", "nullable", "enum", "const", "required", "pattern"),
        *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems"),
        *("minProperties", "maxProperties"),
    ]
)
"""Keywords kept as they are."""
SCHEMAS = frozenset(["items", "additionalProperties", "not"])
"""Keywords whose value is a schema or a boolean."""
LISTS = frozenset(["oneOf", "anyOf", "allOf"])
"""Keywords whose value is a list of schemas."""
PROSE = frozenset(
    [
        *("description", "summary", "title", "example", "examples", "default", "deprecated"),
        *("readOnly", "writeOnly", "externalDocs", "discriminator"),
    ]
)
"""Keywords dropped: they say nothing about the shape."""


class SourceUnusable(Exception):
    """The description has something that this script does not know, or lacks what it asks for."""


def shape(schema: Any) -> Any:
    """Return `schema` without its prose; a keyword that is not known raises SourceUnusable."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    kept: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in VALUES:
            kept[keyword] = value
        elif keyword in SCHEMAS:
            kept[keyword] = shape(value)
        elif keyword in LISTS:
            kept[keyword] = [shape(one) for one in value]
        elif keyword == "properties":
            kept[keyword] = {name: shape(one) for name, one in value.items()}
        elif keyword not in PROSE and not keyword.startswith("x-"):
            raise SourceUnusable(f"unknown keyword {keyword!r} in a schema")
    return kept


def references(node: Any) -> set[str]:
    """Return the names of all component schemas that `node` refers to."""
    if isinstance(node, list):
        return set().union(*(references(one) for one in node))
    if not isinstance(node, dict):
        return set()
    found = set().union(*(references(one) for one in node.values()))
    ref = node.get("$ref")
    if isinstance(ref, str):
        found.add(ref.removeprefix("#/components/schemas/"))
    return found


def components(start: Any, *, source: dict[str, Any]) -> dict[str, Any]:
    """Return the shapes of all component schemas that `start` reaches, sorted by name."""
    kept: dict[str, Any] = {}
    waiting = references(start)
    while waiting:
        name = waiting.pop()
        kept[name] = shape(source["components"]["schemas"][name])
        waiting |= references(kept[name]) - kept.keys()
    return dict(sorted(kept.items()))


def resolved(node: dict[str, Any], *, source: dict[str, Any]) -> dict[str, Any]:
    """Return the parameter or response that `node` is or points to."""
    while "$ref" in node:
        _, kind, name = node["$ref"].removeprefix("#/").split("/")
        node = source["components"][kind][name]
    return node


def json_body(content: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON part of a body's media types, cut to its shape."""
    return {
        media: {"schema": shape(content[media]["schema"])}
        for media in sorted(content)
        if media == "application/json"
    }


def parameter(node: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter's place and shape."""
    return {
        "name": node["name"],
        "in": node["in"],
        "required": bool(node.get("required", False)),
        "schema": shape(node["schema"]),
    }


def operation(node: dict[str, Any], *, source: dict[str, Any]) -> dict[str, Any]:
    """Return an operation's parameters, body and answers as shapes."""
    kept: dict[str, Any] = {
        "operationId": node["operationId"],
        "parameters": [
            parameter(resolved(one, source=source)) for one in node.get("parameters", ())
        ],
    }
    if "requestBody" in node:
        body = node["requestBody"]
        kept["requestBody"] = {
            "required": bool(body.get("required", False)),
            "content": json_body(body["content"]),
        }
    kept["responses"] = {
        status: {"content": json_body(resolved(one, source=source).get("content", {}))}
        for status, one in sorted(node["responses"].items())
    }
    return kept


def named(groups: dict[str, str], *, joint: str) -> set[str]:
    """Return the full names that a table of groups stands for."""
    return {
        f"{group}{joint}{name}" if name else group
        for group, names in groups.items()
        for name in (names.split() or [""])
    }


def complain_about(missing: Iterable[str]) -> None:
    """Raise SourceUnusable when something asked for is not in the description."""
    if names := sorted(missing):
        raise SourceUnusable(f"not in the description: {', '.join(names)}")


def about(package: Package, *, source: dict[str, Any]) -> dict[str, Any]:
    """Return the `info` of a cut: what it was cut from."""
    return {
        "title": source["info"]["title"],
        "version": source["info"]["version"],
        "license": {"name": package.licence},
        "x-source": f"npm {package.name}@{package.version} {package.member}",
        "x-cut-by": "scripts/cut_github_schema.py",
    }


def cut_rest(source: dict[str, Any], *, package: Package = REST) -> dict[str, Any]:
    """Return the REST description reduced to `OPERATIONS`."""
    wanted = named(OPERATIONS, joint="/")
    paths: dict[str, Any] = {}
    for path, methods in sorted(source["paths"].items()):
        for method, node in sorted(methods.items()):
            if node["operationId"] in wanted:
                paths.setdefault(path, {})[method] = operation(node, source=source)
                wanted.discard(node["operationId"])
    complain_about(wanted)
    return {
        "openapi": source["openapi"],
        "info": about(package, source=source),
        "paths": paths,
        "components": {"schemas": components(paths, source=source)},
    }


def cut_webhooks(source: dict[str, Any], *, package: Package = WEBHOOKS) -> dict[str, Any]:
    """Return the webhook description reduced to `EVENTS`."""
    wanted = named(EVENTS, joint="-")
    complain_about(wanted - source["webhooks"].keys())
    webhooks = {
        name: {
            "post": {
                "operationId": source["webhooks"][name]["post"]["operationId"],
                "requestBody": {
                    "content": json_body(source["webhooks"][name]["post"]["requestBody"]["content"])
                },
            }
        }
        for name in sorted(wanted)
    }
    return {
        "openapi": source["openapi"],
        "info": about(package, source=source),
        "webhooks": webhooks,
        "components": {"schemas": components(webhooks, source=source)},
    }


def text(document: dict[str, Any]) -> str:
    """Return the document as JSON with one line for each operation, event and schema."""
    lines = [
        f'"openapi": {json.dumps(document["openapi"])}',
        f'"info": {json.dumps(document["info"])}',
    ]
    lines.extend(
        f'"{section}": {rows(document[section])}'
        for section in ("paths", "webhooks")
        if section in document
    )
    lines.append(f'"components": {{"schemas": {rows(document["components"]["schemas"])}}}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def rows(mapping: dict[str, Any]) -> str:
    """Return a JSON object with one line for each of its entries."""
    entries = (
        f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}"
        for key, value in mapping.items()
    )
    return "{\n" + ",\n".join(entries) + "\n}"


def fetch(package: Package, *, folder: Path) -> None:
    """Have npm put the package's archive in `folder`, unless it is there."""
    if not (folder / package.archive).exists():
        subprocess.run(
            ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
            cwd=folder,
            check=True,
            timeout=600,
            stdout=subprocess.DEVNULL,
        )


def load(package: Package, *, folder: Path) -> dict[str, Any]:
    """Return the one document that is used of a package, after checking the archive's digest."""
    archive = folder / package.archive
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != package.sha512:
        raise SourceUnusable(f"{archive.name} has the digest {digest}, not {package.sha512}")
    with tarfile.open(archive) as packed:
        member = packed.extractfile(package.member)
        if member is None:
            raise SourceUnusable(f"{archive.name} has no file {package.member}")
        document: dict[str, Any] = json.load(member)
        return document


def main(arguments: list[str]) -> int:
    """Fetch, cut and write; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--from", dest="folder", type=Path, help="a folder with both archives")
    parser.add_argument("--to", type=Path, default=OUTPUT, help="where to write the two files")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder: Path = options.folder or Path(temporary)
        for package in (REST, WEBHOOKS):
            fetch(package, folder=folder)
        cuts = {
            "github-openapi.json": cut_rest(load(REST, folder=folder)),
            "github-webhooks.json": cut_webhooks(load(WEBHOOKS, folder=folder)),
        }
    for name, document in cuts.items():
        content = text(document)
        (options.to / name).write_text(content, encoding="utf-8")
        sys.stdout.write(f"{name}: {len(content):,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
