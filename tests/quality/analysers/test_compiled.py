"""Compiled code in the place of source."""

import py_compile
import zipapp
from pathlib import Path

from p2a.domain import Dimension
from quality.analysers.compiled import CompiledCodeAnalyser
from quality.finding import Confidence
from tests.quality.analysers.subjects import findings_of


def test_compiled__code_that_nobody_can_read_is_told_and_so_is_another(tmp_path: Path) -> None:
    root = tmp_path / "one"
    (root / "shop").mkdir(parents=True)
    (root / "tests").mkdir()
    source = tmp_path / "impl.py"
    anchors = []
    for text in ("eval('1')\n", "eval('2')\n"):
        source.write_text(text, encoding="ascii")
        py_compile.compile(str(source), str(root / "shop/impl.pyc"), doraise=True)
        (root / "tests/fast.SO").write_bytes(b"\x7fELF")
        (root / "notes.sox").write_bytes(b"")
        product, test = findings_of(CompiledCodeAnalyser(), root, {"shop/__init__.py": ""})
        assert [item.path for item in (product, test)] == ["shop/impl.pyc", "tests/fast.SO"]
        assert (product.rule, product.confidence) == ("compiled-code", Confidence.HIGH)
        assert test.confidence is Confidence.LOW
        anchors.append(product.anchor)
    assert anchors[0] != anchors[1]


def test_compiled__packed_code_and_scripts_by_another_name_are_told_too(tmp_path: Path) -> None:
    root, app = tmp_path / "one", tmp_path / "app"
    (root / "shop").mkdir(parents=True)
    app.mkdir()
    (app / "__main__.py").write_text("eval('1')\n", encoding="ascii")
    zipapp.create_archive(app, root / "shop/impl.pyz")
    (root / "vendored-1-py3-none-any.whl").write_bytes(b"PK")
    (root / "shop/start.pyw").write_text("eval('1')\n", encoding="ascii")
    (root / "bin").mkdir()
    (root / "bin/shop").write_text("#!/usr/bin/env python3\neval('1')\n", encoding="ascii")
    (root / "bin/other").write_text("#!/bin/sh\npython -c 1\n", encoding="ascii")
    (root / "shop/data.zip").write_bytes(b"PK")  # mostly data, and it is not opened
    found = findings_of(CompiledCodeAnalyser(), root, {"shop/__init__.py": ""})
    assert {item.path: item.rule for item in found} == {
        "bin/shop": "unread-script",
        "shop/impl.pyz": "packed-code",
        "shop/start.pyw": "unread-script",
        "vendored-1-py3-none-any.whl": "packed-code",
    }
    assert {item.dimension for item in found} == {Dimension.SECURITY}


def test_compiled__a_link_of_the_product_to_code_that_is_none_is_told(tmp_path: Path) -> None:
    root = tmp_path / "one"
    files = {"shop/__init__.py": "", "tests/impl/engine.py": "eval('1')\n", "lib/own.py": ""}
    for path in files:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / "shop/impl").symlink_to("../tests/impl")
    (root / "shop/own").symlink_to("../lib")  # judged there
    (root / "shop/away").symlink_to(tmp_path)
    (root / "tests/again").symlink_to("impl")
    [found] = findings_of(CompiledCodeAnalyser(), root, files)
    assert (found.path, found.rule) == ("shop/impl", "linked-code")
