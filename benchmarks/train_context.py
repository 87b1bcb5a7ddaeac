"""Trains the ranking of `p2a context` and says by cross-validation what it is worth elsewhere.

    pip install lightgbm
    python benchmarks/train_context.py --dev dev.jsonl --mirror MIRROR [--write]

`--dev` is a file of JSON lines: `repo` (owner/name), `base_commit`, `problem_statement`,
`gold_files`, `gold_functions` ([path, qualified name]), `gold_lines` ([path, line]), `sets`.
`--mirror` holds the repositories as bare git directories, `OWNER+NAME/repo`. Facts of files are
kept in `--cache`, so that a second training takes minutes. The trees go to
`ccg/context/weights.json` with `--write`; the same data, version of LightGBM and number of
processor cores give the same trees.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy

sys.path.insert(0, str(Path(__file__).parents[1]))

from ccg.cache import FactCache
from ccg.context.checkout import is_test
from ccg.context.evidence import gather
from ccg.context.facts import ANALYSER, FileFacts, decode, encode, read_facts
from ccg.context.features import FEATURES, measure
from ccg.context.index import build_index
from ccg.context.model import FORMAT
from ccg.context.pieces import Kind
from ccg.context.query import read_issue
from ccg.context.rank import arrange
from ccg.source import MAX_BYTES

WEIGHTS = Path(__file__).parents[1] / "ccg/context/weights.json"
ALIASES = {
    "django/django": "swe-bench+django__django",
    "scikit-learn/scikit-learn": "swe-bench+scikit-learn__scikit-learn",
    "matplotlib/matplotlib": "swe-bench+matplotlib__matplotlib",
}
ROUNDS = 120
PARAMETERS = {
    "objective": "lambdarank",
    "label_gain": [0, 1, 3],
    "lambdarank_truncation_level": 30,
    "learning_rate": 0.08,
    "num_leaves": 8,
    "max_bin": 63,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 20.0,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbose": -1,
}
ALWAYS = 100
"""Candidates of each issue that are trained on: the best by words, and every third of the others."""
EVERY = 3
BUDGET = 8000 * 4


@dataclass(frozen=True)
class Example:
    """One issue with its candidates."""

    issue: dict[str, Any]
    rows: Any
    """A matrix: one line of features per candidate."""
    labels: list[int]
    """2 for a function that was changed, 1 for other lines that were, 0 else."""
    base: list[float]
    spans: list[tuple[str, str, int, int, int]]
    """(path, name of the function or empty, first line, last line, characters)."""


def examples(issues: list[dict[str, Any]], mirror: Path, cache_file: Path) -> list[Example]:
    """Return the issues with their candidates."""
    found = []
    with FactCache(cache_file, analyser=ANALYSER, max_bytes=8 << 30) as cache:
        for issue in issues:
            found.append(_example(issue, mirror, cache))
            sys.stderr.write(".")
            sys.stderr.flush()
    return found


def _example(issue: dict[str, Any], mirror: Path, cache: FactCache) -> Example:
    index = build_index(_facts(issue, mirror, cache))
    evidence = gather(read_issue(issue["problem_statement"]), index)
    functions = {tuple(each) for each in issue["gold_functions"]}
    lines = defaultdict(list)
    for path, line in issue["gold_lines"]:
        lines[path].append(line)
    labels, spans = [], []
    for number in evidence.candidates:
        piece, path = index.pieces[number], index.paths[index.file_of[number]]
        function = piece.name if piece.kind is Kind.FUNCTION else ""
        touched = any(piece.start <= line <= piece.end for line in lines[path])
        labels.append(2 if (path, function) in functions else int(touched))
        spans.append((path, function, piece.start, piece.end, index.sizes[number]))
    rows = numpy.array(measure(evidence), dtype=numpy.float64)
    base = [evidence.base.get(number, 0.0) for number in evidence.candidates]
    return Example(issue, rows, labels, base, spans)


def _facts(issue: dict[str, Any], mirror: Path, cache: FactCache) -> dict[str, FileFacts]:
    repo = issue["repo"]
    folder = mirror / ALIASES.get(repo, repo.replace("/", "+")) / "repo"
    hashes = dict(_tree(folder, issue["base_commit"]))
    facts = {key: decode(value) for key, value in cache.get_many(set(hashes.values())).items()}
    new = {each: read_facts(text) for each, text in _blobs(folder, set(hashes.values()) - {*facts})}
    cache.put_many({key: encode(value) for key, value in new.items()})
    facts |= new
    return {path: facts[each] for path, each in hashes.items() if each in facts}


def _tree(folder: Path, commit: str) -> Iterator[tuple[str, str]]:
    command = ["git", "-C", str(folder), "ls-tree", "-r", "-l", "-z", commit]
    for record in subprocess.run(command, capture_output=True, check=True).stdout.split(b"\0"):
        described, _, path = record.decode("utf-8", "replace").partition("\t")
        mode, _, name, size = described.split() if path else ("", "", "", "")
        is_code = mode.startswith("100") and path.endswith(".py") and not is_test(path)
        if is_code and size.isdigit() and int(size) <= MAX_BYTES:
            yield path, name


def _blobs(folder: Path, names: set[str]) -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryFile() as asked:
        asked.write("".join(f"{name}\n" for name in sorted(names)).encode())
        asked.seek(0)
        command = ["git", "-C", str(folder), "cat-file", "--batch"]
        with subprocess.Popen(command, stdin=asked, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            while header := process.stdout.readline().split():
                content = process.stdout.read(int(header[2]) + 1)[:-1]
                yield header[0].decode(), content.decode("utf-8", "replace")


def train(chosen: Sequence[Example]) -> Any:
    """Return the trees for these issues."""
    parts, labels, groups = [], [], []
    for example in chosen:
        if not any(example.labels):
            continue
        order = sorted(range(len(example.base)), key=lambda n: -example.base[n])
        others = [number for number in order[ALWAYS:] if not example.labels[number]]
        right = [number for number in order[ALWAYS:] if example.labels[number]]
        keep = sorted({*order[:ALWAYS], *others[::EVERY], *right})
        parts.append(example.rows[keep])
        labels += [example.labels[n] for n in keep]
        groups.append(len(keep))
    data = lightgbm.Dataset(numpy.concatenate(parts), numpy.array(labels), group=groups)
    return lightgbm.train(PARAMETERS, data, ROUNDS)


def cross_validate(every: list[Example]) -> list[tuple[Example, list[int]]]:
    """Return each issue's order by trees that have seen no issue of its repository."""
    found = []
    for repo in sorted({example.issue["repo"] for example in every}):
        model = train([example for example in every if example.issue["repo"] != repo])
        own = [example for example in every if example.issue["repo"] == repo]
        found += [(example, _order(example, model)) for example in own]
    return found


