from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ccg.build import build_graph
from ccg.declared import Declared, read_declared
from ccg.graph import UnresolvedCall
from ccg.unused import Unused, find_unused
from tests.ccg.graphs import make_graph

WriteTree = Callable[[Mapping[str, str | bytes]], Path]


def unused_in(root: Path, *, public: bool = False) -> Unused:
    graph = build_graph(root)
    return find_unused(graph, read_declared(root, graph), public=public)


def ids(unused: Unused) -> list[str]:
    return [item.node.id for item in unused.items]


def test_find_unused__with_reasons() -> None:
    graph = make_graph(
        "M:a F:a.used F:a.alone F:a.head F:a.tail F:a.tested F:a.brought M:b M:test_a",
        [
            "a calls a.used",
            "a.head calls a.tail",
            "test_a calls a.tested",
            "b imports a.brought",
            "a.alone calls a.alone",
        ],
        unresolved=[UnresolvedCall("a.used", 7, "thing.alone"), UnresolvedCall("b", 3, "x()[0]")],
    )
    found = find_unused(graph, Declared())
    assert [(item.node.id, item.only_unused, item.sure) for item in found.items] == [
        ("a.alone", False, False),
        ("a.brought", False, True),
        ("a.head", False, True),
        ("a.tail", True, True),
        ("a.tested", False, True),
    ]
    assert [item.reason for item in found.items] == [
        "nothing leads to it; its name is read at a.py:7, which may mean it",
        "imported but not used by b",
        "nothing leads to it",
        "used only by unused code: a.head",
        "used only by tests: test_a",
    ]


def test_find_unused__classes_and_their_methods() -> None:
    graph = make_graph(
        "M:a C:a.Base F:a.Base.run F:a.Base.other C:a.Sub F:a.Sub.run F:a.Sub.__len__ F:a.Sub.extra"
        " C:a.Dead F:a.Dead.run C:a.Task F:a.Task.hook C:a.Map F:a.Map.get F:a.Map.more"
        " I:lib.Task I:<builtin>.dict F:a.go",
        [
            *(f"a contains a.{name}" for name in ("Base", "Sub", "Dead", "Task", "Map", "go")),
            *(f"a.Base contains a.Base.{name}" for name in ("run", "other")),
            *(f"a.Sub contains a.Sub.{name}" for name in ("run", "__len__", "extra")),
            "a.Dead contains a.Dead.run",
            "a.Task contains a.Task.hook",
            *(f"a.Map contains a.Map.{name}" for name in ("get", "more")),
            "a.Sub inherits a.Base",
            "a.Task inherits lib.Task",
            "a.Map inherits <builtin>.dict",
            "a calls a.go",
            "a.go references a.Sub",
            "a.go references a.Task",
            "a.go references a.Map",
            "a.go calls a.Base.run",
        ],
    )
    assert ids(find_unused(graph, Declared())) == [
        "a.Base.other",
        "a.Dead",
        "a.Map.more",
        "a.Sub.extra",
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", '[project.scripts]\nx = "tool.main:start"\n'),
        ("pyproject.toml", '[project.entry-points."group"]\nx = "tool.main:start [extra]"\n'),
        ("pyproject.toml", '[tool.poetry.scripts]\nx = {reference = "tool.main:start"}\n'),
        ("setup.cfg", "[options.entry_points]\nconsole_scripts =\n    x = tool.main:start\n"),
        ("setup.py", "setup(entry_points={'console_scripts': ['x=tool.main:start']})\n"),
        ("setup.py", "setup(entry_points='[console_scripts]\\nx = tool.main:start')\n"),
        ("pyproject.toml", '[project.scripts]\nx = "tool:start"\n'),
    ],
)
def test_read_declared__entry_points(write_tree: WriteTree, path: str, text: str) -> None:
    files = {
        path: text,
        "tool/__init__.py": "from tool.main import start\n",
        "tool/main.py": "def start():\n    step()\n\n\ndef step():\n    pass\n\n\ndef never():\n    pass\n",
    }
    unused = unused_in(write_tree(files))
    assert unused.entry_points == ("tool.main.start",)
    assert ids(unused) == ["tool.main.never"]


