"""Validators for the shapes in GitHub's description, OpenAPI 3.0 and 3.1 alike; no I/O."""

from collections.abc import Callable, Mapping
from typing import Any

import jsonschema_rs

LONGEST = 300
"""Characters of one complaint: whole documents are quoted in some."""
BOT = ("[bot]", "%5Bbot%5D")
"""What every bot's login ends with, and how it is written in an address.

Waived: `format: uri` and `format: email` do not allow the brackets, GitHub sends them.
"""


def modern(schema: Any) -> Any:
    """Return an OpenAPI 3.0 schema as JSON Schema: `nullable` becomes a type."""
    if isinstance(schema, list):
        return [modern(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        keyword: value if keyword in ("enum", "required") else _below(keyword, value)
        for keyword, value in schema.items()
        if keyword != "nullable"
    }
    return _or_null(kept) if schema.get("nullable") is True else kept


def _below(keyword: str, value: Any) -> Any:
    # The keys of `properties` are names of fields, one of which may be `nullable`.
    if keyword == "properties":
        return {name: modern(one) for name, one in value.items()}
    return modern(value)


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    if "oneOf" in schema or "anyOf" in schema or "allOf" in schema:
        return {"anyOf": [{"type": "null"}, schema]}
    return schema


def closed(schema: Any) -> Any:
    """Return a schema in which an object has no field but those it names.

    GitHub ignores unknown fields of a request, so only this shows a misspelt one. Parts of an
    `allOf` stay open: each names only some of the fields.
    """
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = dict(schema)
    for keyword in ("items", "oneOf", "anyOf"):
        if keyword in kept:
            kept[keyword] = closed(kept[keyword])
    if "properties" in kept:
        kept["properties"] = {name: closed(one) for name, one in kept["properties"].items()}
        kept.setdefault("additionalProperties", False)
    return kept


class Shapes:
    """Compiles the schemas of one document as they are needed."""

    def __init__(self, components: Mapping[str, Any], convert: Callable[[Any], Any]) -> None:
        self._convert = convert
        self._components = {
            "schemas": {name: convert(schema) for name, schema in components.items()}
        }
        self._compiled: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def complaints(
        self, name: str, schema: Mapping[str, Any], value: Any, *, strict: bool = False
    ) -> list[str]:
        """Return what is wrong with `value`; `name` is what the schema is remembered by."""
        validator = self._compiled.get(name)
        if validator is None:
            converted = self._convert(dict(schema))
            validator = jsonschema_rs.Draft202012Validator(
                {**(closed(converted) if strict else converted), "components": self._components},
                validate_formats=True,
                formats={"uri": _uri, "email": _email},
            )
            self._compiled[name] = validator
        return [explain(error) for error in validator.iter_errors(value)]


def explain(error: jsonschema_rs.ValidationError) -> str:
    """Return where and why a value is wrong, looking into the most fitting of alternatives."""
    context = getattr(error.kind, "context", None)
    if isinstance(context, list) and not all(
        not branch or _is_for_null(branch[0]) for branch in context
    ):
        branches = [branch for branch in context if branch and not _is_for_null(branch[0])]
        nearest = min(branches, key=lambda branch: (len(branch), -_depth(branch[0])))
        return explain(max(nearest, key=_depth))
    place = "/".join(str(step) for step in error.instance_path) or "(whole)"
    reason = error.message if len(error.message) <= LONGEST else f"…{error.message[-LONGEST:]}"
    return f"{place}: {reason}"


def _is_for_null(error: jsonschema_rs.ValidationError) -> bool:
    return getattr(error.kind, "types", None) == ["null"]


def _depth(error: jsonschema_rs.ValidationError) -> int:
    return len(error.instance_path)


_ADDRESS = jsonschema_rs.Draft202012Validator({"format": "uri"}, validate_formats=True)
_MAIL = jsonschema_rs.Draft202012Validator({"format": "email"}, validate_formats=True)


def _uri(value: str) -> bool:
    return _ADDRESS.is_valid(value.replace(*BOT))


def _email(value: str) -> bool:
    return _MAIL.is_valid(value.replace(BOT[0], ""))
