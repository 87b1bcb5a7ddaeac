import gc
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ccg.build import build_json
from ccg.cache import FILE_NAME
from ccg.command import graph
from ccg.forms import Format

WriteTree = Callable[[Mapping[str, str | bytes]], Path]


def test_graph__callgraph(write_tree: WriteTree) -> None:
    root = write_tree({"main.py": "def f():\n    pass\n\n\nf()\n"})
    result = CliRunner().invoke(graph, [str(root), "--format", "callgraph"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"main": ["main.f"], "main.f": []}


def test_graph__reads_the_current_folder_where_no_other_is_given(
    write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_tree({"main.py": ""}))
    result = CliRunner().invoke(graph, ["--format", "callgraph"])
    assert json.loads(result.stdout) == {"main": []}


def test_graph__counts_in_grammar(write_tree: WriteTree) -> None:
    result = CliRunner().invoke(graph, [str(write_tree({"main.py": "print()\n"}))])
    assert result.stdout.startswith("1 file analysed, 0 not; 1 of 1 call resolved\n")


def test_graph__writes_long_json_as_it_is(write_tree: WriteTree) -> None:
    root = write_tree({"main.py": "".join(f"def f{n}(): pass\n" for n in range(1000))})
    result = CliRunner().invoke(graph, [str(root), "--format", "json"])
    assert len(result.stdout) > 1 << 18
    assert result.stdout == build_json(root)


def test_graph__is_not_looked_through_for_garbage(write_tree: WriteTree) -> None:
    gc.unfreeze()
    try:
        CliRunner().invoke(graph, [str(write_tree({"main.py": ""})), "--format", "json"])
        assert gc.get_freeze_count() > 0
        assert gc.isenabled()
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("form", [*Format])
def test_graph__writes_a_file(write_tree: WriteTree, tmp_path: Path, form: str) -> None:
    root, output = write_tree({"main.py": ""}), tmp_path / "out"
    result = CliRunner().invoke(graph, [str(root), "--format", form, "--output", str(output)])
    assert (result.exit_code, result.stdout) == (0, "")
    assert "main" in output.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "begin", "said"),
    [
        ("out.json", "{", " (json)\n"),
        ("OUT.HTML", "<!doctype html>", " (html)\n"),
        ("out.graphml", "<?xml", " (graphml)\n"),
        ("out.dot", "digraph", " (dot)\n"),
        ("out.mmd", "flowchart", " (mermaid)\n"),
        ("out.txt", "1 file analysed", " (text)\n"),
        ("out.md", "1 file analysed", " (text)\nas text: .md names no form of a graph; .json, "),
    ],
)
def test_graph__a_file_has_the_form_that_its_name_asks_for(
    write_tree: WriteTree, tmp_path: Path, name: str, begin: str, said: str
) -> None:
    output = tmp_path / name
    result = run(write_tree({"main.py": ""}), "--output", str(output))
    assert (result.exit_code, result.stdout) == (0, "")
    assert output.read_text(encoding="utf-8").startswith(begin)
    assert result.stderr.startswith(f"written: {output}{said}")


