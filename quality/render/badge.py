"""The overall score as a badge: an SVG picture that loads nothing and reads aloud; no I/O."""

from ccg.export.visible import visible
from p2a.inert import shorten
from quality.measure import NotMeasured
from quality.report import Report
from quality.score import Score

LABEL = "quality"
GOOD, FAIR = 80.0, 60.0
"""The least scores for green and for amber."""
GREEN, AMBER, RED, GREY = "#1a7f37", "#9a6700", "#cf222e", "#59636e"
"""White text on each has a contrast of at least 4.5 to 1 (WCAG 2.2, level AA)."""
LABEL_COLOUR = "#24292f"
MAX_TITLE = 300
HEIGHT = 20
MARGIN = 6
NARROW = frozenset(" .,:;!|'()[]fijlrtI")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})

_PICTURE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img" \
aria-label="{title}">
<title>{title}</title>
<path d="M{left} 0v{height}H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="{label_colour}"/>
<path d="M{left} 0v{height}h{inner}a3 3 0 0 0 3-3V3a3 3 0 0 0-3-3z" fill="{colour}"/>
<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">
<text x="{margin}" y="14" textLength="{label_length}">{label}</text>
<text x="{value_x}" y="14" textLength="{value_length}">{value}</text>
</g>
</svg>
"""


def render_badge(report: Report, *, label: str = LABEL) -> str:
    """Return the picture; a score that was not measured is grey and says so."""
    overall = report.scores.overall
    value = "not measured" if isinstance(overall, NotMeasured) else f"{overall:.1f}"
    label_length, value_length = _length(label), _length(value)
    left, right = label_length + 2 * MARGIN, value_length + 2 * MARGIN
    return _PICTURE.format(
        width=left + right,
        height=HEIGHT,
        left=left,
        inner=right - 3,
        margin=MARGIN,
        value_x=left + MARGIN,
        label_length=label_length,
        value_length=value_length,
        label=_escaped(label),
        value=_escaped(value),
        title=_escaped(_title(report, label)),
        label_colour=LABEL_COLOUR,
        colour=_colour(overall),
    )


def _title(report: Report, label: str) -> str:
    overall, scores = report.scores.overall, report.scores.by_dimension.values()
    if isinstance(overall, NotMeasured):
        return f"{label}: not measured: {overall.reason}"
    measured = sum(isinstance(value, float) for value in scores)
    return f"{label}: {overall:.1f} of 100, from {measured} of {len(scores)} scores"


def _colour(value: Score) -> str:
    if isinstance(value, NotMeasured):
        return GREY
    return GREEN if value >= GOOD else AMBER if value >= FAIR else RED


def _length(text: str) -> int:
    """Return about how many pixels the text takes; `textLength` makes every font keep to it."""
    return sum(4 if character in NARROW else 7 for character in visible(text)) or 1


def _escaped(text: str) -> str:
    return shorten(visible(text), MAX_TITLE).translate(_ESCAPES)
