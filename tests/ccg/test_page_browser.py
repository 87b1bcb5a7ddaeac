"""The page in a real browser: hostile text changes nothing, and it works at both sizes."""

import html
import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

from ccg.build import build_graph
from ccg.export.html import render_html
from ccg.files import text_reader
from tests.ccg.graphs import make_graph

WriteTree = Callable[[Mapping[str, str | bytes]], Path]
Browse = Callable[..., str]

HOSTILE = (
    "</script><script>document.title='pwned'</script><img src=x onerror=document.title='pwned'>"
)


@pytest.fixture
def browse(tmp_path: Path) -> Browse:
    """Return a function that opens a page at a name and returns what the browser wrote."""
    program = shutil.which("chromium")
    assert program is not None, "install chromium: `make test` does it"

    def open_page(page: str, *arguments: str, name: str = "") -> str:
        file = tmp_path / "page.html"
        file.write_text(page, encoding="utf-8")
        switches = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        switches += ["--disable-background-networking", "--disable-component-update"]
        done = subprocess.run(
            [
                program,
                *switches,
                "--disable-sync",
                f"--user-data-dir={tmp_path / 'profile'}",
                "--virtual-time-budget=5000",
                *arguments,
                f"file://{file}#{quote(name, safe='')}",
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return open_page


def shown(dom: str) -> str:
    """Return what the script of the page has made, without the data and the script itself."""
    return dom.partition('<script type="application/json"')[0]


def test_page__shows_a_named_node_with_its_lines_and_links(
    write_tree: WriteTree, browse: Browse
) -> None:
    text = "def f():\n    [].append(3)\n    return g(1 < 2)\n\n\ndef g(x):\n    return x\n"
    root = write_tree({"shop/__init__.py": "", "shop/cart.py": text})
    graph = build_graph(root)
    page = render_html(graph, title="shop", read=text_reader(root), focus=["shop.cart.f"])
    dom = shown(browse(page, "--dump-dom", name="shop.cart.f"))
    assert "<title>shop</title>" in dom
    assert "5 nodes, 5 links" in dom
    assert "<h2>shop.cart.f</h2>" in dom
    assert "shop/cart.py:1\u20133" in dom
    assert "</span>    return g(1 &lt; 2)\n" in dom
    assert "<h3>Calls (2)</h3>" in dom
    assert '<button type="button">list.append</button>' in dom
    assert '<button type="button">shop.cart.g</button>' in dom


def test_d20__hostile_names_are_text(write_tree: WriteTree, browse: Browse, tmp_path: Path) -> None:
    graph = make_graph(f"M:a F:a.{HOSTILE.replace(' ', '_')} I:lib.{HOSTILE.replace(' ', '_')}")
    node = graph.nodes[1]
    page = render_html(graph, title=HOSTILE, read=lambda path: HOSTILE * 5)
    assert page.count("</script>") == 2
    dom = shown(browse(page, "--dump-dom", name=node.id))
    assert "<title>&lt;/script&gt;" in dom
    assert "<h2>a.&lt;/script&gt;" in dom
    assert "pwned'" in dom
    assert not any(tag in dom for tag in ("<script", "<img"))
    picture = tmp_path / "page.png"
    browse(page, f"--screenshot={picture}")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_page__five_thousand_nodes(browse: Browse) -> None:
    modules = [f"p{n % 7}.q{n % 50}.m{n}" for n in range(250)]
    names = [f"{module}.f{n}" for module in modules for n in range(20)]
    nodes = " ".join([*(f"M:{name}" for name in modules), *(f"F:{name}" for name in names)])
    edges = [f"{module} contains {module}.f{n}" for module in modules for n in range(20)]
    edges += [f"{name} calls {names[n * 7 % len(names)]}" for n, name in enumerate(names)]
    graph = make_graph(nodes, edges)
    dom = shown(browse(render_html(graph), "--dump-dom", name=names[-1]))
    assert "5,250 nodes, 10,000 links" in dom
    assert f"<h2>{names[-1]}</h2>" in dom
    assert "Its source lines are not in this page." in dom


FRAMES_BY_CLOCK = """<head><script>
requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 16);
cancelAnimationFrame = clearTimeout;
</script>"""
"""Draws by the page's clock, which the test's browser turns: a busy machine may give no frame at all."""

COUNT_MARKED = """<script>
addEventListener("load", () => {
  CLICK
  setTimeout(() => {
    const canvas = document.getElementById("picture");
    const seen = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let marked = 0;
    for (let at = 0; at < seen.length; at += 4)
      if (`${seen[at]},${seen[at + 1]},${seen[at + 2]}` === "COLOUR") marked += 1;
    document.title = `marked: ${marked > 0}`;
  }, 1000);
});
</script></body>"""
"""Looks for a colour in the picture."""


def with_count(page: str, colour: str, *, click: str = "") -> str:
    """Return the page without its policy, with a script that puts into the title whether it has the colour."""
    script = COUNT_MARKED.replace("COLOUR", colour).replace("CLICK", click)
    page = page.replace("Content-Security-Policy", "none").replace("<head>", FRAMES_BY_CLOCK, 1)
    return page.replace("</body>", script)


def test_page__what_a_closed_module_holds_is_marked_by_it(browse: Browse) -> None:
    modules = [f"p{number // 8}.m{number}" for number in range(64)]
    nodes = " ".join(f"M:{name} F:{name}.f" for name in modules)
    graph = make_graph(nodes, [f"{name} contains {name}.f" for name in modules])
    other_way = "document.getElementById('layout').click();"
    page = with_count(render_html(graph), "207,34,46", click=other_way)
    dom = browse(page, "--dump-dom", name=f"{modules[5]}.f")
    assert "<title>marked: true</title>" in shown(dom)


def test_page__begins_with_what_it_is_about(browse: Browse) -> None:
    modules = [f"p{number // 8}.m{number}" for number in range(64)]
    nodes = " ".join(f"M:{name} F:{name}.f V:{name}.V" for name in modules)
    inside = [f"{name} contains {name}.{own}" for name in modules for own in "fV"]
    graph = make_graph(nodes, inside)
    focus = [f"{modules[5]}.f", f"{modules[60]}.V", "p0.gone"]
    page = render_html(graph, note="a <part>", focus=focus, focus_title="Changed")
    dom = shown(browse(with_count(page, "191,57,137"), "--dump-dom"))
    assert "<title>marked: true</title>" in dom
    assert '<p id="note">a &lt;part&gt;</p>' in dom
    assert 'title="Show what has this ring (f)">Changed 2</button>' in dom
    assert "<h2>Changed</h2>" in dom
    listed = dom.partition("<h2>Changed</h2>")[2]
    assert listed.index(">p0/m5.py</h3>") < listed.index(">f</button>")
    assert ">V</button><small> variable, line " in listed
    dom = shown(browse(with_count(render_html(graph), "191,57,137"), "--dump-dom"))
    assert "<title>marked: false</title>" in dom
    assert 'id="focus" type="button" hidden=""' in dom


def test_page__an_empty_graph(browse: Browse) -> None:
    dom = shown(browse(render_html(make_graph("")), "--dump-dom"))
    assert "0 nodes, 0 links" in dom
    assert '<p id="nothing">Nothing to show: no Python file was analysed here.</p>' in dom
    assert '<aside id="filters" aria-label="What is shown" hidden="">' in dom


def test_page__says_that_a_name_is_not_in_it(browse: Browse) -> None:
    graph = make_graph("M:a F:a.f")
    dom = shown(browse(render_html(graph), "--dump-dom", name="nope.<nope>"))
    assert "<h2>nope.&lt;nope&gt; is not in this graph</h2>" in dom
    assert '<p id="nothing" hidden="">' in dom


NOTE_WHAT_IS_SEEN = """<script>
const written = new Set();
const writes = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...place) { written.add(text); writes.call(this, text, ...place); };
addEventListener("load", () => setTimeout(() => {
  const canvas = document.getElementById("picture");
  const frame = canvas.getBoundingClientRect();
  const covered = [...document.querySelectorAll("aside")].some((panel) => {
    const box = panel.getBoundingClientRect();
    const seen = canvas.getContext("2d").getImageData(box.left - frame.left, box.top - frame.top, box.width, box.height).data;
    return seen.some((value) => value > 0);
  });
  const off = [...document.querySelectorAll("#filters label")].filter((label) => !label.firstChild.checked);
  document.title = JSON.stringify({ covered, off: off.map((label) => label.children[2].textContent), written: [...written].sort() });
}, 1000));
</script></head>"""
"""Puts into the title what is written in the picture, whether a panel covers some of it, and what is not shown."""


def test_page__with_a_focus_all_is_in_sight_with_names_that_differ(browse: Browse) -> None:
    classes = [f"a.C{number}" for number in range(12)]
    nodes = "M:a F:a.run V:a.LIMIT " + " ".join(
        f"C:{name} F:{name}.close F:{name}.{name[2:].lower()} V:{name}.size V:{name}.name V:{name}.kind"
        for name in classes
    )
    edges = [f"a.run calls {name}.close" for name in classes]
    edges += [f"{name}.close calls {name}.{name[2:].lower()}" for name in classes]
    edges += [f"{name}.close references a.LIMIT" for name in classes]
    page = render_html(make_graph(nodes, edges), focus=["a.run"])
    page = page.replace("Content-Security-Policy", "none").replace("<head>", FRAMES_BY_CLOCK, 1)
    page = page.replace("</head>", NOTE_WHAT_IS_SEEN, 1)
    dom = shown(browse(page, "--dump-dom", "--window-size=1280,800"))
    title = dom.partition("<title>")[2].partition("</title>")[0]
    seen = json.loads(html.unescape(title))
    assert not seen["covered"]
    assert seen["off"] == ["Variable", "references"]
    assert {"run", "c3", "C3.close", "C11.close"} <= {*seen["written"]}
    assert not {"close", "LIMIT", "size", "C3.size"} & {*seen["written"]}