def test_graph__a_named_form_goes_before_the_name_of_the_file(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    output = tmp_path / "out.html"
    result = run(write_tree({"main.py": ""}), "--output", str(output), "--format", "text")
    assert result.stderr == f"written: {output} (text)\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "no"], "Invalid value for '--format'"),
        (["--cycles", "--unused"], "--cycles and --unused ask different things"),
        (["--unused", "--base", "HEAD"], "--unused and --base ask different things"),
        (["--public"], "--public needs --unused"),
        (["--depth", "1"], "--depth needs --focus"),
        (["--unused", "--focus", "main"], "--focus and --collapse have no meaning with --unused"),
        (["--impact", "HEAD", "--collapse", "module"], "have no meaning with --impact"),
        (["--head", "HEAD"], "--head needs --base or --impact"),
        (["--unused", "--format", "dot"], "--unused is written as json, text"),
        (["--unused", "--output", "out.html"], "--unused is written as json, text"),
        (["--impact", "HEAD", "--format", "html"], "--impact is written as json, mermaid, text"),
        (["--impact", "HEAD", "--base", "HEAD~1"], "name different commits"),
        (["--depth", "-1"], "Invalid value for '--depth'"),
        (["--jobs", "0"], "Invalid value for '--jobs'"),
    ],
)
def test_graph__usage_errors(write_tree: WriteTree, arguments: list[str], said: str) -> None:
    result = run(write_tree({"main.py": ""}), *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in " ".join(re.sub(r"[│\x1b]|\[[0-9;]*m", " ", result.stderr).split())


SHOP = {
    "pyproject.toml": '[project]\nname = "shop"\n\n[project.scripts]\nshop = "shop.till:pay"\n',
    "shop/__init__.py": "",
    "shop/cart.py": "import shop.till\n\n\ndef add(x):\n    return x\n\n\ndef old():\n    pass\n",
    "shop/till.py": "from shop.cart import add\n\n\ndef pay():\n    return add(1)\n",
    "tests/test_till.py": "from shop.till import pay\n\n\ndef test_pay():\n    pay()\n",
}


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(graph, [str(root), *arguments], terminal_width=200)


def answer(root: Path, *arguments: str) -> Any:
    result = run(root, *arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_graph__focus_depth_and_collapse_for_every_form(write_tree: WriteTree) -> None:
    root = write_tree(SHOP)
    near = answer(root, "--focus", "cart.add", "--depth", "1")
    assert [node["id"] for node in near["nodes"]] == ["shop.cart.add", "shop.till", "shop.till.pay"]
    coarse = answer(root, "--focus", "cart.add", "--depth", "1", "--collapse", "module")
    assert [node["id"] for node in coarse["nodes"]] == ["shop.cart", "shop.till"]
    for form in ("dot", "graphml", "mermaid", "html", "text"):
        shown = run(root, "--focus", "cart.add", "--depth", "1", "--format", form).stdout
        assert "pay" in shown
        assert "test_pay" not in shown
    calls = run(root, "--focus", "cart.add", "--depth", "1", "--format", "callgraph").stdout
    assert json.loads(calls) == {
        "shop.cart.add": [],
        "shop.till": [],
        "shop.till.pay": ["shop.cart.add"],
    }


def test_graph__cycles(write_tree: WriteTree) -> None:
    root = write_tree(SHOP)
    assert run(root, "--cycles").stdout == (
        "import cycle of 2 modules\n"
        "  shop.cart -> shop.till (shop/cart.py:1)\n"
        "  shop.till -> shop.cart (shop/till.py:1)\n"
    )
    assert answer(root, "--cycles")["cycles"][0]["members"] == ["shop.cart", "shop.till"]
    assert run(root, "--cycles", "--format", "mermaid").stdout.count("-.->") == 2
    assert run(root / "tests", "--cycles").stdout.startswith("no cycles")


def test_graph__says_that_a_call_cycle_may_be_too_large(write_tree: WriteTree) -> None:
    root = write_tree({"main.py": "def f():\n    g()\n\n\ndef g():\n    f()\n"})
    lines = run(root, "--cycles").stdout.splitlines()
    assert lines[0] == "call cycle of 2 functions"
    assert lines[-1].startswith("note: a call cycle may be larger than what any run goes through")


def test_graph__unused(write_tree: WriteTree) -> None:
    root = write_tree(SHOP)
    found = answer(root, "--unused")
    assert [item["id"] for item in found["unused"]] == ["shop.cart.old"]
    assert found["entry_points"] == ["shop.till.pay"]
    assert "shop.cart.old  shop/cart.py:8  nothing leads" in run(root, "--unused").stdout
    assert answer(root, "--unused", "--public")["unused"] == []


@pytest.mark.parametrize("asked", [[], ["--unused"], ["--cycles"]])
def test_graph__says_that_there_are_no_python_files(tmp_path: Path, asked: list[str]) -> None:
    assert run(tmp_path, *asked).stdout.startswith("no Python files here: there is no .py file")


LIBRARY = {
    "kit.py": """\
__all__ = ["Tool"]


class Base:
    def inherited(self):
        pass

    def _own(self):
        pass


class Tool(Base):
    def turn(self):
        pass


def first():
    second()


def second():
    pass


def checked():
    pass


def maker():
    return unknown.checked
""",
    "product_tests.py": "def sold():\n    pass\n",
    "tests/test_kit.py": "import kit\n\n\ndef test_kit():\n    kit.checked()\n",
}


def test_graph__unused_says_how_many_of_which_kind(write_tree: WriteTree) -> None:
    lines = run(write_tree(LIBRARY), "--unused").stdout.splitlines()
    head = lines.index("Unused")
    assert lines[: head - 1] == [
        "6 functions and classes that no entry point leads to: 1 used only by tests;"
        " 1 only by other unused code",
        "1 of them may be used all the same: its name stands where the graph cannot tell what is meant",
        "declared entry points: none",
        "taken for used besides: 1 name in __all__, 0 decorated or named in a string",
        "next: for a library add --public: all public names are used then",
    ]
    names = [line.split()[0] for line in lines[head + 2 : -2]]
    assert names == ["kit.Base._own", "kit.first", "kit.maker", "product_tests.sold", "kit.checked"]
    assert lines[-2:] == ["", "1 other is used only by these; --format json lists all"]


def test_graph__unused_of_a_library_is_not_told_to_add_what_it_has(write_tree: WriteTree) -> None:
    root = write_tree(LIBRARY)
    assert run(root, "--unused", "--public").stdout.splitlines()[:3] == [
        "1 function or class that no entry point leads to",
        "declared entry points: none",
        "taken for used besides: all public names, 1 name in __all__, 0 decorated or named in a"
        " string",
    ]
    kept = write_tree({"main.py": "print()\n"})
    (kept / "kit.py").unlink()
    (kept / "product_tests.py").unlink()
    assert run(kept, "--unused").stdout.startswith("no function or class is unused: ")


def test_graph__base_and_impact(write_tree: WriteTree) -> None:
    root = write_tree(SHOP)
    environ = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(root), *command], check=True, env=environ)
    changed = SHOP["shop/cart.py"].replace("return x", "return x + 1").replace("old", "new")
    (root / "shop/cart.py").write_text(changed, encoding="utf-8")
    data = answer(root, "--impact", "HEAD")
    assert data["schema"] == "p2a-graph-change/1"
    assert data["impact"]["changed"] == ["shop.cart.add", "shop.cart.new", "shop.cart.old"]
    assert data["impact"]["tests"] == ["tests.test_till.test_pay"]
    assert [node["id"] for node in data["diff"]["nodes_removed"]] == ["shop.cart.old"]
    shown = run(root, "--impact", "HEAD").stdout
    assert "3 names changed from " in shown
    assert "; can be affected: 1; tests that reach them: 1\n" in shown
    assert "1         shop.till.pay  shop/till.py:4  calls shop.cart.add" in shown
    both = run(root, "--base", "HEAD", "--impact", "HEAD").stdout
    assert "Difference" in both
    assert "Affected" in both
    assert ":::changed" in run(root, "--base", "HEAD", "--format", "mermaid").stdout
    same = answer(root, "--base", "HEAD", "--head", "HEAD")
    assert (same["changed"], same["impact"]["affected"]) == ([], [])
    unknown = run(root, "--base", "nowhere")
    assert unknown.exit_code == 3
    assert unknown.stderr.startswith("p2a: there is no commit 'nowhere'\n  next: give a branch")
    new = run(root, "--base", "HEAD", "--package", "shop.cart")
    assert new.exit_code == 0


