"""Rings of imports; those that no loading of a module runs into are none."""

from pathlib import Path

import pytest

from quality.analysers.cycles import CycleAnalyser
from tests.quality.analysers.subjects import findings_of


def rings(tmp_path: Path, files: dict[str, str]) -> list[str]:
    """Return the anchors of what is found."""
    return [finding.anchor for finding in findings_of(CycleAnalyser(), tmp_path, files)]


def test_cycles__one_finding_for_a_ring(tmp_path: Path) -> None:
    files = {
        "src/app/__init__.py": "",
        "src/app/a.py": "import os\nfrom app import b\n",
        "src/app/b.py": "from .c import name\n",
        "src/app/c.py": "try:\n    import app.a\nexcept ImportError:\n    pass\n",
        "src/app/d.py": "from app import a, b, c\n",
    }
    (finding,) = findings_of(CycleAnalyser(), tmp_path, files)
    assert finding.message == (
        "3 modules import one another while they are loaded: app.a, app.b, app.c"
    )
    assert (finding.path, finding.start_line) == ("src/app/a.py", 2)
    assert finding.anchor == "app.a app.b app.c"


def test_cycles__a_package_and_a_submodule_that_asks_it_for_a_name(tmp_path: Path) -> None:
    files = {
        "app/__init__.py": "from app.a import run\nversion = 1\n",
        "app/a.py": "from . import version\n",
    }
    assert rings(tmp_path, files) == ["app app.a"]


@pytest.mark.parametrize(
    "back",
    [
        "def f():\n    from app import a\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app import a\n",
        "import typing as t\nif t.TYPE_CHECKING:\n    from app.a import A\n",
        "if __name__ == '__main__':\n    from app import a\n",
        "import a\n",
        "from other.app import a\n",
        "from .. import a\n",
    ],
)
def test_cycles__no_ring_at_loading(tmp_path: Path, back: str) -> None:
    files = {"app/__init__.py": "", "app/a.py": "from app import b\n", "app/b.py": back}
    assert rings(tmp_path, files) == []


def test_cycles__tests_are_no_part_of_a_ring(tmp_path: Path) -> None:
    files = {"a.py": "from tests import b\n", "tests/b.py": "import a\n"}
    assert rings(tmp_path, files) == []


def test_cycles__submodules_may_import_one_another_through_their_package(tmp_path: Path) -> None:
    files = {
        "app/__init__.py": "from app.a import run\n",
        "app/a.py": "from app import b\n",
        "app/b.py": "",
    }
    assert rings(tmp_path, files) == []
