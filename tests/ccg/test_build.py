import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ccg.build import VERSION, build_graph, build_json
from ccg.cache import FILE_NAME, FactCache, blob_hash
from ccg.errors import NothingToRead
from ccg.export.callgraph import callgraph
from ccg.graph import EdgeType, Graph, NodeType
from ccg.inputs import read_inputs
from ccg.lowering import analyser
from ccg.reading import WORTH_HELPERS
from ccg.results import Results

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

SHOP = {
    "shop/__init__.py": "from .models import Item\n\nLIMIT = 3\n",
    "shop/models.py": """\
import os.path
from abc import ABC


class Thing(ABC):
    kind = "thing"

    def __init__(self, name):
        self.name = name

    def label(self):
        return self.name.upper()

    @property
    def size(self):
        return measure(self.name)


class Item(Thing):
    def label(self):
        def inner():
            return super(Item, self)
        inner()
        return super().label()


def measure(text):
    return len(text) if text else os.path.getsize(text)
""",
    "shop/app.py": """\
from shop import LIMIT, Item
from . import models as m
import shop.models


def main(item: m.Item, other: "Item | None" = None):
    made = Item("x")
    made.label()
    item.label()
    other.label()
    print(item.size, LIMIT, unknown.thing())
    return shop.models.measure("y")


key = sorted([], key=lambda value: main(value))
""",
}


def edges(graph: Graph, kind: EdgeType) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in graph.edges if edge.type is kind}


def test_build_graph__every_node_type(write_tree: WriteTree) -> None:
    graph = build_graph(write_tree(SHOP))
    by_type = {kind: {node.id for node in graph.nodes if node.type is kind} for kind in NodeType}
    assert by_type[NodeType.MODULE] == {"shop", "shop.app", "shop.models"}
    assert by_type[NodeType.CLASS] == {"shop.models.Thing", "shop.models.Item"}
    assert "shop.models.Item.label.inner" in by_type[NodeType.FUNCTION]
    assert "shop.app.<lambda1>" in by_type[NodeType.FUNCTION]
    assert by_type[NodeType.VARIABLE] == {
        "shop.LIMIT",
        "shop.app.key",
        "shop.models.Thing.kind",
        "shop.models.Thing.name",
    }
    assert {"abc.ABC", "os.path", "<builtin>.print"} <= by_type[NodeType.IMPORT]


def test_build_graph__calls_through_imports_classes_and_annotations(write_tree: WriteTree) -> None:
    calls = edges(build_graph(write_tree(SHOP)), EdgeType.CALLS)
    assert {target for source, target in calls if source == "shop.app.main"} == {
        "<builtin>.print",
        "shop.models.Item.label",
        "shop.models.Thing.__init__",
        "shop.models.Thing.size",
        "shop.models.measure",
    }
    assert ("shop.models.Item.label", "shop.models.Thing.label") in calls
    assert ("shop.models.measure", "os.path.getsize") in calls
    assert ("shop.app.<lambda1>", "shop.app.main") in calls


def test_build_graph__inherits_imports_references_contains(write_tree: WriteTree) -> None:
    graph = build_graph(write_tree(SHOP))
    assert edges(graph, EdgeType.INHERITS) == {
        ("shop.models.Item", "shop.models.Thing"),
        ("shop.models.Thing", "abc.ABC"),
    }
    imports = edges(graph, EdgeType.IMPORTS)
    assert {("shop.app", "shop.models.Item"), ("shop", "shop.models")} <= imports
    references = edges(graph, EdgeType.REFERENCES)
    assert {
        ("shop.app.main", "shop.LIMIT"),
        ("shop.models.Thing.label", "shop.models.Thing.name"),
    } <= references
    contains = edges(graph, EdgeType.CONTAINS)
    assert {("shop", "shop.models"), ("shop.models.Item", "shop.models.Item.label")} <= contains


def test_build_graph__unresolved_calls_are_counted_not_guessed(write_tree: WriteTree) -> None:
    root = write_tree({"a.py": "def run(x):\n    x.go()\n    y = x\n    y()\n    len(y)\n"})
    graph = build_graph(root)
    assert (graph.metadata.calls_resolved, graph.metadata.calls_unresolved) == (1, 2)
    assert edges(graph, EdgeType.CALLS) == {("a.run", "<builtin>.len")}


