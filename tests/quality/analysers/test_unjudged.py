"""Product code behind the name of a test."""

from pathlib import Path

import pytest

from quality.analysers.unjudged import UnjudgedImportAnalyser
from quality.finding import Severity
from tests.quality.analysers.subjects import findings_of


@pytest.mark.parametrize(
    "text",
    [
        "from cart import test_impl\n",
        "import cart.test_impl as impl\n",
        "def f():\n    from .test_impl import total\n",
        "try:\n    from .test_impl import *\nexcept ImportError:\n    pass\n",
        "TYPE_CHECKING = True\nif TYPE_CHECKING:\n    from cart import test_impl\n",
        "import importlib\nimportlib.import_module('cart.test_impl')\n",
        "from importlib import import_module as load\nload(name='.test_impl', package=__package__)\n",
        "__import__('cart.test_impl')\n",
    ],
)
def test_unjudged__a_test_that_the_product_imports(tmp_path: Path, text: str) -> None:
    files = {
        "cart/__init__.py": "",
        "cart/main.py": text,
        "cart/other.py": "from cart.test_impl import total\n",
        "cart/test_impl.py": "total = 1\n",
    }
    (finding,) = findings_of(UnjudgedImportAnalyser(), tmp_path, files)
    assert finding.rule == "imports-unjudged-code"
    assert finding.path == "cart/main.py"
    assert "cart/test_impl.py" in finding.message
    assert finding.anchor == "cart/test_impl.py"


@pytest.mark.parametrize(
    "text",
    [
        "from cart import impl\n",
        "import cart\n",
        "import importlib\nimportlib.import_module(name)\n",
        "print('import_module', 'cart.test_impl')\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from cart import test_impl\n",
    ],
)
def test_unjudged__nothing_where_the_product_runs_no_test(tmp_path: Path, text: str) -> None:
    files = {
        "cart/__init__.py": "",
        "cart/impl.py": "",
        "cart/main.py": text,
        "cart/test_impl.py": "",
        "tests/test_it.py": "from cart import test_impl\n",
        "docs/example.toml": "[project.scripts]\ncart = 'cart.test_impl:run'\n",
    }
    assert findings_of(UnjudgedImportAnalyser(), tmp_path, files) == ()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("examples/evil.py", "import sys\nsys.path.insert(0, 'examples')\nimport evil\n"),
        ("examples/evil/__init__.py", "from evil import run\n"),
        ("lib/shop/tests/evil.py", "import shop.tests.evil\n"),
        ("lib/shop/tests/evil.py", "from shop.tests import evil\n"),
        ("lib/shop/tests/evil.py", "from shop.tests.evil import run\n"),
        ("lib/shop/tests/__init__.py", "from shop import tests\n"),
    ],
)
def test_unjudged__a_file_that_is_found_from_another_folder(
    tmp_path: Path, path: str, text: str
) -> None:
    files = {"lib/shop/__init__.py": "", "lib/shop/main.py": text, path: ""}
    (finding,) = findings_of(UnjudgedImportAnalyser(), tmp_path, files)
    assert (finding.path, finding.anchor) == ("lib/shop/main.py", path)
    assert finding.severity is Severity.HIGH


def test_unjudged__no_file_of_the_tree_for_what_is_installed_or_stands_beside(
    tmp_path: Path,
) -> None:
    text = "import json, json.tool, flask, elsewhere\nfrom shop import cart, main\n"
    files = {
        "lib/shop/__init__.py": "cart = 1\n",
        "lib/shop/main.py": text,
        "tests/json.py": "",
        "tests/json/tool.py": "",
        "tests/flask/__init__.py": "",
        "tests/shop/cart.py": "",
        "tests/shop/main.py": "",
    }
    assert findings_of(UnjudgedImportAnalyser(), tmp_path, files) == ()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", "[project.scripts]\nshop = 'tests.evil:run'\n"),
        ("pyproject.toml", "[project.entry-points.any]\nshop = 'tests.evil'\n"),
        ("setup.cfg", "[options.entry_points]\nconsole_scripts = shop = tests.evil:run\n"),
        ("setup.py", "\nsetup(entry_points={'console_scripts': ['shop = tests.evil:run']})\n"),
    ],
)
def test_unjudged__an_entry_point(tmp_path: Path, path: str, text: str) -> None:
    files = {"tests/evil.py": "def run(): ...\n", path: text}
    (finding,) = findings_of(UnjudgedImportAnalyser(), tmp_path, files)
    assert (finding.path, finding.start_line, finding.anchor) == (path, 2, "tests/evil.py")
