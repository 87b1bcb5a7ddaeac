"""Whether requests and answers keep to GitHub's published OpenAPI description."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.contract.schema import Shapes, modern

DESCRIPTION = Path(__file__).with_name("github-openapi.json")

SLASHES = frozenset(["path", "ref", "branch", "basehead", "base", "head"])
"""Placeholders whose value may have slashes in it that are not encoded."""

OLD_PATHS = (
    (re.compile(r"(/repos/[^/]+/[^/]+)/statuses/(.+)"), r"\1/commits/\2/statuses"),
    (re.compile(r"(/repos/[^/]+/[^/]+)/git/refs/?"), r"\1/git/matching-refs/heads"),
    (re.compile(r"(/repos/[^/]+/[^/]+)/git/refs/(.+)"), r"\1/git/ref/\2"),
    (re.compile(r"(/repos/[^/]+/[^/]+)/contents/?"), r"\1/contents/."),
)
"""GET paths that are not described, which PyGithub asks for, and the described one of the same."""
PAGING = frozenset(["per_page", "page"])


class Waiver(StrEnum):
    """Where GitHub is known to differ from its description; each use is counted."""

    BARE_LABELS = "a bare array of names as the body of POST or PUT labels, which GitHub takes"
    UNLISTED_PAGING = "per_page or page on a list that has no pages, which PyGithub sends"
    OLD_PATH = "a path that GitHub moved and still answers, or contents without a path"
    UNLISTED_REFUSAL = "a 4xx status that the operation does not list"
    OVERLAPPING_REFUSALS = "a refusal described as one of two forms, that fits both"
    NOT_MODIFIED = "304 without a body to a GET that does not list it"
    TWO_KINDS_OF_ACCOUNT = "the list of installations, whose accounts must be user and enterprise"
    OTHER_MEDIA = "an answer that is no JSON (raw, diff, patch), as the request's Accept asked"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer; bodies are decoded JSON, None for an empty one."""

    method: str
    path: str
    """Below the API's base, percent-encoded, without the query."""
    status: int
    query: Mapping[str, str] = field(default_factory=dict)
    request: Any = None
    answer: Any = None
    other_media: bool = False
    """The answer is of another media type than JSON: only its status is checked."""

    @property
    def name(self) -> str:
        """Return the exchange in one line."""
        return f"{self.method} {self.path} -> {self.status}"


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which an exchange breaks the contract."""

    exchange: str
    part: str
    """`operation`, `path`, `query`, `request` or `answer`."""
    complaint: str

    def __str__(self) -> str:
        """Return the violation in one line."""
        return f"{self.exchange}: {self.part}: {self.complaint}"


@dataclass
class Report:
    """What a check of many exchanges came to."""

    exchanges: int = 0
    violations: list[Violation] = field(default_factory=list)
    operations: Counter[str] = field(default_factory=Counter)
    waivers: Counter[Waiver] = field(default_factory=Counter)

    def __str__(self) -> str:
        """Return the count that is printed."""
        return f"contract: {self.exchanges} exchanges checked, {len(self.violations)} violations"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the description with the pattern of its path."""

    id: str
    method: str
    path: str
    """As described, with its placeholders."""
    pattern: re.Pattern[str]
    weight: int
    """How many segments are literal: the most literal match counts."""
    node: Mapping[str, Any]


