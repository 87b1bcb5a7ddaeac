import pytest

from quality.failures import MAX_SHOWN, addresses_hidden, conftest_failure, read_failures
from quality.junit import COLLECTION, Broken
from quality.suite_result import FailedTest

TOKEN = "ghp_" + "Zk3vQ9XbT7mRwL2nHsD8" + "yJfCgA4eUoPiKx0V"
PATHS = ("shop/cart.py", "tests/test_cart.py", "tests/test_odd.py")
TEXT = """\
tests/test_cart.py:10: in test_add
    add(3)
shop/cart.py:4: in add
    raise ValueError(text)
/usr/lib/python3.11/json/decoder.py:7: in decode
    ???
E   ValueError: bad
E   second line"""
SYNTAX = """\
/usr/lib/python3.11/ast.py:50: in parse
    return compile(source, filename, mode, flags,
E     File "/project/tests/test_odd.py", line 12
E       def x(:
E             ^
E   SyntaxError: invalid syntax"""
CHAINED = """\
tests/test_odd.py:1: in <module>
    import shop
E   KeyError: 'a'

During handling of the above exception, another exception occurred:
shop/cart.py:2: in <module>
    1 / 0
E   ZeroDivisionError: division by zero"""


def read(message: str, text: str = "", test: str = "tests.test_cart::test_add") -> FailedTest:
    (failed,) = read_failures([Broken(test, message, text)], PATHS, root="/project")
    return failed


def test_read_failures__tells_the_first_line_and_the_last_place_in_the_tree() -> None:
    assert read("ValueError: bad\nsecond line", TEXT) == FailedTest(
        test="tests.test_cart::test_add",
        node_id="tests/test_cart.py::test_add",
        message="ValueError: bad",
        place="shop/cart.py:4",
    )


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        (SYNTAX, "SyntaxError: invalid syntax", "tests/test_odd.py:12"),
        (CHAINED, "ZeroDivisionError: division by zero", "shop/cart.py:2"),
        (
            "In test_a: function uses no argument 'y'",
            "In test_a: function uses no argument 'y'",
            "",
        ),
        ("", "", ""),
    ],
)
def test_read_failures__a_file_that_could_not_be_loaded(
    text: str, message: str, place: str
) -> None:
    failed = read(COLLECTION, text, test="tests.test_odd")
    assert failed.is_load_error
    assert (failed.name, failed.message, failed.place) == ("tests/test_odd.py", message, place)


def test_read_failures__without_a_message_the_traceback_says_it() -> None:
    assert read("", TEXT).message == "ValueError: bad"
    assert read("  \n", "[XPASS(strict)] ").message == "[XPASS(strict)]"


def test_read_failures__an_id_that_cannot_be_told_stays_the_reports() -> None:
    failed = read("no", test="elsewhere.test_x::test")
    assert (failed.node_id, failed.name) == (None, "elsewhere.test_x::test")


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("assert <Cart object at 0x7efcdafaccd0> is None", "assert <Cart object at 0x…> is None"),
        ("assert [1, <test_a.O...7efcdafaccd0>] == [2]", "assert [1, <test_a.O...>] == [2]"),
        ("<Mock id='140234567890'> was called", "<Mock id='…'> was called"),
        ("no /tmp/pytest-of-root/pytest-12/test_a0/x", "no /tmp/pytest/test_a0/x"),
        ("no /tmp/tmpab12_xyz/x", "no /tmp/tmp…/x"),
        ("no /tmp/p2a-check-ab12_xyz/x", "no /tmp/p2a-check-…/x"),
        ("took 0.123456 s", "took … s"),
        ("Timeout (>2.0s)", "Timeout (>2.0s)"),
        ("flags 0xff, 3.14159 times", "flags 0xff, 3.14159 times"),
        ("/project/shop/a.py is gone", "shop/a.py is gone"),
    ],
)
def test_read_failures__what_differs_between_runs_is_replaced(message: str, shown: str) -> None:
    assert read(message).message == shown


def test_read_failures__g24_a_message_is_one_short_line_without_a_secret() -> None:
    told = read(f"no token {TOKEN} " + "long " * 2000).message
    assert told.startswith("no token *** long")
    assert told.endswith("…")
    assert len(told) <= MAX_SHOWN


def test_read_failures__a_place_outside_of_the_tree_is_none() -> None:
    assert read("no", "../../etc/passwd.py:1: in x\n/etc/a.py:2: in y\n").place == ""


def test_conftest_failure__names_the_file_the_error_and_its_place() -> None:
    said = f"ImportError while loading conftest '/project/tests/conftest.py'.\n{CHAINED}\n"
    paths = (*PATHS, "tests/conftest.py")
    assert conftest_failure(f"warning\n{said}", paths, root="/project") == FailedTest(
        test="tests/conftest.py",
        node_id="tests/conftest.py",
        message="ZeroDivisionError: division by zero",
        place="shop/cart.py:2",
        is_load_error=True,
    )
    assert conftest_failure(CHAINED, paths, root="/project") is None
    other = said.replace("conftest.py", "cart.py")
    assert conftest_failure(other, paths, root="/project") is None


def test_addresses_hidden__in_the_output_as_in_a_message() -> None:
    assert addresses_hidden("<O at 0x7f00>\n<O at 0x7f01>") == "<O at 0x…>\n<O at 0x…>"