def test_read_declared__all_decorators_strings_and_dunder_main(write_tree: WriteTree) -> None:
    text = """\
import functools
__all__ = ["shown"]
NAMED = "a:looked_up"
def shown(): pass
def looked_up(): pass
@app.route("/")
def registered(): pass
@functools.lru_cache(maxsize=None)
def cached(): pass
def main(): pass
if __name__ == "__main__":
    main()
"""
    unused = unused_in(write_tree({"a.py": text}))
    assert ids(unused) == ["a.cached"]
    assert (unused.exported, unused.registered) == (1, 2)


def test_find_unused__a_name_that_is_read_somewhere_is_not_sure(write_tree: WriteTree) -> None:
    text = "def load(x):\n    return load(x)\n\n\ndef save(x):\n    pass\n\n\nany_thing().save(1)\n"
    found = {item.node.name: item for item in unused_in(write_tree({"a.py": text})).items}
    assert found["load"].sure
    assert not found["save"].sure
    assert found["save"].reason.endswith("; its name is read at a.py:9, which may mean it")


def test_find_unused__python_calls_the_hooks_of_a_module(write_tree: WriteTree) -> None:
    hook = "def __getattr__(name):\n    return make(name)\n\n\ndef make(name):\n    return name\n"
    method = "\n\nclass A:\n    def __getattr__(self, name):\n        return name\n"
    assert ids(unused_in(write_tree({"a.py": hook + method}))) == ["a.A"]


def test_find_unused__public_names_of_a_library(write_tree: WriteTree) -> None:
    root = write_tree({"a.py": "def shown():\n    pass\n\n\ndef _hidden():\n    pass\n"})
    assert ids(unused_in(root)) == ["a._hidden", "a.shown"]
    assert ids(unused_in(root, public=True)) == ["a._hidden"]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("pyproject.toml", b"[project\n"),
        ("pyproject.toml", b"\xff\xfe"),
        ("setup.cfg", b"no section\n"),
        ("setup.py", b"setup(entry_points=make())\n"),
    ],
)
def test_read_declared__g14_a_project_file_that_cannot_be_understood_is_noted(
    write_tree: WriteTree, path: str, content: bytes
) -> None:
    unused = unused_in(write_tree({path: content, "a.py": ""}))
    assert [note.partition(":")[0] for note in unused.notes] == [f"{path} cannot be understood"]


def test_read_declared__what_is_declared_and_not_there_is_noted(write_tree: WriteTree) -> None:
    text = '[project]\nname = "x"\n\n[project.scripts]\nx = "gone:main"\n'
    unused = unused_in(write_tree({"pyproject.toml": text, "a.py": ""}))
    assert unused.notes == ("gone.main: declared, but not in the graph",)
    assert unused.to_dict()["notes"] == [*unused.notes]


def test_find_unused__a_class_without_code_of_its_own_is_used_where_it_is_made(
    write_tree: WriteTree,
) -> None:
    text = """
from dataclasses import dataclass
class Base:
    def __init__(self): pass
class Heir(Base): pass
@dataclass
class Point:
    x: int
class Bare: pass
class Alone: pass
def main():
    return Heir(), Point(1), Bare()
main()
"""
    assert ids(unused_in(write_tree({"a.py": text}))) == ["a.Alone"]


def test_find_unused__what_a_function_hands_out_is_used_with_it(write_tree: WriteTree) -> None:
    text = """
import functools
def make(kind):
    def rule(x): return kind(x)
    return rule
def wrap(function):
    @functools.wraps(function)
    def wrapper(*given): return function(*given)
    return wrapper
def forgotten():
    def inner(): pass
    return inner
TABLE = [make(int), wrap(len)]
"""
    assert ids(unused_in(write_tree({"a.py": text}))) == ["a.forgotten"]