class Contract:
    """The description, ready to check exchanges against."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.source: str = document["info"]["x-source"]
        self.operations = sorted(
            (
                _operation(path, method, node)
                for path, methods in document["paths"].items()
                for method, node in methods.items()
            ),
            key=lambda operation: -operation.weight,
        )
        self._shapes = Shapes(document["components"]["schemas"], modern)

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> "Contract":
        """Read the committed cut, once: compiling its schemas takes longer than using them."""
        return cls(json.loads(DESCRIPTION.read_text("utf-8")))

    def check(self, exchanges: Iterable[Exchange]) -> Report:
        """Check exchanges and count them."""
        report = Report()
        for exchange in exchanges:
            report.exchanges += 1
            self._check_one(exchange, report)
        return report

    def _check_one(self, exchange: Exchange, report: Report) -> None:
        found = self._find(exchange.method, exchange.path) or self._find_old(exchange, report)
        if found is None:
            report.violations.append(
                Violation(exchange.name, "operation", "GitHub describes no such operation")
            )
            return
        operation, params = found
        report.operations[operation.id] += 1
        complaints = [
            *(("path", one) for one in self._parameters(operation, "path", params)),
            *(("query", one) for one in self._query(operation, exchange, report)),
            *(("request", one) for one in self._request(operation, exchange, report)),
            *(("answer", one) for one in self._answer(operation, exchange, report)),
        ]
        report.violations += [Violation(exchange.name, *complaint) for complaint in complaints]

    def _find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        for operation in self.operations:
            if operation.method == method.upper():
                match = operation.pattern.fullmatch(path)
                if match:
                    return operation, {k: unquote(v) for k, v in match.groupdict().items()}
        return None

    def _find_old(
        self, exchange: Exchange, report: Report
    ) -> tuple[Operation, dict[str, str]] | None:
        if exchange.method != "GET":
            return None
        for old, new in OLD_PATHS:
            match = old.fullmatch(exchange.path)
            if match:
                report.waivers[Waiver.OLD_PATH] += 1
                return self._find(exchange.method, match.expand(new))
        return None

    def _parameters(
        self, operation: Operation, place: str, given: Mapping[str, str]
    ) -> Iterable[str]:
        known = {one["name"]: one for one in operation.node["parameters"] if one["in"] == place}
        for name, parameter in known.items():
            if name not in given:
                if parameter["required"]:
                    yield f"{name}: is required"
                continue
            schema = parameter["schema"]
            value = _typed(given[name], schema)
            key = f"{operation.id} {place} {name}"
            for complaint in self._shapes.complaints(key, schema, value):
                yield f"{name}: {complaint}"
        for name in given.keys() - known.keys():
            yield f"{name}: GitHub describes no such parameter"

    def _query(self, operation: Operation, exchange: Exchange, report: Report) -> Iterable[str]:
        known = {one["name"] for one in operation.node["parameters"]}
        paging = (PAGING & exchange.query.keys()) - known
        if not paging or not isinstance(exchange.answer, list):
            return self._parameters(operation, "query", exchange.query)
        report.waivers[Waiver.UNLISTED_PAGING] += 1
        rest = {name: text for name, text in exchange.query.items() if name not in paging}
        return self._parameters(operation, "query", rest)

    def _request(self, operation: Operation, exchange: Exchange, report: Report) -> Iterable[str]:
        described = operation.node.get("requestBody")
        body = exchange.request
        if described is None:
            if body not in (None, {}):
                yield "GitHub describes no body"
            return
        if body is None:
            if described["required"]:
                yield "the body is missing"
            return
        if operation.id in ("issues/add-labels", "issues/set-labels") and isinstance(body, list):
            report.waivers[Waiver.BARE_LABELS] += 1
            body = {"labels": body}
        if isinstance(body, bytes):
            yield "the body is no JSON"
            return
        schema = described["content"]["application/json"]["schema"]
        yield from self._shapes.complaints(f"{operation.id} request", schema, body, strict=True)

    def _answer(self, operation: Operation, exchange: Exchange, report: Report) -> Iterable[str]:
        status = exchange.status
        described = operation.node["responses"].get(str(status))
        if described is None:
            yield from self._unlisted(operation, exchange, report)
            return
        if exchange.other_media:
            report.waivers[Waiver.OTHER_MEDIA] += 1
            return
        content = described["content"].get("application/json")
        if content is None:
            if exchange.answer is not None and status < 400:
                yield "GitHub answers without a body"
            return
        schema = content["schema"]
        if (operation.id, status) in CORRECTED:
            waiver, schema = CORRECTED[operation.id, status]
            report.waivers[waiver] += 1
        elif status >= 400 and "oneOf" in schema:
            report.waivers[Waiver.OVERLAPPING_REFUSALS] += 1
            schema = {"anyOf": schema["oneOf"]}
        key = f"{operation.id} {status}"
        yield from self._shapes.complaints(key, schema, exchange.answer)

    def _unlisted(self, operation: Operation, exchange: Exchange, report: Report) -> Iterable[str]:
        if exchange.status == 304 and exchange.method == "GET":
            report.waivers[Waiver.NOT_MODIFIED] += 1
            if exchange.answer is not None:
                yield "a 304 has no body"
        elif 400 <= exchange.status < 500:
            report.waivers[Waiver.UNLISTED_REFUSAL] += 1
            yield from self._shapes.complaints("refusal", REFUSAL, exchange.answer)
        else:
            yield f"status {exchange.status} is not among {sorted(operation.node['responses'])}"


REFUSAL = {
    "type": "object",
    "required": ["message", "documentation_url"],
    "properties": {
        "message": {"type": "string"},
        "documentation_url": {"type": "string"},
        "status": {"type": "string"},
        "errors": {"type": "array"},
    },
}
"""The form of every refusal."""


CORRECTED: Mapping[tuple[str, int], tuple[Waiver, Mapping[str, Any]]] = {
    ("apps/list-installations", 200): (
        Waiver.TWO_KINDS_OF_ACCOUNT,
        {"type": "array", "items": {"$ref": "#/components/schemas/installation"}},
    ),
}
"""Answers that GitHub describes in a way that GitHub itself cannot meet, and what holds instead."""


def _operation(path: str, method: str, node: Mapping[str, Any]) -> Operation:
    pattern = re.sub(
        r"\\\{(\w+)\\\}",
        lambda name: f"(?P<{name[1]}>{'.+' if name[1] in SLASHES else '[^/]+'})",
        re.escape(path),
    )
    literal = sum("{" not in segment for segment in path.split("/"))
    return Operation(
        id=node["operationId"],
        method=method.upper(),
        path=path,
        pattern=re.compile(pattern),
        weight=literal,
        node=node,
    )


def _typed(text: str, schema: Mapping[str, Any]) -> Any:
    """Return a parameter's text as the type that it stands for, or as it is."""
    kind = schema.get("type")
    if kind == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text
