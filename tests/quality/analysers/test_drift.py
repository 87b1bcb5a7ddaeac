"""Docstrings against signatures and bodies; most cases are those in which nothing is said."""

from pathlib import Path

import pytest

from quality.analysers.drift import DriftAnalyser
from quality.finding import Confidence, Severity
from quality.raised import MOST_FOLLOWED
from tests.quality.analysers.subjects import findings_of


def found(tmp_path: Path, code: str) -> list[tuple[str, str, int]]:
    """Return rule, anchor and line of what is found in one file."""
    findings = findings_of(DriftAnalyser(), tmp_path, {"app.py": code})
    return [(finding.rule, finding.anchor, finding.start_line) for finding in findings]


RENAMED = '''\
def fetch(table, maximum=10):
    """Fetch rows.

    Args:
        table: where they are.
        limit: how many.
    """
    return table[:maximum]
'''


def test_drift__a_renamed_parameter(tmp_path: Path) -> None:
    (finding,) = findings_of(DriftAnalyser(), tmp_path, {"app.py": RENAMED})
    assert finding.message == (
        "the docstring of fetch describes limit, which is not among its parameters; "
        "maximum is not described"
    )
    assert (finding.rule, finding.anchor) == ("docstring-unknown-parameter", "fetch: limit")
    assert (finding.start_line, finding.end_line) == (6, 6)
    assert (finding.severity, finding.confidence) == (Severity.MEDIUM, Confidence.HIGH)


def test_drift__what_is_not_described_is_told_once(tmp_path: Path) -> None:
    docstring = "Args:\n        a: one.\n        b: two."
    code = f'def f(x, y):\n    """Do.\n\n    {docstring}\n    """\n    print(x, y)\n'
    every = findings_of(DriftAnalyser(), tmp_path, {"app.py": code})
    assert [item.message for item in every] == [
        "the docstring of f describes a, which is not among its parameters; x, y are not described",
        "the docstring of f describes b, which is not among its parameters",
    ]


@pytest.mark.parametrize(
    "docstring",
    [
        "Args:\n        a: one.\n        b: two.",
        "Parameters\n    ----------\n    a : int\n    b : int",
        ":param a: one\n    :param int b: two",
    ],
)
def test_drift__a_removed_parameter_in_every_style(tmp_path: Path, docstring: str) -> None:
    code = f'class C:\n  def f(self, a):\n    """Do.\n\n    {docstring}\n    """\n    print(a)\n'
    assert [each[:2] for each in found(tmp_path, code)] == [
        ("docstring-unknown-parameter", "C.f: b")
    ]


def test_drift__a_class_speaks_of_its_init(tmp_path: Path) -> None:
    code = '''\
    class Client:
        """A client.

        :param host: where
        :param port: of the host
        :param limit: an attribute
        """

        limit = 3

        def __init__(self, host):
            self.host = host
    '''
    assert found(tmp_path, code) == [("docstring-unknown-parameter", "Client: port", 5)]


def test_drift__a_parameter_that_is_not_described(tmp_path: Path) -> None:
    code = '''\
    def f(a, b, c, *rest, _hidden=None, **more):
        """Do.

        Args:
            a: one.
            c: three.
        """
    '''
    assert found(tmp_path, code) == [("docstring-missing-parameter", "f: b", 5)]


def test_drift__a_result_that_never_comes(tmp_path: Path) -> None:
    code = '''\
    def f(a):
        """Do.

        Returns:
            The sum.
        """
        def inner():
            return 1
        print(a)
        return None
    '''
    assert found(tmp_path, code) == [("docstring-no-result", "f", 5)]


def test_drift__an_exception_that_is_not_raised(tmp_path: Path) -> None:
    code = '''\
    class Refused(Exception):
        pass

    def check(a):
        if not isinstance(a, int):
            raise Refused("no")

    def f(a):
        """Do.

        Raises:
            Refused: through check.
            ValueError: as it did once.
        """
        check(a)
        return a
    '''
    assert found(tmp_path, code) == [("docstring-unknown-exception", "f: ValueError", 13)]


