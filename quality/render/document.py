"""The report with its verdict as a JSON document; `docs/report.schema.json` describes it; no I/O."""

import json
from dataclasses import asdict
from typing import Any

from quality.check import Checked
from quality.conclusion import Verdict


def document(checked: Checked) -> dict[str, Any]:
    """Return the report and what follows from it as plain JSON values."""
    return {**checked.report.to_dict(), "verdict": _verdict(checked.verdict)}


def render_json(checked: Checked) -> str:
    """Return JSON text in ASCII with sorted keys."""
    return json.dumps(document(checked), sort_keys=True, indent=1, allow_nan=False) + "\n"


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "conclusion": verdict.conclusion.value,
        "reason": verdict.reason,
        "is_gated": verdict.is_gated,
        "rulings": [asdict(ruling) for ruling in verdict.rulings],
        "notes": list(verdict.notes),
    }
