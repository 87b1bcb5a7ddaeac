"""What is read out of a docstring, style by style."""

import pytest

from quality.docstring import Named, Promises, read_docstring

GOOGLE = """Fetch rows.

    Args:
        table (Table): where they are.
            It is open: nothing else needs doing.
        *keys: which ones.
        limit (Callable[[int], str], optional): how many

    Returns:
        dict: the rows by key.

    Raises:
        IOError: the table is closed.
        errors.Missing: a key is not there.

    Example:
        note: this is no parameter
    """

NUMPY = """
    Fetch rows.

    Parameters
    ----------
    table : Table
        Where they are.
    low, high : int, default 0
        The limits.
    **options
        More: see there.

    Returns
    -------
    rows : dict
        By key.

    Raises
    ------
    IOError
        The table is closed.

    See Also
    --------
    other : it is no parameter
    """

SPHINX = """Fetch rows.

    :param table: where they are
    :param int limit: how many,
        at most
    :keyword \\*\\*options: more
    :type limit: int
    :raises IOError, errors.Missing: it is closed
    :returns: the rows
    :rtype: dict
    """


def test_read_docstring__google() -> None:
    assert read_docstring(GOOGLE) == Promises(
        parameters=[Named("table", 3), Named("keys", 5), Named("limit", 6)],
        exceptions=[Named("IOError", 12), Named("errors.Missing", 13)],
        result=Named("dict: the rows by key.", 9),
    )


def test_read_docstring__numpy() -> None:
    assert read_docstring(NUMPY) == Promises(
        parameters=[Named("table", 5), Named("low", 7), Named("high", 7), Named("options", 9)],
        exceptions=[Named("IOError", 19)],
        result=Named("rows : dict", 14),
    )


def test_read_docstring__sphinx() -> None:
    assert read_docstring(SPHINX) == Promises(
        parameters=[Named("table", 2), Named("limit", 3), Named("options", 5)],
        exceptions=[Named("IOError", 7), Named("errors.Missing", 7)],
        result=Named("the rows", 8),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Do it.",
        "Do it: with care.",
        "Say `:param x:` in a sentence with :param y: in its midst.",
        "Arguments: none.",
        "Parameters\n\nare not described.",
        "Args:",
        "",
    ],
)
def test_read_docstring__prose_promises_nothing(text: str) -> None:
    assert read_docstring(text) == Promises()


def test_read_docstring__text_among_the_entries_makes_them_incomplete() -> None:
    promises = read_docstring("Do.\n\nArgs:\n    a: one\n    And those of `other`.\n")
    assert [named.name for named in promises.parameters] == ["a"]
    assert not promises.is_complete


def test_read_docstring__a_note_is_no_parameter() -> None:
    promises = read_docstring("Do.\n\nArgs:\n    a: one\n    Note: two\n")
    assert [named.name for named in promises.parameters] == ["a"]


def test_read_docstring__result_of_type_none_is_none() -> None:
    assert read_docstring("Do.\n\n:return: nothing\n:rtype: None\n").result is None


@pytest.mark.parametrize(
    "line", ["A{}!", ":param{}!", "a{}!", "a{}(b){}!", "a{},{}b{}!", "a ({}!"], ids=range(6)
)
def test_g28_read_docstring__a_line_of_blanks_is_no_end(line: str) -> None:
    blanks = line.replace("{}", " " * 20_000)
    text = "".join(f"{header}\n    {blanks}\n" for header in ("x", "Args:", "Raises:", "Returns:"))
    numpy = f"Parameters\n----------\n{blanks}\n"
    assert read_docstring(blanks) == Promises()
    assert not read_docstring(text).parameters
    assert not read_docstring(numpy).parameters
