"""The cut keeps shapes and what they refer to, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts import cut_github_schema as cut

PACKAGE = cut.Package("@octokit/openapi", "1.2.3", "digest")
LABEL = {
    "title": "Label",
    "description": "A label",
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "example": "bug", "nullable": True},
        "title": {"type": "string", "x-note": 1},
        "author": {"$ref": "#/components/schemas/user", "description": "Who"},
    },
    "examples": [{"name": "bug"}],
}
SOURCE: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "GitHub", "version": "1.2.3", "description": "Long"},
    "paths": {
        "/labels/{name}": {
            "get": {
                "operationId": "issues/get-label",
                "summary": "Get a label",
                "parameters": [{"$ref": "#/components/parameters/name"}],
                "responses": {"200": {"$ref": "#/components/responses/label"}},
            },
            "delete": {
                "operationId": "issues/delete-label",
                "responses": {"204": {"description": "Gone"}},
            },
        }
    },
    "components": {
        "schemas": {
            "label": LABEL,
            "user": {"type": "object", "properties": {"login": {"type": "string"}}},
            "unused": {"type": "object"},
        },
        "parameters": {
            "name": {
                "name": "name",
                "in": "path",
                "required": True,
                "description": "Its name",
                "schema": {"type": "string"},
            }
        },
        "responses": {
            "label": {
                "description": "The label",
                "content": {
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/label"},
                        "examples": {"one": {"value": {}}},
                    },
                    "application/xml": {"schema": {"type": "string"}},
                },
            }
        },
    },
}


def test_cut_rest__keeps_shapes_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "OPERATIONS", {"issues": "get-label"})
    found = cut.cut_rest(SOURCE, package=PACKAGE)
    assert found["paths"] == {
        "/labels/{name}": {
            "get": {
                "operationId": "issues/get-label",
                "parameters": [
                    {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/label"}}
                        }
                    }
                },
            }
        }
    }
    assert found["components"]["schemas"] == {
        "label": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "nullable": True},
                "title": {"type": "string"},
                "author": {"$ref": "#/components/schemas/user"},
            },
        },
        "user": {"type": "object", "properties": {"login": {"type": "string"}}},
    }
    assert found["info"]["x-source"].startswith("npm @octokit/openapi@1.2.3 ")


def test_cut_rest__an_operation_that_is_gone_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "OPERATIONS", {"issues": "get-label explode"})
    with pytest.raises(cut.SourceUnusable, match="issues/explode"):
        cut.cut_rest(SOURCE, package=PACKAGE)


def test_shape__an_unknown_keyword_is_an_error() -> None:
    with pytest.raises(cut.SourceUnusable, match="unevaluatedItems"):
        cut.shape({"type": "array", "unevaluatedItems": False})


def test_text__is_json_with_a_line_for_each_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "OPERATIONS", {"issues": "get-label"})
    found = cut.cut_rest(SOURCE, package=PACKAGE)
    assert json.loads(cut.text(found)) == found
    assert cut.text(found) == cut.text(json.loads(cut.text(found)))
    assert sum(line.startswith('"label": ') for line in cut.text(found).splitlines()) == 1


def test_load__another_digest_is_an_error(tmp_path: Path) -> None:
    (tmp_path / PACKAGE.archive).write_bytes(b"something else")
    with pytest.raises(cut.SourceUnusable, match="digest"):
        cut.load(PACKAGE, folder=tmp_path)


@pytest.mark.parametrize("name", ["github-openapi.json", "github-webhooks.json"])
def test_committed__is_what_the_script_writes_today(name: str) -> None:
    content = (cut.OUTPUT / name).read_text("utf-8")
    document = json.loads(content)
    assert cut.text(document) == content
    assert len(content) < 1_000_000
    if name == "github-openapi.json":
        nodes = [node for methods in document["paths"].values() for node in methods.values()]
        assert {one["operationId"] for one in nodes} == cut.named(cut.OPERATIONS, joint="/")
    else:
        assert set(document["webhooks"]) == cut.named(cut.EVENTS, joint="-")
    package = cut.REST if name == "github-openapi.json" else cut.WEBHOOKS
    assert document["info"]["x-source"] == f"npm {package.name}@{package.version} {package.member}"
