"""A place of a file is the same one when its comments, layout and quotes are others."""

import pytest

from ccg.source import Source, parse_source
from quality.anchors import Anchors, anchors
from quality.finding import digest

PLAIN = "run('a', {'b': [md5(x, y)]}, shell=True)\n"
LAID_OUT = """\
run(  # starts it
    "a",
    {
        # by its name
        "b": [
            md5(x, y,),
        ],
    },
    shell=(True),
)
"""


def source_of(text: str) -> Source:
    source = parse_source("a.py", text.encode())
    assert isinstance(source, Source)
    return source


def at(text: str, found: str, *, with_texts: bool = True) -> str:
    """Return the anchor of the first place where the text says `found`."""
    before = text[: text.index(found)]
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2])
    return anchors(source_of(text)).in_characters(line, column, with_texts=with_texts)


@pytest.mark.parametrize("found", ["run", "md5", "x, y", "shell"])
def test_anchors__layout_comments_and_quotes_are_no_difference(found: str) -> None:
    assert at(PLAIN, found) == at(LAID_OUT, found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("from m import md5, sha\n", "from m import (\n    md5,\n    sha,\n)\n"),
        ("def f(a, md5=[]): return a\n", "def f(\n    a,\n    md5=[],\n):\n    return b\n"),
        ("with md5() as f: pass\n", "with (\n    md5() as f,\n):\n    f()\n"),
        ("if md5(): a()\n", "if md5():  # why\n    b()\nelse:\n    c()\n"),
        ("class A(md5): x = 1\n", "class A(\n    md5,\n):\n    y = 2\n"),
        ("@md5(1)\ndef f(): pass\n", "@md5(\n    1\n)\ndef g(): return 2\n"),
        ("try: a()\nexcept md5: pass\n", "try:\n    b()\nexcept (md5):\n    c()\n"),
        ("match a:\n    case md5(): b()\n", "match c:\n    case md5():\n        d()\n"),
        ("x = u'\u00e9', md5\n", 'x = "\u00e9", (md5)\n'),
        (
            "x = f'{a}', md5(f'{b.c}' 'd')\n",
            'x = (\n  f"{a}",\n  md5(\n    f"{b.c}"\n    "d"\n))\n',
        ),
    ],
)
def test_anchors__each_kind_of_statement_is_known_without_its_blocks(one: str, other: str) -> None:
    assert at(one, "md5") == at(other, "md5")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("md5(a)\n", "md5(b)\n"),
        ("md5('a')\n", "md5('a ')\n"),
        ("md5(1)\n", "md5(True)\n"),
        ("x = md5(a)\n", "y = md5(a)\n"),
        ("x = [md5, md5]\n", "x = [md5]\n"),
    ],
)
def test_anchors__another_statement_is_another_place(one: str, other: str) -> None:
    assert at(one, "md5") != at(other, "md5")


def test_anchors__parts_of_a_statement_and_statements_of_a_line_differ() -> None:
    text = "from m import a, b\nc('é'); d(1)\n"
    places = {at(text, found) for found in ("from", "a,", "b\n", "c", "d")}
    assert len(places) == 5
    found = Anchors(source_of(text))
    assert found.in_characters(2, 8) == found.at(2, 9) != found.in_characters(2, 0)


def test_anchors__texts_can_be_left_out() -> None:
    one, other, named = (f"{text} = \u00e9\n" for text in ("f['a b']", 'f[""]', "g['a b']"))
    masked = [at(text, "'", with_texts=False) for text in (one, other.replace('"', "'"), named)]
    assert masked[0] == masked[1] != masked[2]
    assert at(one, "'") != at(other, '"')


def test_anchors__where_no_statement_stands_it_is_the_text_of_the_line() -> None:
    found = Anchors(source_of("x = 1\n  # a = 'b'\n\ny = [\n    # here\n]\n"))
    assert found.at(2, 2) == digest("# a = 'b'")
    assert found.at(2, 2, with_texts=False) == digest("# a = '***'")
    assert found.at(3, 0) == digest("")
    assert found.at(5, 4) == digest("# here")
    assert found.in_characters(9, 0) == ""


def of_comment(text: str, number: int = 0) -> str:
    source = source_of(text)
    comment = source.comments.found[number]
    return anchors(source).of_comment(comment, comment.text)


def test_anchors_of_comment__its_text_counts_and_the_code_before_it() -> None:
    plain = of_comment("f('a', b)  # noqa\n")
    assert plain == of_comment('f( "a", b )   # noqa\n') == of_comment("f(\n'a',\nb,\n)  # noqa\n")
    others = ["f('a', b)  # noqa: E1\n", "f('a', c)  # noqa\n", "g(); f('a', b)  # noqa\n"]
    assert len({plain, *map(of_comment, others)}) == 4
    assert of_comment("f()\n# noqa\n") == of_comment("# noqa\n") == digest("# noqa")
    assert of_comment("if a: return_\nelse:  # noqa\n    b\n") == digest("else:  # noqa")


def test_anchors_of_comment__rows_of_a_statement_differ() -> None:
    rows = "x = [\n    1,  # noqa\n    2,  # noqa\n    3,\n]\n"
    assert of_comment(rows) != of_comment(rows, 1)
    assert of_comment(rows) == of_comment(rows.replace("    1", "  1"))
