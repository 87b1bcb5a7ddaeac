"""The forms for other programs: valid documents, whatever the names are."""

import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema_rs
import networkx
import pytest

import ccg
from ccg.build import build_graph
from ccg.export.dot import quoted, render_dot
from ccg.export.graphml import render_graphml
from ccg.export.html import render_html
from ccg.export.mermaid import render_mermaid
from ccg.graph import ComplexityMetrics, Graph
from tests.ccg.graphs import make_graph

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

SCHEMA = Path(__file__).parents[2] / "docs" / "graph.schema.json"
ODD = [
    'a."quoted"',
    "a.back\\slash",
    "a.<b>&amp;",
    "a.\x1b[31m\x00",
    "a.]]>",
    "a.\ud800",
    "a.--",
    "a.ü",
]


@pytest.fixture
def odd() -> Graph:
    """Return a graph whose names are made to break out of a document."""
    graph = make_graph("M:a " + " ".join(f"F:{name}" for name in ODD))
    assert len(graph.nodes) == 1 + len(ODD)
    return graph


@pytest.fixture(scope="module")
def valid() -> Callable[[Any], bool]:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema_rs.meta.validate(schema)
    return jsonschema_rs.Draft202012Validator(schema).is_valid


def test_schema__holds_a_real_graph(write_tree: WriteTree, valid: Callable[[Any], bool]) -> None:
    text = "import os\n\n\nclass A(Exception):\n    x = 1\n\n    def f(self, b=1) -> int:\n        return self.f() or os.getcwd() or unknown.thing()\n"
    files = {"a.py": f"import b\n{text}", "b.py": "import a\n", "c.py": "(\n"}
    graph = build_graph(write_tree(files))
    data = json.loads(graph.to_json())
    assert valid(data)
    assert data == json.loads(json.dumps(graph.to_dict()))
    assert Graph.from_json(graph.to_json()) == graph
    assert Graph.from_json(graph.to_json()).to_json() == graph.to_json()


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(schema="p2a-graph/1"),
        lambda data: data["nodes"][0].update(type="Planet"),
        lambda data: data["nodes"][0].pop("metrics"),
        lambda data: data["edges"][0].update(kind="guess"),
        lambda data: data["edges"][0].update(more=1),
        lambda data: data["metadata"].update(calls_resolved=-1),
        lambda data: data["complexity_metrics"]["modules"]["a"].update(instability=2),
    ],
)
def test_schema__refuses_what_is_no_graph(
    valid: Callable[[Any], bool], change: Callable[[Any], None]
) -> None:
    data = make_graph("M:a F:a.f", ["a calls a.f"], dependencies={"a": ()}).to_dict()
    assert valid(data)
    change(data)
    assert not valid(data)


def test_to_json__one_object_on_each_line(odd: Graph) -> None:
    text = odd.to_json()
    assert text.isascii()
    lines = [line.rstrip(",") for line in text.splitlines() if line.startswith('{"id"')]
    assert [json.loads(line)["id"] for line in lines] == [node.id for node in odd.nodes]
    assert Graph.from_json(text) == odd
    empty = make_graph("")
    assert Graph.from_json(empty.to_json()) == empty


def test_d20__graphml_is_a_document_that_networkx_reads(odd: Graph) -> None:
    graph = make_graph(
        "M:a F:a.f C:a.C",
        ["a contains a.f", "a.f calls a"],
        complexity=ComplexityMetrics({"a.f": 3}, cognitive={"a.f": 2}),
    )
    read = networkx.read_graphml(io.BytesIO(render_graphml(graph).encode()))
    by_id = {data["id"]: data for _, data in read.nodes(data=True)}
    assert by_id["a.f"]["cyclomatic"] == 3
    assert by_id["a.f"]["cognitive"] == 2
    assert "cyclomatic" not in by_id["a.C"]
    assert by_id["a.C"]["inheritance_depth"] == 0
    assert sorted(data["type"] for *_, data in read.edges(data=True)) == ["calls", "contains"]
    document = ET.fromstring(render_graphml(odd))
    keys = document.iter("{http://graphml.graphdrawing.org/xmlns}data")
    ids = {key.text for key in keys if key.get("key") == "node_id"}
    assert {'a."quoted"', "a.<b>&amp;", "a.]]>", "a.\\x1b[31m\\x00"} <= ids