def test_build_graph__typing_says_what_it_holds_not_what_it_is(write_tree: WriteTree) -> None:
    source = "from typing import Callable\n\n\ndef run(call: Callable[[], int]):\n    call()\n"
    assert edges(build_graph(write_tree({"a.py": source})), EdgeType.CALLS) == set()


def test_build_graph__dependencies_and_cycles(write_tree: WriteTree) -> None:
    root = write_tree(
        {
            "one.py": "import two, json, requests\n\n\ndef f():\n    two.g()\n",
            "two.py": "import one\n\n\ndef g():\n    one.f()\n",
        }
    )
    graph = build_graph(root)
    one = graph.dependencies["one"]
    assert (one.internal, one.stdlib, one.external) == (("two",), ("json",), ("requests",))
    assert graph.complexity_metrics.import_cycles == (("one", "two"),)
    assert graph.complexity_metrics.call_cycles == (("one.f", "two.g"),)


def test_build_graph__cyclomatic_complexity(write_tree: WriteTree) -> None:
    source = """\
def f(x):
    if x and x > 1 or x < -5:
        return [y for y in x if y]
    try:
        assert x
    except ValueError:
        pass
    match x:
        case 1:
            pass
        case _:
            pass

    def inner():
        while x:
            pass
"""
    metrics = build_graph(write_tree({"a.py": source})).complexity_metrics.cyclomatic
    assert metrics == {"a.f": 9, "a.f.inner": 2}


OVERLOADED = """\
import typing
from typing import overload as variant


@typing.overload
def f(x: int) -> int: ...
@variant
def f(x: str) -> str: ...
def f(x):
    return x or None


class A:
    @staticmethod
    @variant
    def m(x: int) -> int: ...
    @staticmethod
    def m(x: int | str) -> int:
        return 1


class Declared(typing.Protocol):
    @typing.overload
    def m(self, x: int) -> int: ...
    @typing.overload
    def m(self, x: str) -> str: ...


def twice():
    pass


def twice(x):
    pass
"""


def test_build_graph__an_overloaded_function_stands_where_it_is_implemented(
    write_tree: WriteTree,
) -> None:
    graph = build_graph(write_tree({"a.py": OVERLOADED}))
    nodes = {n.id: (n.line, n.end_line, n.signature) for n in graph.nodes}
    assert nodes["a.f"] == (9, 10, "(x)")
    assert nodes["a.A.m"] == (18, 19, "(x: int | str) -> int")
    assert nodes["a.Declared.m"] == (24, 24, "(self, x: int) -> int")
    assert nodes["a.twice"] == (29, 30, "()")
    contains = {e.target: e.line for e in graph.edges if e.type is EdgeType.CONTAINS}
    assert contains["a.f"] == 9
    assert graph.measured().nodes["a.f"].cyclomatic == 2


def test_build_graph__src_layout_and_package(write_tree: WriteTree) -> None:
    root = write_tree(
        {
            "src/pkg/__init__.py": "",
            "src/pkg/a.py": "import pkg\n",
            "tests/test_a.py": "import pkg.a\n",
        }
    )
    assert {"pkg", "pkg.a", "tests.test_a"} <= {node.id for node in build_graph(root).nodes}
    only = build_graph(root, package="pkg")
    assert {node.id for node in only.nodes} == {"pkg", "pkg.a"}


def test_build_graph__given_files_only(write_tree: WriteTree) -> None:
    root = write_tree({"a.py": "", "b.py": ""})
    assert [node.id for node in build_graph(root, files=["b.py"]).nodes] == ["b"]


def test_build_graph__star_imports_and_reexports(write_tree: WriteTree) -> None:
    root = write_tree(
        {
            "p/__init__.py": "from .inner import *\nfrom .build import build\n",
            "p/inner.py": "def shown():\n    pass\n\n\ndef _hidden():\n    pass\n",
            "p/build.py": "def build():\n    pass\n",
            "use.py": "from p import build, shown, _hidden\nshown()\nbuild()\n_hidden()\n",
        }
    )
    calls = callgraph(build_graph(root))
    assert calls["use"] == ["p._hidden", "p.build.build", "p.inner.shown"]


def test_build_graph__scripts_beside_each_other(write_tree: WriteTree) -> None:
    root = write_tree(
        {"tools/run.py": "import helper\nhelper.go()\n", "tools/helper.py": "def go():\n    pass\n"}
    )
    assert callgraph(build_graph(root))["tools.run"] == ["tools.helper.go"]


