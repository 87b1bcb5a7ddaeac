"""Makes the receipt of a check."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping

from ccg.source import Source
from p2a.domain import DEFAULT_WEIGHTS
from quality import finding, score
from quality.report import Receipt
from quality.suite_command import HASH_SEED, PYTEST_OPTIONS, coverage_configuration


def make_receipt(
    versions: Mapping[str, str], sources: Iterable[Source], *, head_sha: str | None
) -> Receipt:
    """Return the receipt of a check of these files."""
    tree = hashlib.sha256()
    for source in sources:
        for part in (source.path, source.text):
            content = part.encode("utf-8", "surrogatepass")
            tree.update(len(content).to_bytes(8, "big") + content)
    return Receipt(
        python=platform.python_version(),
        analysers=dict(sorted(versions.items())),
        configuration=_configuration(),
        head_sha=head_sha,
        tree=tree.hexdigest(),
        seed=HASH_SEED,
    )


def _configuration() -> str:
    rules = {
        "weights": {str(name): value for name, value in DEFAULT_WEIGHTS.items()},
        "severities": {str(name): value for name, value in finding.WEIGHTS.items()},
        "confidences": {str(name): value for name, value in finding.SHARES.items()},
        "points": score.POINTS,
        "densities": {str(name): value for name, value in score.DENSITY_AT_HALF.items()},
        "lines": score.LINES_AT_LEAST,
        "pytest": PYTEST_OPTIONS,
        "coverage": coverage_configuration(has_src=True),
    }
    return hashlib.sha256(json.dumps(rules, sort_keys=True).encode("ascii")).hexdigest()
