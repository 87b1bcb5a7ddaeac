"""What is kept of an earlier run, against graphs that are built anew."""

import ast
import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import ccg
from ccg.build import VERSION, build_graph, build_json
from ccg.cache import FILE_NAME, FactCache
from ccg.inputs import read_inputs
from ccg.kept import Kept
from ccg.lowering import analyser
from ccg.results import Results

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

APP = '''\
"""What the shop does."""
import operator
import sys
from shop.models import Item, undone
import elsewhere
from typing import overload


@overload
def ring(bell: str) -> None: ...
def ring(bell):
    bell()


class Clerk(elsewhere.Person, Item):
    """Who sells."""

    size: int = 3

    def __init__(self, name, price=1):
        self.name = name; self.price = price
        elsewhere.told(name, "what it costs:", "%d", f"told of {name}")(1)
        operator.attrgetter("clerk.sell")(self); getattr(self, f"to sell {name}")

    def sell(self, *items):
        for item in items:
            item.sold(self); elsewhere.thing[item](); undone.b.first(); undone.a.first()
        return sorted(items, key=lambda item: item.price if item else 0)


if sys.platform == "win32":
    def shout(text):
        return text.upper() if text else ""
else:
    def shout(text):
        return Clerk(text).sell(text)

LOUD = shout
LOUD = Clerk
'''
MODELS = """\
undone = None


class Item:
    def sold(self, clerk):
        self.clerk = clerk
        return clerk.name + "sold to"
"""
TREE = {"shop/__init__.py": "", "shop/app.py": APP, "shop/models.py": MODELS, "broken.py": "def\n"}

MOVED = {
    "comment": APP.replace("import sys\n", "# sells\n\nimport sys\n"),
    "docstring": APP.replace("Who sells.", "Who sells.\n\n    Nothing else.\n    "),
    "blank lines": APP.replace("    def sell", "\n\n    def sell"),
    "another order of lines": APP.replace("undone.b.first(); ", "undone.b.first()\n            "),
    "layout of an expression": APP.replace("sorted(items, ", "sorted(\n            items,\n"),
    "layout of a signature": APP.replace("name, price=1", "name,\n        price = 1"),
    "quotes": APP.replace('"win32"', "'win32'"),
    "a message": APP.replace("what it costs:", "the price is"),
    "the beginning of a message": APP.replace("told of", "asked for"),
    "a text that is alone": APP.replace('"%d"', '"%s"'),
    "a variable of a function": APP.replace("for item in items", "for one in items").replace(
        "            item.sold(self); elsewhere.thing[item]",
        "            one.sold(self); elsewhere.thing[one]",
    ),
    "only the end": APP + "\n\n# that was all\n",
    "less": APP.replace('"""What the shop does."""\n', "").replace("\n\n\n", "\n"),
}
OTHER = {
    "a call more": APP.replace(
        "        elsewhere.told", "        shout(name)\n        elsewhere.told"
    ),
    "an argument": APP.replace("item.sold(self)", "item.sold(items)"),
    "a function more": APP + "\n\ndef whisper(text):\n    return shout(text)\n",
    "a name": APP.replace(
        "def shout(text):\n        return Cl", "def shout(word):\n        return Cl"
    ),
    "the beginning of a name": APP.replace("to sell", "to buy"),
    "a text that names": APP.replace("clerk.sell", "clerk.told"),
    "a text that stands elsewhere": APP.replace('"%d"', '"sold to"'),
    "two texts that become one": APP.replace('"%d"', '"what it costs:"'),
    "a number": APP.replace("price=1", "price=2"),
    "a decorator less": MODELS,
    "syntax": APP + "def\n",
}


def find(root: Path, cache: Path) -> str | None:
    """Return what an earlier run's graph says of these files."""
    inputs = read_inputs(root, package=None, files=None, inside="")
    return Kept(cache, inputs, version=VERSION, jobs=1).find()


@pytest.mark.parametrize("change", MOVED)
def test_kept__what_only_moved_gives_the_bytes_of_a_graph_built_anew(
    write_tree: WriteTree, cache: Path, change: str
) -> None:
    root = write_tree(TREE)
    before = build_json(root, cache=cache)
    (root / "shop/app.py").write_text(MOVED[change])
    anew = build_json(root)
    assert (anew == before) is (
        change
        in {
            "quotes",
            "the beginning of a message",
            "a text that is alone",
            "a message",
            "a variable of a function",
        }
    )
    assert find(root, cache) == anew
    assert build_json(root, cache=cache) == anew
    assert build_graph(root, cache=cache).to_json() == anew


@pytest.mark.parametrize("change", OTHER)
def test_kept__what_says_something_else_is_followed_anew(
    write_tree: WriteTree, cache: Path, change: str
) -> None:
    root = write_tree(TREE)
    build_json(root, cache=cache)
    (root / "shop/app.py").write_text(OTHER[change])
    assert find(root, cache) is None
    assert build_json(root, cache=cache) == build_json(root)


