"""Functions that a change made slower by their text: more passes over data, more decisions."""

import ast
import sys
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ccg.complexity import cyclomatic
from ccg.model import EdgeType
from ccg.nodes import outline
from p2a.domain import Dimension
from quality.analysers.interface import Subject
from quality.definitions import Defined, Function, definitions
from quality.finding import Confidence, Finding, Severity
from quality.passes import Callee, Pass, by_parameter, largest, passes
from quality.tree import SourceTree

VERSION = "3"
SLOW = 2
"""Order from which on a growth is told: a first loop over data is how most functions begin."""
CUBIC = 3
"""Order from which on a new function is told of: a square is how many begin, and often enough."""
MAX_NAMESAKES = 20
"""Functions of one name that are looked at for a call of it: of more the graph tells."""
HOT_FAN_IN = 5
HOT_GROWTH = 3
_Key = tuple[str, str]
"""A path and a qualified name."""


class GrowthComparer:
    """Compares what a function's text says of its running time, before and after the change.

    Both sides are estimates: how large the data is does not stand in the code.
    """

    name = "growth"
    dimensions = (Dimension.PERFORMANCE,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def compare(self, head: Subject, base: Subject) -> tuple[Finding, ...]:
        """Look at the functions that changed, and at those that call them in a loop."""
        now, before = _Side(head), _Side(base)
        changed, kept = _changed(head.tree, base.tree), _paths(head.tree)
        pairs = [(key, before.key_of(key, kept)) for key in now.functions if key[0] in changed]
        rewritten = {
            key: old
            for key, old in pairs
            if old is not None and outline(now.functions[key]) != outline(before.functions[old])
        }
        callers = _callers(now, before, rewritten) - {key for key, _ in pairs}
        pairs += [(key, key) for key in sorted(callers) if key in before.functions]
        findings = [
            found
            for key in _made(now, before, (key for key, old in pairs if old is None))
            for found in _slow(key, now)
        ]
        for key, old in pairs:
            if old is not None and key in rewritten:
                findings += _hot(key, old, now, before)
            if old is not None:
                findings += _slower(key, old, now, before)
        return tuple(findings)


@dataclass
class _Side:
    """The functions of one state of the product, and what the graph knows of them."""

    subject: Subject
    _own: dict[_Key, tuple[Pass, ...]] = field(default_factory=dict)
    _called: dict[_Key, Callee] = field(default_factory=dict)

    @cached_property
    def functions(self) -> dict[_Key, Function]:
        return {
            (source.path, item.name): item.node
            for source in self.subject.tree.product
            for item in definitions(source.tree)
            if isinstance(item.node, Function)
        }

    @cached_property
    def _methods(self) -> frozenset[_Key]:
        return frozenset(
            (source.path, item.name)
            for source in self.subject.tree.product
            for item in definitions(source.tree)
            if _is_method(item)
        )

    @cached_property
    def _ids(self) -> dict[_Key, str]:
        """Return the graph's ids of the functions; the last parts of an id are the name."""
        by_place: dict[tuple[str, int], list[str]] = defaultdict(list)
        for node in self.subject.graph().nodes:
            by_place[node.path, node.end_line].append(node.id)
        return {
            key: name
            for key, function in self.functions.items()
            for name in by_place[key[0], function.end_lineno or 0]
            if f".{name}".endswith(f".{key[1]}")
        }

    @cached_property
    def _calls(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for edge in self.subject.graph().edges:
            if edge.type is EdgeType.CALLS:
                found[edge.source].append(edge.target)
        return found

    @cached_property
    def _keys(self) -> dict[str, _Key]:
        return {name: key for key, name in self._ids.items()}

    def fan_in(self, key: _Key) -> int:
        measured = self.subject.graph().measured().nodes.get(self._ids.get(key, ""))
        return measured.fan_in if measured else 0

    def callers(self, keys: Sequence[_Key]) -> set[_Key]:
        """Return the functions that call one of these."""
        wanted = {self._ids.get(key) for key in keys}
        return {
            self._keys[source]
            for source, targets in self._calls.items()
            if source in self._keys and not wanted.isdisjoint(targets)
        }

    def own_passes(self, key: _Key) -> tuple[Pass, ...]:
        if key not in self._own:
            self._own[key] = passes(self.functions[key])
        return self._own[key]

    def passes(self, key: _Key) -> tuple[Pass, ...]:
        """Return a function's passes, with those of the functions that it calls."""
        callees = self._callees(key)
        return passes(self.functions[key], callees.get) if callees else self.own_passes(key)

    def most(self, key: _Key) -> int:
        """Return an order that no graph goes beyond: each call may lead to any function of its name."""
        names: set[str] = set()
        order = _order(passes(self.functions[key], names.add))
        named = {name: self.by_last_name[name] for name in names if name in self.by_last_name}
        if any(len(keys) > MAX_NAMESAKES for keys in named.values()):
            return sys.maxsize
        callees = {
            name: [self._callee(each) for each in keys if each != key]
            for name, keys in named.items()
        }
        return _order(passes(self.functions[key], callees.get)) if callees else order

    @cached_property
    def by_last_name(self) -> Mapping[str, list[_Key]]:
        found: dict[str, list[_Key]] = defaultdict(list)
        for key in self.functions:
            found[_last(key)].append(key)
        return found

    def _callees(self, key: _Key) -> Mapping[str, list[Callee]]:
        """Return the callee of each last name that leads to one function alone."""
        found: dict[str, list[_Key]] = defaultdict(list)
        for target in self._calls[self._ids.get(key, "")]:
            if target in self._keys and self._keys[target] != key:
                found[target.rpartition(".")[2]].append(self._keys[target])
        return {name: [self._callee(keys[0])] for name, keys in found.items() if len(keys) == 1}

    def _callee(self, key: _Key) -> Callee:
        if key not in self._called:
            arguments = self.functions[key].args
            names = tuple(each.arg for each in (*arguments.posonlyargs, *arguments.args))
            is_method = key in self._methods and bool(names)
            receiver = names[0] if is_method else ""
            own = by_parameter(self.own_passes(key))
            self._called[key] = Callee(names[is_method:], receiver, own)
        return self._called[key]

    @cached_property
    def _paths(self) -> frozenset[str]:
        return _paths(self.subject.tree)

    @cached_property
    def _by_name(self) -> Mapping[str, list[_Key]]:
        found: dict[str, list[_Key]] = defaultdict(list)
        for key in self.functions:
            found[key[1]].append(key)
        return found

    def key_of(self, key: _Key, kept: Container[str]) -> _Key | None:
        """Return the function of a head's key: in the same file, or in one that is not kept."""
        if key in self.functions:
            return key
        if key[0] in self._paths:
            return None
        moved = [each for each in self._by_name.get(key[1], ()) if each[0] not in kept]
        return moved[0] if len(moved) == 1 else None


def _paths(tree: SourceTree) -> frozenset[str]:
    return frozenset(source.path for source in tree.sources)


def _last(key: _Key) -> str:
    return key[1].rpartition(".")[2]


def _is_method(item: Defined) -> bool:
    decorators = {getattr(each, "id", "") for each in item.node.decorator_list}
    return isinstance(item.owner, ast.ClassDef) and "staticmethod" not in decorators


def _changed(head: SourceTree, base: SourceTree) -> frozenset[str]:
    before = {source.path: source.text for source in base.product}
    return frozenset(
        source.path for source in head.product if before.get(source.path) != source.text
    )


def _made(now: _Side, before: _Side, keys: Iterable[_Key]) -> Iterator[_Key]:
    """Yield the functions whose code the base has nowhere: one that was moved is no new one."""
    new = list(keys)
    namesakes = (
        each for name in set(map(_last, new)) for each in before.by_last_name.get(name, ())
    )
    known = {outline(before.functions[each]) for each in namesakes}
    yield from (key for key in new if outline(now.functions[key]) not in known)


def _callers(now: _Side, before: _Side, rewritten: Mapping[_Key, _Key]) -> set[_Key]:
    """Return the callers of the functions that pass over more than they did."""
    grown = [
        key
        for key, old in rewritten.items()
        if _order(now.own_passes(key)) > _order(before.own_passes(old))
    ]
    return now.callers(grown) if grown else set()


def _order(found: Sequence[Pass]) -> int:
    most = largest(found)
    return most.order if most else 0


def _slower(key: _Key, old: _Key, now: _Side, before: _Side) -> Iterator[Finding]:
    if now.most(key) < max(SLOW, _order(before.own_passes(old)) + 1):
        return  # the graph is not cheap
    most = largest(now.passes(key))
    if most is None or most.order < SLOW or most.order <= _order(before.own_passes(old)):
        return
    order = _order(before.passes(old))
    if most.order > order:
        yield Finding(
            path=key[0],
            start_line=most.line,
            end_line=most.line,
            rule="slower-algorithm",
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
            message=f"{key[1]} now {most.text} inside a loop: "
            f"from {_big_o(order)} to {_big_o(most.order)}",
            hint="Do it once before the loop, or look things up in a dict or set.",
            dimension=Dimension.PERFORMANCE,
            analyser=GrowthComparer.name,
            anchor=key[1],
        )


def _slow(key: _Key, now: _Side) -> Iterator[Finding]:
    if now.most(key) < CUBIC:
        return  # the graph is not cheap
    most = largest(now.passes(key))
    if most is not None and most.order >= CUBIC:
        yield Finding(
            path=key[0],
            start_line=most.line,
            end_line=most.line,
            rule="slow-new-function",
            severity=Severity.LOW,
            confidence=Confidence.LOW,
            message=f"the new {key[1]} {most.text} inside of loops: {_big_o(most.order)}",
            hint="Look things up in a dict or set, or say in a comment that the data is small.",
            dimension=Dimension.PERFORMANCE,
            analyser=GrowthComparer.name,
            anchor=key[1],
        )


def _big_o(order: int) -> str:
    return ("O(1)", "O(n)")[order] if order < SLOW else f"O(n^{order})"


def _hot(key: _Key, old: _Key, now: _Side, before: _Side) -> Iterator[Finding]:
    function = now.functions[key]
    after, first = cyclomatic(function), cyclomatic(before.functions[old])
    if after - first < HOT_GROWTH or now.fan_in(key) < HOT_FAN_IN:
        return
    yield Finding(
        path=key[0],
        start_line=function.lineno,
        end_line=function.end_lineno or function.lineno,
        rule="hot-function-grew",
        severity=Severity.LOW,
        confidence=Confidence.MEDIUM,
        message=f"{key[1]}, which {now.fan_in(key)} places use, grew from {first} to {after} paths",
        hint="Keep the common case short: move the new decisions where they are needed.",
        dimension=Dimension.PERFORMANCE,
        analyser=GrowthComparer.name,
        anchor=key[1],
    )