def test_graph__a_package_that_is_new_since_the_base(write_tree: WriteTree) -> None:
    root = write_tree({"old.py": ""})
    environ = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(root), *command], check=True, env=environ)
    (root / "new.py").write_text("def f():\n    pass\n", encoding="utf-8")
    data = answer(root, "--base", "HEAD", "--package", "new")
    assert [node["id"] for node in data["diff"]["nodes_added"]] == ["new", "new.f"]


def test_graph__no_repository(write_tree: WriteTree) -> None:
    result = run(write_tree(SHOP), "--impact", "HEAD")
    assert result.exit_code == 3
    assert "is in no git repository that can be read\n  why:" in result.stderr


def test_graph__values_that_cannot_be_used(write_tree: WriteTree, tmp_path: Path) -> None:
    root, absent = str(write_tree({"main.py": ""})), str(tmp_path / "no")
    cases = (
        ([absent], f"p2a: {absent} is not a folder\n  next: give the folder that holds the"),
        ([root, "--package", "no"], f"p2a: there is no package 'no' below {root}\n  next: give"),
        (
            [root, "--focus", "mian"],
            "p2a: there is no 'mian' in the graph\n  why:  the nearest: main\n  next: give",
        ),
        ([root, "--output", root], f"p2a: {root} cannot be written\n  why:  Is a directory\n"),
        (
            [root, "--output", f"{root}/none/g.json"],
            f"p2a: {root}/none/g.json cannot be written\n  why:  there is no folder {root}/none\n",
        ),
    )
    for arguments, said in cases:
        result = CliRunner().invoke(graph, arguments)
        assert (result.exit_code, result.stdout) == (3, "")
        assert result.stderr.startswith(said)


