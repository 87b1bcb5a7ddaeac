"""A context as JSON for programs and as Markdown for prompts and people; no I/O."""

import json
import re

from ccg.context.pick import Pick
from ccg.export.visible import visible

INTRODUCTION = "The code that this issue is most likely about, best first."
NOTHING = "No code was found that this issue is about."


def render_json(picks: list[Pick]) -> str:
    """Return a JSON list of {path, symbol, start, end, score, why}, best first."""
    rows = [
        {
            "path": pick.path,
            "symbol": pick.symbol,
            "start": pick.start,
            "end": pick.end,
            "score": pick.score,
            "why": pick.why,
        }
        for pick in picks
    ]
    return json.dumps(rows, indent=1) + "\n"


def render_markdown(picks: list[Pick]) -> str:
    """Return the lines themselves, file by file in the order of their best pick."""
    by_path: dict[str, list[Pick]] = {}
    for pick in picks:
        by_path.setdefault(pick.path, []).append(pick)
    sections = [INTRODUCTION if picks else NOTHING]
    for path, own in by_path.items():
        sections.append(f"## {_inline(path)}")
        sections += [_section(pick) for pick in sorted(own, key=lambda each: each.start)]
    return "\n\n".join(sections) + "\n"


def _section(pick: Pick) -> str:
    lines = f"Lines {pick.start}-{pick.end}" if pick.end > pick.start else f"Line {pick.start}"
    symbol = f", {_inline(pick.symbol)}" if pick.symbol else ""
    text = pick.text.rstrip("\n")
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{lines}{symbol}: {visible(pick.why)}\n\n{fence}python\n{text}\n{fence}"


def _inline(text: str) -> str:
    shown = visible(text).replace("`", "\\x60")
    return f"`{shown}`"
