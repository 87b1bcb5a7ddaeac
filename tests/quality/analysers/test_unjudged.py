"""Product code behind the name of a test."""

from pathlib import Path

import pytest

from quality.analysers.unjudged import UnjudgedImportAnalyser
from tests.quality.analysers.subjects import findings_of


@pytest.mark.parametrize(
    "text",
    [
        "from cart import test_impl\n",
        "import cart.test_impl as impl\n",
        "def f():\n    from .test_impl import total\n",
        "try:\n    from .test_impl import *\nexcept ImportError:\n    pass\n",
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
        "import test_impl\n",
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
    }
    assert findings_of(UnjudgedImportAnalyser(), tmp_path, files) == ()
