"""What a workflow's page of the graph shows: all of a small graph, what is near the change of a large one."""

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from ccg.graph import Graph
from p2a.domain import WorkflowKind, WorkflowStatus
from p2a.links import PAGE_TYPE
from tests.ccg.graphs import make_graph
from tests.fakes.workshop import Workshop
from worker.graph_page import MAX_NODES, MAX_PAGE, render_page, standing, without_secrets
from worker.starred import starred

TOKEN = "ghp_" + "Aq7Zr2Lm9Xc4Vb8Nk3Jd6Hf1Gs5Tw0Ye7Ui2"
KEY = "-----BEGIN " + "PRIVATE KEY-----"
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA"


def nothing(path: str) -> str | None:
    return None


def data_of(page: bytes) -> dict[str, Any]:
    text = page.decode("utf-8").partition('id="data">')[2].partition("</script>")[0]
    data: dict[str, Any] = json.loads(text)
    return data


def drawn(page: bytes) -> list[str]:
    """Return the ids of the nodes of a page, without the groups that only hold some."""
    return [row[0] for row in data_of(page)["nodes"] if not row[9]]


def focus_of(page: bytes) -> list[str]:
    data = data_of(page)
    return [data["nodes"][number][0] for number in data["focus"]]


def note_of(page: bytes) -> str:
    return page.decode("utf-8").partition('<p id="note">')[2].partition("</p>")[0]


def wide(modules: int, functions: int) -> Graph:
    """Return modules of functions, of which each calls that of the module before."""
    names = [f"m{number}" for number in range(modules)]
    own = [[f"{name}.f{number}" for number in range(functions)] for name in names]
    nodes = [f"M:{name}" for name in names] + [f"F:{name}" for some in own for name in some]
    edges = [f"{m} contains {f}" for m, some in zip(names, own, strict=True) for f in some]
    edges += [f"{own[n][0]} calls {own[n - 1][0]}" for n in range(1, modules) if functions]
    return make_graph(" ".join(nodes), edges)


def page_of(graph: Graph, changed: Sequence[str] = ()) -> bytes:
    return render_page(graph, title="acme/shop #7", read=nothing, changed=changed)


def test_page__of_a_small_graph_is_all_of_it() -> None:
    page = page_of(wide(3, 2), ["m1.f0", "m2.gone.deeper", "elsewhere"])
    assert len(drawn(page)) == 9
    assert focus_of(page) == ["m1.f0", "m2"]
    assert note_of(page) == ""
    assert page == page_of(wide(3, 2), ["elsewhere", "m2.gone.deeper", "m1.f0"])


def test_page__of_a_large_graph_is_what_is_near_the_change() -> None:
    graph = wide(60, 100)
    page = page_of(graph, ["m30.f0"])
    assert drawn(page) == ["m28.f0", "m29.f0", "m30.f0", "m31.f0", "m32.f0"]
    assert focus_of(page) == ["m30.f0"]
    assert note_of(page) == "of 6,060 nodes: the change and what is up to 2 steps away"


@pytest.mark.parametrize("changed", [[], ["m30", "m31", "m7.f0", *(f"m{n}" for n in range(60))]])
def test_page__of_a_large_graph_without_a_middle_is_its_modules(changed: list[str]) -> None:
    page = page_of(wide(60, 100), changed)
    assert drawn(page) == sorted(f"m{number}" for number in range(60))
    assert len(focus_of(page)) == (60 if changed else 0)
    assert note_of(page) == "of 6,060 nodes: the modules alone"


def test_page__of_too_many_modules_says_so() -> None:
    page = page_of(wide(MAX_NODES + 1, 0))
    assert drawn(page) == []
    assert note_of(page) == "a graph of 5,001 nodes, too large for a page: the JSON file has them"


def test_page__is_bounded_in_bytes_whatever_the_files_and_names_hold() -> None:
    lines = "\n".join(["\U0001f600" * 2_000] * 400)  # twelve bytes for each sign in the page
    full = render_page(wide(20, 10), title="", read=lambda path: lines)
    assert len(full) <= MAX_PAGE
    assert data_of(full)["sourcesLeftOut"]
    long = make_graph("M:a " + " ".join(f"F:a.{'x' * 50_000}{number}" for number in range(100)))
    page = page_of(long, ["a"])
    assert len(page) <= MAX_PAGE
    assert drawn(page) == ["a"]


def test_standing__by_place_and_tests_last() -> None:
    graph = make_graph("M:tests.test_a F:tests.test_a.test_f M:src.b F:src.b.z F:src.b.a I:os")
    names = ["tests.test_a.test_f", "src.b.a", "src.b.z", "os", "os.path"]
    assert standing(graph, names) == ["src.b.z", "src.b.a", "tests.test_a.test_f"]


def test_page__secrets_are_stars_and_invisible_signs_are_shown() -> None:
    text = f"def f(key='{TOKEN}'):\n    return '</script><script>\u202e'\n"
    graph = make_graph("M:a F:a.f", ["a contains a.f"], signatures={"a.f": f"(key='{TOKEN}')"})
    graph = without_secrets(graph)
    page = render_page(graph, title="", read=lambda path: text * 3)
    assert TOKEN.encode() not in page
    assert page.count(b"</script>") == 2
    [[first, shown]] = data_of(page)["sources"]["a.py"]
    assert first == 1
    assert shown.split("\n") == [
        f"def f(key='{'*' * len(TOKEN)}'):",
        "    return '</script><script>\\u{202e}'",
    ]
    assert data_of(page)["nodes"][1][6] == f"(key='{'*' * len(TOKEN)}')"


def test_starred__keeps_every_line_where_it_was() -> None:
    code = f"KEY = '''{KEY}\n{BODY}\n{BODY}\nA=\n-----END'''\nshown = 1\n"
    assert starred(code).split("\n") == [
        f"KEY = '''{KEY}",
        "*" * len(BODY),
        "*" * len(BODY),
        "**",
        "-----END'''",
        "shown = 1",
        "",
    ]


def test_fix__leaves_a_page_of_the_published_tree(workshop: Workshop) -> None:
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    stored = workshop.store.artifact(name, "ccg.html")
    assert stored is not None
    assert stored.media_type == PAGE_TYPE
    assert f"<title>octo/uploader #{workshop.issue}</title>" in stored.content.decode()
    assert focus_of(stored.content) == ["uploader.pieces.PIECE_SIZE"]
    [piece] = [text for _, text in data_of(stored.content)["sources"]["src/uploader/pieces.py"]]
    assert "PIECE_SIZE = 2048" in piece
    graph = workshop.store.artifact(name, "ccg.json")
    assert graph is not None
    assert drawn(stored.content) == [node["id"] for node in json.loads(graph.content)["nodes"]]
    [comment], [pull] = workshop.bot_comments(), workshop.get("pulls?state=all")
    for text in (comment, pull["body"]):
        assert re.search(
            rf"^\[Code context graph\]\(http://127\.0\.0\.1:9/artifacts/{name}/ccg\.html\?[^)]+\)"
            rf" · \[JSON\]\(http://127\.0\.0\.1:9/artifacts/{name}/ccg\.json\?[^)]+\)",
            text,
            re.MULTILINE,
        )