def test_graph__a_failure_leaves_the_file_that_was_there(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    root, output = str(write_tree({"main.py": ""})), tmp_path / "kept.html"
    output.write_text("what was there", encoding="utf-8")
    arguments = [root, "--focus", "absent", "--format", "html", "--output", str(output)]
    assert CliRunner().invoke(graph, arguments).exit_code == 3
    assert output.read_text(encoding="utf-8") == "what was there"


def test_graph__root_is_itself_a_package(write_tree: WriteTree) -> None:
    files = {
        "shop/__init__.py": "from shop.cart.total import add\n",
        "shop/cart/__init__.py": "",
        "shop/cart/total.py": "def add():\n    pass\n",
        "shop/till.py": "from shop.cart import total\n\n\ndef pay():\n    total.add()\n",
    }
    root = write_tree(files)
    whole = CliRunner().invoke(graph, [str(root), "--format", "json"])
    inside = CliRunner().invoke(graph, [str(root / "shop"), "--format", "json"])
    edges = [json.loads(result.stdout)["edges"] for result in (whole, inside)]
    assert edges[0] == edges[1]
    calls = CliRunner().invoke(graph, [str(root / "shop"), "--format", "callgraph"])
    assert json.loads(calls.stdout) == {
        "shop": [],
        "cart": [],
        "cart.total": [],
        "cart.total.add": [],
        "till": [],
        "till.pay": ["cart.total.add"],
    }
    deep = CliRunner().invoke(graph, [str(root / "shop" / "cart"), "--format", "callgraph"])
    assert set(json.loads(deep.stdout)) == {"cart", "total", "total.add"}


def test_graph__root_of_a_project_is_no_package(write_tree: WriteTree) -> None:
    files = {"__init__.py": "", "pyproject.toml": "", "a.py": "import b\n", "b.py": ""}
    result = CliRunner().invoke(graph, [str(write_tree(files)), "--format", "json"])
    edges = json.loads(result.stdout)["edges"]
    assert ["a", "b"] in [[edge["source"], edge["target"]] for edge in edges]


@pytest.mark.parametrize("form", [*Format])
def test_graph__a_kept_answer_is_the_same(write_tree: WriteTree, cache: Path, form: str) -> None:
    root = write_tree(SHOP)
    outputs = [run(root, "--format", form, *more).stdout for more in (["--no-cache"], [], [])]
    assert outputs == [outputs[0]] * 3
    assert (cache / FILE_NAME).is_file()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--cycles"],
        ["--unused"],
        ["--focus", "cart.add"],
        ["--collapse", "module"],
        ["--jobs", "2"],
    ],
)
def test_graph__answers_from_a_kept_graph_are_the_same(
    write_tree: WriteTree, arguments: list[str]
) -> None:
    root = write_tree(SHOP)
    expected = answer(root, *arguments, "--no-cache")
    assert [answer(root, *arguments) for _ in range(2)] == [expected] * 2


def test_graph__no_cache_neither_writes_nor_reads(write_tree: WriteTree, cache: Path) -> None:
    root = write_tree(SHOP)
    run(root, "--no-cache")
    assert not cache.exists()
    expected = run(root, "--format", "json").stdout
    before = (cache / FILE_NAME).read_bytes()
    (root / "shop/cart.py").write_text("x = 1\n", encoding="utf-8")
    assert run(root, "--format", "json", "--no-cache").stdout != expected
    assert (cache / FILE_NAME).read_bytes() == before


def test_graph__works_without_a_place_for_the_cache(
    write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("P2A_CACHE_DIR", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    assert run(write_tree(SHOP), "--cycles").stdout.startswith("import cycle")


def test_graph__a_change_takes_both_states_from_the_cache(
    write_tree: WriteTree, cache: Path
) -> None:
    root = write_tree(SHOP)
    environ = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(root), *command], check=True, env=environ)
    (root / "shop/cart.py").write_text("def add(x):\n    return -x\n", encoding="utf-8")
    expected = answer(root, "--base", "HEAD", "--no-cache")
    assert not cache.exists()
    assert [answer(root, "--base", "HEAD") for _ in range(2)] == [expected] * 2
    assert (cache / FILE_NAME).is_file()


def test_graph__a_kept_answer_needs_neither_the_analysis_nor_the_pictures(
    write_tree: WriteTree,
) -> None:
    root = write_tree(SHOP)
    script = (
        "import sys; from ccg.command import graph;"
        "graph([sys.argv[1], '--format', 'json'], standalone_mode=False);"
        "sys.exit(' '.join({'ccg.assemble', 'ccg.answer', 'ccg.syntax.lower'} & {*sys.modules}))"
    )
    command = [sys.executable, "-c", script, str(root)]
    first, second = (subprocess.run(command, capture_output=True, text=True) for _ in range(2))
    assert "ccg.assemble" in first.stderr
    assert (second.stdout, second.stderr) == (first.stdout, "\n")


def test_graph__says_how_far_it_is_on_a_terminal(write_tree: WriteTree) -> None:
    root = write_tree(SHOP)
    script = "import sys; from ccg.command import graph; graph([sys.argv[1], '--cycles'])"
    for _ in range(2):
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            [sys.executable, "-c", script, str(root)],
            stdout=subprocess.PIPE,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm"},
        ) as process:
            os.close(theirs)
            shown = b""
            while chunk := read_terminal(ours):
                shown += chunk
            os.close(ours)
            assert process.stdout is not None
            assert process.stdout.read().startswith(b"import cycle")
        assert b"following calls" in shown or b"reading files" in shown


def read_terminal(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:  # Linux's way to say that the other end is closed
        return b""
