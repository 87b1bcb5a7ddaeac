"""The lines that a GitHub Actions runner understands, with everything foreign escaped; no I/O."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from p2a.effects import Annotation, AnnotationLevel
from p2a.inert import clean

PER_LEVEL = 10
"""Annotations of one level that a runner shows for a step."""
OWN_NOTICES = 4
"""Of these, kept for what the step itself has to note."""
LEFT_OUT = "{count} more findings are in the report: a runner shows only a few of each level"
MAX_SUMMARY = 1024 * 1024
"""Bytes of a step's summary; the runner drops a longer one."""
_COMMANDS = {
    AnnotationLevel.NOTICE: "notice",
    AnnotationLevel.WARNING: "warning",
    AnnotationLevel.FAILURE: "error",
}


def stop_line(token: str) -> str:
    """Return the command after which the runner looks for no commands in the log."""
    return f"::stop-commands::{token}"


def resume_line(token: str) -> str:
    """Return the line that ends what `stop_line` began; nobody else may know the token."""
    return f"::{token}::"


def annotation_lines(annotations: Iterable[Annotation]) -> Iterator[str]:
    """Return a workflow command for each annotation that the runner shows, and how many it does not.

    Args:
        annotations: the worst first; their paths start from the repository's root.
    """
    counts: Counter[AnnotationLevel] = Counter()
    for annotation in annotations:
        counts[annotation.level] += 1
        if counts[annotation.level] <= _room(annotation.level):
            yield _command(annotation)
    left_out = sum(max(0, count - _room(level)) for level, count in counts.items())
    if left_out:
        yield notice_line(LEFT_OUT.format(count=left_out))


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


def _room(level: AnnotationLevel) -> int:
    return PER_LEVEL - OWN_NOTICES if level is AnnotationLevel.NOTICE else PER_LEVEL


def _command(annotation: Annotation) -> str:
    properties = {
        "file": annotation.path,
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