@pytest.mark.parametrize(
    "source",
    [
        "class A(A):\n    def f(self):\n        self.f()\n",
        "class A(B): pass\nclass B(A): pass\nA().x\n",
        "a = b\nb = a\na()\n",
        "from a import x\nx()\n",
        "from a import *\nf()\n",
        "def f():\n    return f()\nf()()()\n",
        "class X(A, B): pass\nclass A: pass\nclass B(A): pass\nX().go()\n",
        "import a.b.c\na.b.c()\n",
    ],
)
def test_build_graph__g28_rings_end(write_tree: WriteTree, source: str) -> None:
    graph = build_graph(write_tree({"a.py": source}))
    assert graph.metadata.files_analysed == 1


def test_build_graph__g28_long_chains_end(write_tree: WriteTree) -> None:
    chain = "\n".join(f"n{i} = n{i + 1}" for i in range(3000)) + "\nn0()\n"
    line = "class C0: pass\n" + "\n".join(f"class C{i}(C{i - 1}): pass" for i in range(1, 1500))
    dots = "x = a" + ".b" * 200 + "\n"
    graph = build_graph(
        write_tree({"chain.py": chain, "line.py": line + "\nC1499().x()\n", "dots.py": dots})
    )
    assert graph.metadata.files_analysed == 3


def test_build_graph__g28_a_chain_of_star_imports_has_no_depth(write_tree: WriteTree) -> None:
    files = {f"m{n}.py": f"from m{n + 1} import *\n" for n in range(700)}
    files |= {"m700.py": "def f(): pass\n", "a.py": "import m0\nfrom m0 import f\nf()\nm0.f()\n"}
    files["ring.py"] = "from ring import *\nfrom a import *\nmissing()\n"
    graph = build_graph(write_tree(files))
    assert ("a", "m700.f") in {(edge.source, edge.target) for edge in graph.edges}
    assert graph.metadata.files_analysed == len(files)


HOSTILE: dict[str, str | bytes] = {
    "deep.py": "x = " + "-" * 3000 + "1\n",
    "deeper.py": "x = " + "-" * 100_000 + "1\n",
    "brackets.py": "(" * 5000 + ")" * 5000,
    "nul.py": b"x = 1\0\n",
    "latin.py": "# é\n".encode("latin-1"),
    "rot.py": "# coding: rot13\nk = 1\n",
    "unknown.py": "# coding: no-such-codec\nk = 1\n",
    "python2.py": "print 'x'\n",
    "digits.py": "x = " + "1" * 5000 + "\n",
    "attribute.py": "x" + ".a" * 5000 + "\n",
    "additions.py": "x = " + " + ".join("a" * 3000) + "\n",
}
SOUND: dict[str, str | bytes] = {
    "empty.py": "",
    "return.py": "a = 1\rb = 2\r",
    "cookie.py": "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"),
    "bom.py": b"\xef\xbb\xbfx = 1\n",
    "surrogate.py": "x = '\\ud800'\n\n\ndef é():\n    pass\n",
    "escape.py": "x = '\\d'\n",
}


def test_build_graph__g14_hostile_files_become_records(write_tree: WriteTree) -> None:
    graph = build_graph(write_tree({**HOSTILE, **SOUND}))
    reasons = {file.path: file.reason for file in graph.metadata.files_not_analysed}
    assert reasons.keys() == HOSTILE.keys()
    assert all(reasons.values())
    assert graph.metadata.files_analysed == len(SOUND)
    assert Graph.from_json(graph.to_json()) == graph


def test_build_graph__g03_links_are_not_followed(write_tree: WriteTree, tmp_path: Path) -> None:
    root = write_tree({"a.py": ""})
    secret = tmp_path / "secret.py"
    secret.write_text("token = 1\n", encoding="ascii")
    (root / "link.py").symlink_to(secret)
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe.py")
    assert [node.id for node in build_graph(root).nodes] == ["a"]
    (root / "out").symlink_to(tmp_path)
    asked = build_graph(root, files=["link.py", "out/secret.py", "pipe.py", "absent.py"])
    assert asked.nodes == ()
    assert len(asked.metadata.files_not_analysed) == 4


