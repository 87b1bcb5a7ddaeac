from quality.path_ends import PathEnds


def test_find__a_file_by_the_end_of_its_path() -> None:
    ends = PathEnds(["lib/shop/tests/evil.py", "examples/evil.py", "lib/shop/tests/__init__.py"])
    assert ends.find("evil") == "examples/evil.py"
    assert ends.find("shop.tests.evil") == "lib/shop/tests/evil.py"
    assert ends.find("shop.tests") == "lib/shop/tests/__init__.py"
    assert ends.find("lib.shop.tests.evil") == "lib/shop/tests/evil.py"
    assert ends.find("shop.evil") is None
    assert ends.find("shop") is None
