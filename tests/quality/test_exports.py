"""What public modules hand on of private ones, by the syntax trees alone."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ccg.source import Source, parse_source
from quality import exports as exports_module
from quality.analysers.docstrings import DocstringAnalyser
from quality.exports import exports, is_private
from quality.measure import Measure
from tests.quality.subjects import subject_of

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

CODE = "class A: pass\nclass B: pass\ndef f(): pass\ndef _g(): pass\n"


def exported(files: Mapping[str, str]) -> dict[str, set[str]]:
    """Return what is exported of private modules, by their paths."""
    sources = []
    for path, text in files.items():
        source = parse_source(path, text.encode())
        assert isinstance(source, Source)
        sources.append(source)
    return {path: set(names) for path, names in exports(sources).items() if is_private(path)}


@pytest.mark.parametrize(
    ("module", "text", "names"),
    [
        ("p/__init__.py", "from ._x import A, B as C, _g", "AB"),
        ("p/__init__.py", "from p._x import A", "A"),
        ("p/__init__.py", "from ._x import A, B\n__all__ = ['A']", "A"),
        ("p/__init__.py", "from ._x import A, B\n__all__: list[str] = ['A']\n__all__ += ('B',)", "AB"),
        ("p/__init__.py", "from ._x import A, B\n__all__ = []\n__all__.append('A')", "A"),
        ("p/__init__.py", "from ._x import A, B as B\n__all__ = ['A']", "AB"),
        ("p/__init__.py", "from ._x import A\n__all__ = sorted(globals())", "A"),
        ("p/__init__.py", "from . import _x\nimport p._x", ""),
        ("p/__init__.py", "try:\n    from ._x import f\nexcept ImportError:\n    def f(): pass", "f"),
        ("p/__init__.py", "if TYPE_CHECKING:\n    from ._x import f", "f"),
        ("p/__init__.py", "def g():\n    from ._x import f", ""),
        ("p/__init__.py", "from ._x import *", "ABf"),
        ("p/__init__.py", "from ._x import *\n__all__ = ['A', 'nowhere']", "A"),
        ("p/__init__.py", "from . import _x\nfrom ._x import *\n__all__ = _x.__all__ + ['y']", "ABf"),
        ("p/__init__.py", "from ._x import A, B\n__all__ = ['A', *x.__all__]", "A"),
        ("p/api.py", "from ._x import A, B as B, f\n__all__ = ['f']", "Bf"),
        ("p/api.py", "from ._x import A", ""),
        ("p/api.py", "from ._x import *", "ABf"),
        ("p/_y.py", "from ._x import *", ""),
    ],
)  # fmt: skip
def test_exports__the_ways_to_hand_a_name_on(module: str, text: str, names: str) -> None:
    assert exported({module: text, "p/_x.py": CODE}) == ({"p/_x.py": set(names)} if names else {})


def test_exports__a_star_takes_what_the_private_module_names() -> None:
    code = f"{CODE}__all__ = ['A', '_g']\n"
    assert exported({"p/__init__.py": "from ._x import *", "p/_x.py": code}) == {
        "p/_x.py": {"A", "_g"}
    }


def test_exports__a_name_is_followed_through_private_modules() -> None:
    files = {
        "src/p/__init__.py": "from ._a import A as Z, B\nfrom ._a import *\n",
        "src/p/_a/__init__.py": "from ._b import A, B\nfrom .._c import *\nfrom ._b import *\n",
        "src/p/_a/_b.py": "class A: pass\nfrom .._c import B\nfrom ._b import *\n",
        "src/p/_c.py": "class B: pass\nclass C: pass\nfrom ._a import *\n__all__ = ['C']\n",
        "src/p/_d.py": "class A: pass\n",
    }
    assert exported(files) == {"src/p/_a/_b.py": {"A"}, "src/p/_c.py": {"B", "C"}}


def test_exports__another_package_of_the_tree_may_hand_on() -> None:
    files = {"q/__init__.py": "from _q.x import A\n", "_q/__init__.py": "", "_q/x.py": CODE}
    assert exported(files) == {"_q/x.py": {"A"}}


def test_exports__many_names_and_modules_take_a_bounded_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stars = "".join(f"from ._m{number} import *\n" for number in range(40))
    names = [f"n{number}" for number in range(40)]
    files = {f"p/_m{number}.py": f"def n{number}(): pass\n" for number in range(40)}
    files["p/__init__.py"] = f"{stars}__all__ = {names}\n"
    assert len(exported(files)) == 40
    monkeypatch.setattr(exports_module, "MOST_STEPS", 100)
    assert 0 < len(exported(files)) < 40
    monkeypatch.setattr(exports_module, "MOST_STEPS", 3)
    files["p/__init__.py"] = "".join(f"from ._m{n} import n{n}\n" for n in range(40))
    assert len(exported(files)) == 3


def test_docstrings__m13_what_a_package_exports_counts_wherever_it_stands(
    write_tree: WriteTree,
) -> None:
    files = {
        "p/__init__.py": '"""P."""\nfrom ._x import A, f as run\n__all__ = ["A", "run"]\n',
        "p/_x.py": 'class A:\n    """A."""\n    def go(self): pass\n    def _in(self): pass\n'
        "class B:\n    def go(self): pass\ndef f(): pass\n",
    }
    root = write_tree(files)
    analysis = DocstringAnalyser().analyse(subject_of(root))
    assert analysis.measure == Measure(2, 4)
    assert [(item.path, item.start_line, item.message) for item in analysis.findings] == [
        ("p/_x.py", 3, "the public function A.go has no docstring"),
        ("p/_x.py", 7, "the public function f has no docstring"),
    ]
