import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from xml.parsers import expat

import pytest

from p2a.domain import Dimension
from quality.measure import NotMeasured
from quality.render.badge import AMBER, GREEN, GREY, LABEL_COLOUR, RED, render_badge
from quality.score import Score, Scores
from tests.fakes.reports import HOSTILE, report

NOT_MEASURED = NotMeasured("nothing was measured")


def badge(overall: Score, *, label: str = "quality") -> str:
    """Return the badge of a report with this overall score."""
    by_dimension: Mapping[Dimension, Score] = dict.fromkeys(Dimension, overall)
    return render_badge(replace(report(), scores=Scores(by_dimension, overall)), label=label)


def elements(picture: str) -> list[tuple[str, dict[str, str]]]:
    """Parse the picture strictly."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append((name, attributes))
    parser.Parse(picture.encode("utf-8"), True)
    return found


@pytest.mark.parametrize(
    ("overall", "colour", "text"),
    [
        (100.0, GREEN, "100.0"),
        (80.0, GREEN, "80.0"),
        (79.9, AMBER, "79.9"),
        (60.0, AMBER, "60.0"),
        (59.9, RED, "59.9"),
        (0.0, RED, "0.0"),
        (NOT_MEASURED, GREY, "not measured"),
    ],
)
def test_render_badge__colour_by_range(overall: Score, colour: str, text: str) -> None:
    picture = badge(overall)
    assert re.findall(r'fill="(#\w{6})"', picture) == [LABEL_COLOUR, colour]
    assert f">{text}</text>" in picture


def test_render_badge__has_an_accessible_title() -> None:
    title = "quality: 87.3 of 100, from 5 of 5 scores"
    assert f"<title>{title}</title>" in badge(87.3)
    (name, attributes), *_ = elements(badge(87.3))
    assert (name, attributes["role"], attributes["aria-label"]) == ("svg", "img", title)
    assert "quality: not measured: nothing was measured" in badge(NOT_MEASURED)


def test_render_badge__loads_nothing() -> None:
    names = {name for name, _ in elements(badge(87.3))}
    assert names == {"svg", "title", "path", "g", "text"}
    assert "id" not in {key for _, attributes in elements(badge(87.3)) for key in attributes}
    addresses = re.findall(r"\w+://[^\"]+", badge(87.3))
    assert addresses == ["http://www.w3.org/2000/svg"]


def test_render_badge__escapes_text() -> None:
    hostile = f'"><script>alert(1)</script>{HOSTILE} \ufffe'
    picture = badge(NotMeasured(hostile), label=hostile)
    assert {name for name, _ in elements(picture)} == {name for name, _ in elements(badge(1.0))}
    assert "\\x1b" in picture


def _luminance(colour: str) -> float:
    """Return WCAG's relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", [GREEN, AMBER, RED, GREY, LABEL_COLOUR])
def test_render_badge__white_text_can_be_read(colour: str) -> None:
    assert 1.05 / (_luminance(colour) + 0.05) >= 4.5


def test_render_badge__a_browser_shows_it(tmp_path: Path) -> None:
    program = shutil.which("chromium")
    assert program is not None, "install chromium: `make test` does it"
    page = f"<!doctype html><title>x</title>{badge(87.3)}<script>const b = document.querySelectorAll('text')[1].getBBox(); document.title = `${{Math.round(b.width)}} ${{document.querySelector('svg').getBoundingClientRect().height}}`</script>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    done = subprocess.run(
        [
            program,
            *switches,
            "--disable-background-networking",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            f"file://{tmp_path / 'page.html'}",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "<title>25 20</title>" in done.stdout, done.stderr