def test_build_graph__skips_hidden_and_vendored(write_tree: WriteTree) -> None:
    names = (".hidden/a.py", "node_modules/a.py", "a/_vendor/b.py", ".b.py", "c.txt")
    assert build_graph(write_tree(dict.fromkeys(names, ""))).nodes == ()


def test_build_graph__skips_virtual_environments_but_no_package_of_that_name(
    write_tree: WriteTree,
) -> None:
    names = ("env/pyvenv.cfg", "env/a.py", "env/lib/b.py", "venv/__init__.py", "venv/c.py")
    graph = build_graph(write_tree(dict.fromkeys(names, "")))
    assert [node.id for node in graph.nodes] == ["venv", "venv.c"]


def test_build_graph__one_module_name_twice(write_tree: WriteTree) -> None:
    graph = build_graph(write_tree({"a.py": "x = 1\n", "a/__init__.py": "y = 1\n"}))
    assert [file.path for file in graph.metadata.files_not_analysed] == ["a.py"]
    assert "a.y" in {node.id for node in graph.nodes}


def test_build_graph__never_imports_the_code(write_tree: WriteTree, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    build_graph(write_tree({"a.py": f"open({str(mark)!r}, 'w')\n", "json.py": "1 / 0\n"}))
    assert not mark.exists()


def test_build_graph__no_such_root_or_package(write_tree: WriteTree, tmp_path: Path) -> None:
    with pytest.raises(NothingToRead, match="not a folder"):
        build_graph(tmp_path / "absent")
    with pytest.raises(NothingToRead, match="no package 'q'"):
        build_graph(write_tree({"a.py": ""}), package="q")


def test_build_graph__a_package_with_a_slip_in_its_name(write_tree: WriteTree) -> None:
    root = write_tree({"click/__init__.py": "", "click/testing.py": "", "other.py": ""})
    for given, meant in (("clik", "click"), ("click.testin", "click.testing")):
        with pytest.raises(NothingToRead) as caught:
            build_graph(root, package=given)
        assert (
            caught.value.next_step == f"give its dotted name as an import says it, such as {meant}"
        )


def test_build_graph__equal_bytes_whatever_the_hash_seed(write_tree: WriteTree) -> None:
    root = write_tree({**SHOP, **HOSTILE})
    script = (
        "import sys, pathlib; from ccg.build import build_graph;"
        "sys.stdout.write(build_graph(pathlib.Path(sys.argv[1])).to_json())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script, str(root)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "1", "2", "77")
    }
    assert len(outputs) == 1


PADDING = "# as much to read as makes helpers pay\n" * 1500
LARGE = {f"large/m{n}.py": f"from large import m{n - 1}\n{PADDING}" for n in range(1, 25)}


@pytest.fixture
def large(write_tree: WriteTree) -> Path:
    return write_tree({**SHOP, **HOSTILE, **SOUND, **LARGE, "large/m0.py": ""})


def damaged(cache: Path) -> None:
    """Write over a part of every kept entry."""
    content = bytearray((cache / FILE_NAME).read_bytes())
    content[5000::50] = b"\xaa" * len(content[5000::50])
    (cache / FILE_NAME).write_bytes(content)


def test_build_graph__equal_bytes_whatever_the_jobs_and_the_cache(large: Path, cache: Path) -> None:
    expected = build_graph(large, jobs=1).to_json()
    assert not cache.exists()
    assert sum(map(len, LARGE.values())) > WORTH_HELPERS
    for jobs in (1, 2, 3):
        assert build_graph(large, jobs=jobs).to_json() == expected
        assert build_graph(large, jobs=jobs, cache=cache).to_json() == expected
        assert build_json(large, jobs=jobs, cache=cache) == expected
        if jobs == 2:
            damaged(cache)
    for path in cache.iterdir():
        path.unlink()
    assert build_json(large, cache=cache) == expected
    assert build_json(large) == expected
    assert build_graph(large, cache=cache).to_json() == expected


def test_build_graph__from_the_cache_it_is_equal_with_its_numbers(
    write_tree: WriteTree, cache: Path
) -> None:
    root = write_tree(SHOP)
    first = build_graph(root, cache=cache)
    second = build_graph(root, cache=cache)
    assert second == first
    assert second.measured() == first.measured()


def test_build_graph__the_cache_knows_what_changed(write_tree: WriteTree, cache: Path) -> None:
    root = write_tree(SHOP)
    changes: list[tuple[str, str | None]] = [
        ("shop/app.py", "import shop\n"),
        ("shop/new.py", "x = 1\n"),
        ("shop/models.py", None),
        ("shop/new.py", "x =\n"),
        ("shop/app.py", SHOP["shop/app.py"]),
    ]
    for path, content in changes:
        build_graph(root, cache=cache)
        if content is None:
            (root / path).unlink()
        else:
            (root / path).write_text(content, encoding="utf-8")
        assert build_json(root, cache=cache) == build_graph(root).to_json()
    (root / "shop/app.py").rename(root / "shop/moved.py")
    assert build_json(root, cache=cache) == build_graph(root).to_json()


def test_build_graph__the_cache_tells_options_apart(write_tree: WriteTree, cache: Path) -> None:
    root = write_tree({"a/__init__.py": "import b\n", "b.py": "import a\n", "src/c.py": "c = 1\n"})
    options: list[dict[str, Any]] = [
        {},
        {"package": "a"},
        {"inside": "b"},
        {"files": ["b.py"]},
        {"files": ["src/c.py"]},
        {"files": ["src/c.py", "src/__init__.py"]},
    ]
    for each in options:
        cached = [build_graph(root, cache=cache, **each).to_json() for _ in range(2)]
        assert cached == [build_graph(root, **each).to_json()] * 2


def test_build_graph__what_is_kept_is_not_seen_through_a_link(
    write_tree: WriteTree, cache: Path, tmp_path: Path
) -> None:
    root = write_tree({"a.py": "x = 1\n"})
    build_graph(root, files=["a.py"], cache=cache)
    (root / "a.py").rename(tmp_path / "b.py")
    (root / "a.py").symlink_to(tmp_path / "b.py")
    graph = build_graph(root, files=["a.py"], cache=cache)
    assert [file.reason for file in graph.metadata.files_not_analysed] == [
        "a symbolic link, which is not followed"
    ]


def test_build_graph__what_is_no_graph_is_built_anew(write_tree: WriteTree, cache: Path) -> None:
    root = write_tree(SHOP)
    expected = build_json(root, cache=cache)
    key = read_inputs(root, package=None, files=None, inside="").key
    results = Results(cache, analyser=f"{VERSION}-{analyser()}")
    assert results.find([key]) == {key: expected}
    results.keep({key: "{}"})
    assert build_graph(root, cache=cache).to_json() == expected
    assert results.find([key]) == {key: expected}


def test_build_graph__works_where_nothing_can_be_kept(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    root = write_tree(SHOP)
    (tmp_path / "file").write_bytes(b"")
    for folder in (tmp_path / "file", Path("/proc/nowhere")):
        assert build_json(root, cache=folder) == build_json(root)


def test_build_graph__files_of_equal_content_are_modules_of_their_own(
    write_tree: WriteTree, cache: Path
) -> None:
    source = "def f():\n    return g()\n\n\ndef g():\n    pass\n"
    root = write_tree({"one.py": source, "two.py": source, "three.py": source})
    for folder in (None, cache, cache):
        calls = edges(build_graph(root, cache=folder), EdgeType.CALLS)
        assert calls == {(f"{name}.f", f"{name}.g") for name in ("one", "two", "three")}


@pytest.mark.parametrize("jobs", [1, 2])
def test_build_graph__progress_ends_with_all_files(large: Path, cache: Path, jobs: int) -> None:
    for _ in range(2):
        told: list[tuple[int, int]] = []

        def tell(done: int, total: int, told: list[tuple[int, int]] = told) -> None:
            told.append((done, total))

        build_graph(large, jobs=jobs, cache=cache, progress=tell)
        total = len({**SHOP, **HOSTILE, **SOUND, **LARGE}) + 1
        assert told[-1] == (total, total)
        assert told == sorted(told)
        assert [done for done, _ in told].count(total) == 1


def test_build_graph__reasons_that_may_be_chance_are_not_kept(
    write_tree: WriteTree, cache: Path
) -> None:
    root = write_tree({"deep.py": HOSTILE["deeper.py"]})
    build_graph(root, cache=cache)
    results = Results(cache, analyser=f"{VERSION}-{analyser()}")
    assert not results.find([read_inputs(root, package=None, files=None, inside="").key])
    with FactCache(cache / FILE_NAME, analyser=analyser()) as store:
        assert store.get_many([blob_hash(str(HOSTILE["deeper.py"]).encode())]) == {}
