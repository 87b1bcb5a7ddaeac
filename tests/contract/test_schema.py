"""Schemas are read as GitHub means them, and complaints point at the trouble."""

from typing import Any

import pytest

from tests.contract.schema import LONGEST, Shapes, closed, modern

STRING = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        (
            {"type": "string", "nullable": True, "enum": ["a"]},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        ({"nullable": True, "oneOf": [STRING]}, {"anyOf": [{"type": "null"}, {"oneOf": [STRING]}]}),
        (
            {"type": "object", "properties": {"nullable": {"type": "integer", "nullable": False}}},
            {"type": "object", "properties": {"nullable": {"type": "integer"}}},
        ),
        ({"items": {"type": "string", "nullable": True}}, {"items": {"type": ["string", "null"]}}),
    ],
)
def test_modern__nullable_becomes_a_type(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    assert modern(schema) == expected


def test_closed__objects_take_no_other_fields_but_parts_of_all_do() -> None:
    part = {"properties": {"a": STRING}}
    assert closed({"oneOf": [part], "allOf": [part]}) == {
        "oneOf": [{"properties": {"a": STRING}, "additionalProperties": False}],
        "allOf": [part],
    }
    assert closed({"properties": {"a": part}, "additionalProperties": True}) == {
        "properties": {"a": {**part, "additionalProperties": False}},
        "additionalProperties": True,
    }


def complaints(schema: dict[str, Any], value: Any) -> list[str]:
    components = {"user": {"type": "object", "required": ["login"], "properties": {"id": STRING}}}
    return Shapes(components, modern).complaints("one", schema, value)


def test_complaints__name_the_place() -> None:
    schema = {"type": "array", "items": {"$ref": "#/components/schemas/user"}}
    assert complaints(schema, [{"login": "ada"}, {"login": "b", "id": 7}]) == [
        '1/id: 7 is not of type "string"'
    ]


def test_complaints__of_alternatives_the_nearest_counts() -> None:
    schema = {"nullable": True, "oneOf": [{"$ref": "#/components/schemas/user"}, STRING]}
    assert complaints(schema, {"login": "ada", "id": 7}) == ['id: 7 is not of type "string"']
    assert complaints(schema, None) == []


def test_complaints__are_short() -> None:
    assert len(complaints(STRING, ["x" * 10_000])[0]) < LONGEST + 30