def _order(example: Example, model: Any) -> list[int]:
    scores = [float(score) for score in model.predict(example.rows)]
    return arrange(scores, [span[4] for span in example.spans])


def tell(title: str, orders: list[tuple[Example, list[int]]]) -> None:
    """Print the shares in percent; every one is over issues."""
    for name, lite in (("Lite", True), ("not Lite", False)):
        chosen = [each for each in orders if ("lite" in each[0].issue["sets"]) is lite]
        shares: dict[str, list[float]] = defaultdict(list)
        for example, order in chosen:
            for key, value in _measures(example, order):
                shares[key].append(value)
        text = "  ".join(
            f"{key} {100 * math.fsum(v) / len(v):.1f}" for key, v in sorted(shares.items())
        )
        sys.stdout.write(f"{title:<24} {name:<9} n={len(chosen)}  {text}\n")


def _measures(example: Example, order: list[int]) -> Iterator[tuple[str, float]]:
    files = list(dict.fromkeys(example.spans[number][0] for number in order))
    for count in (1, 10):
        yield f"file@{count}", float(set(example.issue["gold_files"]) <= set(files[:count]))
    gold = {tuple(each) for each in example.issue["gold_functions"]}
    if gold:
        functions = [example.spans[n][:2] for n in order if example.spans[n][1]][:10]
        yield "function@10", len(gold & set(functions)) / len(gold)
    shown, left, paths = set(), float(BUDGET), set()
    for number in order:
        path, _, start, end, size = example.spans[number]
        cost = size + (0 if path in paths else len(path) + 8)
        if cost <= left:
            left -= cost
            paths.add(path)
            shown.update((path, line) for line in range(start, end + 1))
    lines = {tuple(each) for each in example.issue["gold_lines"]}
    yield "lines@8k", float(lines <= shown)


def to_json(model: Any) -> str:
    """Return the trees in the form that `ccg.context.model` reads."""
    trees = [_node(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]
    content = {"format": FORMAT, "features": FEATURES, "trees": trees}
    return json.dumps(content, separators=(",", ":")).replace('"trees":[', '"trees":[\n') + "\n"


def _node(node: dict[str, Any]) -> Any:
    if "leaf_value" in node:
        return round(node["leaf_value"], 5)
    threshold = float(f"{node['threshold']:.6g}")
    return [
        node["split_feature"],
        threshold,
        _node(node["left_child"]),
        _node(node["right_child"]),
    ]


def main() -> None:
    """Train, tell, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--mirror", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "p2a-train")
    parser.add_argument("--no-validation", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    issues = [json.loads(line) for line in options.dev.read_text("utf-8").splitlines()]
    issues.sort(key=lambda issue: (issue["repo"], issue["base_commit"]))
    halves = [issues[: len(issues) // 2], issues[len(issues) // 2 :]]
    files = [options.cache / f"{number}.sqlite3" for number in range(2)]
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(examples, halves, [options.mirror] * 2, files))
    every = [example for half in found for example in half]
    if not options.no_validation:
        tell("other repositories", cross_validate(every))
    model = train(every)
    tell("trained on", [(example, _order(example, model)) for example in every])
    if options.write:
        WEIGHTS.write_text(to_json(model), encoding="utf-8")


if __name__ == "__main__":
    main()