@pytest.mark.parametrize(
    ("line", "docstring"),
    [
        ("def f(a, **options):", ":param b: an option"),
        ("def f(a, *rest):", ":param b: one of the rest"),
        ("@with_session\ndef f(a):", ":param a: one\n:param session: handed in"),
        ("@property\ndef f(a):", ":param b: of what it hands out"),
        ("def f(class_):", ":param class: without the underscore"),
        ("def f(value, a, b):", ":param a: one\n:param b: two"),
        ("def f(a, b, c):", ":param a: the one that needs words"),
        ("def f(a, b):", "Args:\n    a: one\n    The rest is as for g."),
        ("def f(a, _cache=None):", ":param a: one"),
        ("def f(a):", ":returns: None"),
        ("def f(a):", "Returns\n-------\nNone"),
        ("def f(a):", "It takes an a: and b: none."),
    ],
)
def test_drift__is_silent_where_the_docstring_may_be_right(
    tmp_path: Path, line: str, docstring: str
) -> None:
    indented = docstring.replace("\n", "\n    ")
    code = f'{line}\n    """Do.\n\n    {indented}\n    """\n    print(1)\n'
    assert found(tmp_path, code) == []


@pytest.mark.parametrize(
    "body",
    [
        "yield a",
        "raise NotImplementedError",
        "pass",
        "return None",
        "if a:\n        return 1",
        "if not a:\n        return None\n    raise Refused(a)",
    ],
)
def test_drift__a_result_may_come_or_is_left_to_others(tmp_path: Path, body: str) -> None:
    code = f'def f(a):\n    """Do.\n\n    :returns: a number\n    """\n    {body}\n'
    assert found(tmp_path, code) == []


@pytest.mark.parametrize(
    "body",
    [
        "int(a)\n    raise TypeError",
        "raise make(a)",
        "try:\n        raise TypeError\n    except TypeError:\n        raise",
        "with open(a):\n        raise TypeError",
        "raise Refused",
        "raise UnicodeError",
        "print(a)",
        "raise NotImplementedError",
        "self.other()\n    raise TypeError",
    ],
)
def test_drift__an_exception_may_come_from_elsewhere(tmp_path: Path, body: str) -> None:
    code = f'def f(a):\n    """Do.\n\n    :raises ValueError: sometimes\n    """\n    {body}\n'
    assert found(tmp_path, code) == []


def test_drift__an_operator_may_raise_what_is_promised(tmp_path: Path) -> None:
    code = '''\
    def f(a):
        """Do.

        :raises KeyError: it is not there
        """
        if not a:
            raise ValueError
        return a["b"]
    '''
    assert found(tmp_path, code) == []


def test_drift__a_base_of_what_is_raised_is_a_true_promise(tmp_path: Path) -> None:
    files = {
        "errors.py": "class Base(Exception): pass\nclass Refused(Base): pass\n",
        "app.py": 'from errors import Refused\n\ndef f(a):\n    """Do.\n\n'
        '    :raises Base: no\n    """\n    raise Refused\n',
    }
    assert findings_of(DriftAnalyser(), tmp_path, files) == ()


def test_drift__an_overload_may_have_what_is_described(tmp_path: Path) -> None:
    code = '''\
    @overload
    def f(*, body): ...
    def f(*, request):
        """Do.

        :param body: of the request
        """
    '''
    assert found(tmp_path, code) == []


@pytest.mark.parametrize(("steps", "is_told"), [(MOST_FOLLOWED - 1, True), (MOST_FOLLOWED, False)])
def test_drift__of_more_functions_than_are_followed_nothing_is_said(
    tmp_path: Path, steps: int, *, is_told: bool
) -> None:
    calls = "".join(f"def f{number}():\n    f{number + 1}()\n\n\n" for number in range(1, steps))
    first = 'def f0():\n    """Do it.\n\n    Raises:\n        OSError: no disk.\n    """\n    f1()\n\n\n'
    last = f"def f{steps}():\n    raise RuntimeError\n"
    assert bool(found(tmp_path, first + calls + last)) is is_told


@pytest.mark.parametrize(("steps", "is_told"), [(MOST_FOLLOWED - 8, True), (MOST_FOLLOWED, False)])
def test_drift__of_more_classes_than_are_followed_nothing_is_said(
    tmp_path: Path, steps: int, *, is_told: bool
) -> None:
    bases = "class E0(KeyError): pass\n" + "".join(
        f"class E{number}(E{number - 1}): pass\n" for number in range(1, steps + 1)
    )
    code = f'def f():\n    """Do it.\n\n    Raises:\n        OSError: no.\n    """\n    raise E{steps}\n'
    assert bool(found(tmp_path, bases + code)) is is_told


def test_drift__tests_are_not_judged(tmp_path: Path) -> None:
    assert findings_of(DriftAnalyser(), tmp_path, {"tests/test_app.py": RENAMED}) == ()
