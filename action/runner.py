"""The lines that a GitHub Actions runner understands, with everything foreign escaped; no I/O."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from p2a.effects import Annotation, AnnotationLevel
from p2a.inert import clean

PER_LEVEL = 10
"""Annotations of one level that a runner shows for a step."""
MAX_SUMMARY = 1024 * 1024
"""Bytes of a step's summary; the runner drops a longer one."""
_COMMANDS = {
    AnnotationLevel.NOTICE: "notice",
    AnnotationLevel.WARNING: "warning",
    AnnotationLevel.FAILURE: "error",
}


def annotation_lines(annotations: Iterable[Annotation], *, folder: str = "") -> Iterator[str]:
    """Return a workflow command for each annotation, the first ten of each level.

    Args:
        annotations: the worst first.
        folder: what their paths start from, relative to the repository's root.
    """
    shown: Counter[AnnotationLevel] = Counter()
    for annotation in annotations:
        shown[annotation.level] += 1
        if shown[annotation.level] <= PER_LEVEL:
            yield _command(annotation, folder)


def error_line(message: str) -> str:
    """Return the command that shows an error of the step."""
    return f"::error::{_data(message)}"


def notice_line(message: str) -> str:
    """Return the command that shows a note of the step."""
    return f"::notice::{_data(message)}"


def output_text(outputs: Mapping[str, str], *, delimiter: str) -> str:
    """Return what is appended to the runner's output file.

    Raises:
        ValueError: a value holds the delimiter, so that it could set another output.
    """
    if any(delimiter in value for value in outputs.values()):
        raise ValueError("a value holds the delimiter")
    return "".join(
        f"{name}<<{delimiter}\n{value}\n{delimiter}\n" for name, value in outputs.items()
    )


def _command(annotation: Annotation, folder: str) -> str:
    path = f"{folder}/{annotation.path}" if folder else annotation.path
    properties = {
        "file": path,
        "line": str(annotation.start_line),
        "endLine": str(annotation.end_line),
        "title": annotation.title,
    }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[annotation.level]} {listed}::{_data(annotation.message)}"


def _data(text: str) -> str:
    text = clean(text).replace("%", "%25")
    return text.replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
