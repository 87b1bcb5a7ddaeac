import pytest

from action.runner import annotation_lines, error_line, output_text
from p2a.effects import Annotation, AnnotationLevel


def annotation(level: AnnotationLevel, *, path: str = "a.py", message: str = "m") -> Annotation:
    """Return an annotation of line 2."""
    return Annotation(path, 2, 3, level, message, title="T: 1, 2")


def test_annotation_lines__escaped() -> None:
    hostile = annotation(
        AnnotationLevel.FAILURE, path="a,line=9::x\n.py", message="100%\r\n::add-path::/x\x1b[31m"
    )
    assert list(annotation_lines([hostile])) == [
        "::error file=a%2Cline=9%3A%3Ax%0A.py,line=2,endLine=3,title=T%3A 1%2C 2"
        "::100%25%0A::add-path::/x"
    ]


def test_a15__annotations_that_a_runner_does_not_show_are_counted() -> None:
    many = [annotation(level) for level in AnnotationLevel for _ in range(15)]
    lines = list(annotation_lines(many))
    words = [line.partition(" ")[0] for line in lines]
    assert words[:26] == ["::notice"] * 6 + ["::warning"] * 10 + ["::error"] * 10
    assert lines[26:] == [
        "::notice::19 more findings are in the report: a runner shows only a few of each level"
    ]


def test_a06__error_line() -> None:
    assert error_line("a\n::stop-commands::x") == "::error::a%0A::stop-commands::x"


def test_a05__output_text() -> None:
    assert output_text({"a": "1", "b": ""}, delimiter="D") == "a<<D\n1\nD\nb<<D\n\nD\n"
    with pytest.raises(ValueError, match="delimiter"):
        output_text({"a": "x\nD\nb=2"}, delimiter="D")