def test_kept__each_state_that_was_seen_serves_those_like_it(
    write_tree: WriteTree, cache: Path
) -> None:
    root = write_tree(TREE)
    for text in (APP, OTHER["an argument"]):
        (root / "shop/app.py").write_text(text)
        build_json(root, cache=cache)
    for text in (APP, OTHER["an argument"]):
        (root / "shop/app.py").write_text("\n" + text)
        assert find(root, cache) == build_json(root)


@pytest.mark.parametrize("change", ["renamed", "added", "removed", "now broken otherwise"])
def test_kept__other_files_are_another_tree(
    write_tree: WriteTree, cache: Path, change: str
) -> None:
    root = write_tree(TREE)
    build_json(root, cache=cache)
    models = root / "shop/models.py"
    match change:
        case "renamed":
            models.rename(root / "shop/things.py")
        case "added":
            (root / "shop/more.py").write_text(MODELS)
        case "removed":
            models.unlink()
        case _:
            (root / "broken.py").write_text("\n\nx = (\n")
    assert find(root, cache) is None


def test_kept__modules_that_share_an_id_are_built_anew(write_tree: WriteTree, cache: Path) -> None:
    package = "class b:\n    def c(self):\n        return print()\n\n\ndef other():\n    return b\n"
    root = write_tree({"a/__init__.py": package, "a/b.py": "def c():\n    return len('')\n"})
    write_tree({"alone.py": "import a\n"})
    build_json(root, cache=cache)
    (root / "alone.py").write_text("# here\nimport a\n")
    assert find(root, cache) == build_json(root)
    (root / "a/b.py").write_text("\n\n\n\ndef c():\n    return len('')\n")
    assert find(root, cache) is None
    assert build_json(root, cache=cache) == build_json(root)


def test_kept__a_second_file_of_a_name_moves_nothing_of_the_first(
    write_tree: WriteTree, cache: Path
) -> None:
    root = write_tree(
        {"m/__init__.py": "def f():\n    g()\n", "m.py": "def f():\n    g()\n", "n.py": ""}
    )
    build_json(root, cache=cache)
    (root / "m.py").write_text("\n\ndef f():\n    g()\n")
    assert build_json(root, cache=cache) == build_json(root)


@pytest.mark.parametrize("kind", ["places ", "like ", "graph"])
@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '[{"shop.app": [[99999]]}, {}]', '["a", {}]', None]
)
def test_kept__what_does_not_fit_is_built_anew(
    write_tree: WriteTree, cache: Path, kind: str, text: str | None
) -> None:
    root = write_tree(TREE)
    expected = build_json(root, cache=cache)
    (root / "shop/app.py").write_text(MOVED["comment"])
    with FactCache(cache / FILE_NAME, analyser="") as store:
        connection = store._connection
        assert connection is not None
        keys = [key for (key,) in connection.execute("SELECT key FROM entries")]
        own = f"{VERSION}-{analyser()}".encode() + b"\0"
        names = [key[len(own) :].decode() for key in keys if key.startswith(own)]
    chosen = [
        name for name in names if name.startswith(kind) or (kind == "graph" and " " not in name)
    ]
    assert chosen
    half = expected[: len(expected) // 2]
    results = Results(cache, analyser=f"{VERSION}-{analyser()}")
    results.keep(dict.fromkeys(chosen, half if text is None else text))
    assert find(root, cache) is None
    assert build_json(root, cache=cache) == build_json(root)


def test_kept__comments_anywhere_in_real_code(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    root, own = tmp_path / "tree", Path(ccg.__file__).parent
    chance = random.Random(7)
    texts = {path.name: path.read_text() for path in sorted((own / "solve").glob("*.py"))[:6]}
    folder = root / "solve"
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / name).write_text(text)
    build_json(root, cache=cache)
    for _ in range(5):
        for name in chance.sample(sorted(texts), 2):
            texts[name] = with_comments(texts[name], chance)
            (folder / name).write_text(texts[name])
        assert find(root, cache) == build_json(root)


def with_comments(text: str, chance: random.Random) -> str:
    """Put lines of comment before some statements."""
    lines = text.split("\n")
    starts = {
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.stmt) and not lines[node.lineno - 1][: node.col_offset].strip()
    }
    for line in sorted(chance.sample(sorted(starts), min(5, len(starts))), reverse=True):
        lines[line - 1 : line - 1] = ["# one more", ""][: chance.randint(1, 2)]
    return "\n".join(lines)


def test_kept__the_graph_that_is_kept_is_no_second_time(write_tree: WriteTree, cache: Path) -> None:
    root = write_tree(TREE)
    build_json(root, cache=cache)
    (root / "shop/app.py").write_text(MOVED["comment"])
    size = json.loads(build_json(root, cache=cache))["metadata"]["files_analysed"]
    assert size == len(TREE) - 1
    assert (
        Results(cache, analyser=f"{VERSION}-{analyser()}").find(
            [read_inputs(root, package=None, files=None, inside="").key]
        )
        == {}
    )