def test_d20__dot_keeps_every_name_in_its_quotes(odd: Graph) -> None:
    text = render_dot(odd)
    outside = []
    for line in text.splitlines():
        plain = line.replace("\\\\", "").replace('\\"', "")
        assert plain.count('"') % 2 == 0
        outside += plain.split('"')[::2]
    assert not any(word in "".join(outside) for word in ("<", "slash", "quoted", "\x1b"))
    assert quoted('a"\\\n') == '"a\\"\\\\\\\\n"'


def test_render_dot__clusters_of_modules() -> None:
    graph = make_graph(
        "M:a F:a.f C:a.C M:b I:os",
        ["a contains a.f", "a.f calls os", "a.C inherits os", "b imports a", "a.f references a.C"],
    )
    assert render_dot(graph).splitlines()[2:] == [
        '  subgraph cluster_0 { label="a"; color=gray;',
        '  "a" [label="a", shape=folder, tooltip="a.py:1"];',
        '  "a.C" [label="C", shape=component, tooltip="a.py:3"];',
        '  "a.f" [label="f", shape=box, tooltip="a.py:2"];',
        "  }",
        '  "b" [label="b", shape=folder, tooltip="b.py:4"];',
        '  "os" [label="os", shape=plaintext, tooltip="outside of the analysed files"];',
        '  "a.C" -> "os" [style=bold, tooltip="inherits"];',
        '  "a.f" -> "a.C" [style=dotted, tooltip="references"];',
        '  "a.f" -> "os" [style=solid, tooltip="calls"];',
        '  "b" -> "a" [style=dashed, tooltip="imports"];',
        "}",
    ]


def test_d20__mermaid_and_html_hold_no_markup_of_a_name(odd: Graph) -> None:
    picture = render_mermaid(odd, focus=ODD)
    assert not any(mark in picture for mark in ("<b>", "&amp;", "\x1b", "\ud800"))
    page = render_html(odd, read=lambda _: "</script>")
    assert page.count("</script>") == 2
    assert page.encode("utf-8")


def test_render_html__lines_of_the_focus_come_first_and_have_room() -> None:
    graph = make_graph("M:a F:a.f M:b F:b.g M:c F:c.h", ["b.g calls a.f", "c.h calls a.f"])
    text = "\n".join(["\u00fc" * 300] * 6)  # six bytes for each sign in the page

    def pages(room: int) -> list[str]:
        page = render_html(graph, read=lambda _: text, focus=["c.h"], max_source=room)
        data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
        assert data["sourcesLeftOut"] is (len(data["sources"]) < 3)
        return list(data["sources"])

    assert pages(3_000) == []
    assert pages(9_000) == ["a.py", "c.py"]
    assert pages(12_000) == ["a.py", "b.py", "c.py"]


def test_d20__a_hundred_thousand_nodes_in_every_form() -> None:
    names = [f"a.f{n}" for n in range(100_000)]
    nodes = "M:a " + " ".join(f"F:{name}" for name in names)
    edges = [f"{name} calls {other}" for name, other in pairwise(names)]
    graph = make_graph(nodes, edges)
    assert len(json.loads(graph.to_json())["nodes"]) == 100_001
    assert len(list(ET.fromstring(render_graphml(graph)).iter())) > 200_000
    assert render_dot(graph).count(" -> ") == 99_999
    assert len(render_mermaid(graph, focus=["a.f7"])) < 65_535
    assert '["a.f99999",' in render_html(graph)


def test_api__every_name_is_there_and_importing_ccg_loads_nothing() -> None:
    assert all(getattr(ccg, name) is not None for name in ccg.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        ccg.nonsense  # noqa: B018
    script = "import sys, ccg; print(sorted(n for n in sys.modules if n.startswith('ccg.')))"
    script += "\nfrom ccg import build_graph, render_html, compare_revisions, find_unused"
    script += "\nprint(sorted({'typer', 'rich', 'networkx'} & {*sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n[]\n"
