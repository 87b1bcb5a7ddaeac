"""Measures which lines that a fix touches stand in the developer's first prompt, and how long it is.

    python benchmarks/prompt_size.py --dev dev.jsonl --mirror MIRROR [--part lite] [--repo OWNER/NAME]

`--dev` is a file of JSON lines: `instance_id`, `repo`, `base_commit`, `problem_statement`,
`gold_lines` ([path, line]), `sets`. `--mirror` holds the repositories as bare git directories,
`OWNER+NAME/repo`. The prompt is the product's own, made by the code finder, the brief and the
templates that the worker uses; no model is asked. The plan in it, which a model would write, is
the issue's title with steps of usual length (`PLAN`). A line counts where the prompt holds it
under its own path and number and letter by letter. Tokens are characters / 4, of the rules and the
message together; the declarations of the tools, the same for every issue, are told apart.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from worker.agents import developer
from worker.brief import Brief
from worker.code_finder import CodeFinder, request_text
from worker.outcomes import Plan
from worker.prompt import Fence, Prompts, Request
from worker.tools import SPECS
from worker.workspace import Workspace

ALIASES = {
    "django/django": "swe-bench+django__django",
    "scikit-learn/scikit-learn": "swe-bench+scikit-learn__scikit-learn",
    "matplotlib/matplotlib": "swe-bench+matplotlib__matplotlib",
}
NONCE = "0123456789abcdef"
SECONDS = 600.0
BUDGET = 8_000
PLAN = (
    "Find where the described behaviour comes from and reproduce it with a small test.",
    "Change the code so that it does what the issue asks, and nothing else.",
    "Keep the behaviour of all other callers and the public interface as they are.",
    "Say in the documentation what is new where a user would look for it.",
)
CRITERIA = (
    "What the issue describes does not happen any more.",
    "The tests that passed before the change pass after it.",
)


@dataclass(frozen=True)
class Measured:
    """One issue's prompt."""

    name: str
    is_lite: bool
    tokens: float
    inside: int
    gold: int
    reason: str
    """Why no code was found; empty when it was."""

    @property
    def is_whole(self) -> bool:
        """Whether every line that the fix touched is in a prompt that keeps to the budget."""
        return self.inside == self.gold and self.tokens <= BUDGET


def main() -> None:
    """Measure and print a table."""
    options = _options()
    issues = [json.loads(line) for line in options.dev.read_text(encoding="utf-8").splitlines()]
    issues = [each for each in issues if _is_wanted(each, options)]
    issues.sort(key=lambda each: (each["repo"], each["instance_id"]))
    with tempfile.TemporaryDirectory(prefix="p2a-prompt-") as folder:
        finder = CodeFinder(options.cache or Path(folder) / "cache", seconds=SECONDS)
        measured = [_told(_measure(each, options.mirror, Path(folder), finder)) for each in issues]
    declared = sum(len(json.dumps([s.name, s.description, dict(s.parameters)])) for s in SPECS)
    _say(f"declarations of the tools: {declared / 4:.0f} tokens, beside the prompt")
    for title, part in (
        ("Lite", [each for each in measured if each.is_lite]),
        ("others", [each for each in measured if not each.is_lite]),
    ):
        if part:
            _say(_row(title, part))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--mirror", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="where facts of files are kept between runs")
    parser.add_argument(
        "--part", choices=["lite", "others"], help="of SWE-bench Lite, or not of it"
    )
    parser.add_argument("--repo", help="the issues of one repository alone")
    return parser.parse_args()


def _is_wanted(issue: Mapping[str, Any], options: argparse.Namespace) -> bool:
    part = "lite" if "lite" in issue["sets"] else "others"
    return options.part in {None, part} and options.repo in {None, issue["repo"]}


def _measure(issue: Mapping[str, Any], mirror: Path, folder: Path, finder: CodeFinder) -> Measured:
    root = folder / issue["repo"].replace("/", "+")
    _check_out(mirror / _name(issue["repo"]) / "repo", issue["base_commit"], root)
    request, reason = first_prompt(issue, root, finder)
    shown = lines_in(request.message)
    gold = [(path, line) for path, line in issue["gold_lines"]]
    return Measured(
        name=issue["instance_id"],
        is_lite="lite" in issue["sets"],
        tokens=(len(request.system) + len(request.message)) / 4,
        inside=sum(_is_inside(root, path, line, shown) for path, line in gold),
        gold=len(gold),
        reason=reason,
    )


def first_prompt(issue: Mapping[str, Any], root: Path, finder: CodeFinder) -> tuple[Request, str]:
    """Return what the developer is asked first, as the worker asks it, and why it has no code."""
    title, _, body = issue["problem_statement"].strip().partition("\n")
    wanted = request_text(title=title, prompt="", body=body)
    found = finder.find(wanted, root, seconds=SECONDS)
    plan = Plan(task=title, acceptance_criteria=list(CRITERIA), steps=list(PLAN), files=[])
    brief = Brief(
        repository=issue["repo"],
        number=12345,
        title=title,
        body=body.strip(),
        prompt="",
        paths=tuple(Workspace(root).paths()),
        baseline="1234 passed, 5 skipped in 60.0 s",
        code=tuple(found.pieces),
        plan=plan,
    )
    return developer.ask(brief, Prompts(Fence(NONCE)), tools=SPECS), found.reason


def lines_in(prompt: str) -> dict[str, dict[int, str]]:
    """Return by path and number the lines of code that a prompt shows."""
    block = re.search(rf'<untrusted-{NONCE} name="code">\n(.*?)\n</untrusted-', prompt, re.DOTALL)
    shown: dict[str, dict[int, str]] = defaultdict(dict)
    lines = iter(block[1].split("\n") if block else [])
    path = ""
    for line in lines:
        if line.startswith("=== "):
            path = line.removeprefix("=== ")
        elif found := re.match(r"--- (\d+)-(\d+)", line):
            shown[path].update(_numbered(lines, int(found[1]), int(found[2])))
    return shown


def _numbered(lines: Iterator[str], start: int, end: int) -> dict[int, str]:
    return {number: next(lines, "") for number in range(start, end + 1)}


def _is_inside(root: Path, path: str, line: int, shown: Mapping[str, Mapping[int, str]]) -> bool:
    text = shown.get(path, {}).get(line)
    if text is None:
        return False
    whole = (root / path).read_text(encoding="utf-8", errors="replace").split("\n")
    return whole[line - 1].rstrip() == text.rstrip()


def _check_out(git_dir: Path, commit: str, root: Path) -> None:
    """Bring a folder to a commit; where the mirror lacks large files, to all the others."""
    root.mkdir(exist_ok=True)
    git = partial(_git, git_dir, root)
    if git("read-tree", "--reset", "-u", commit).returncode:
        shutil.rmtree(root)
        root.mkdir()
        git("read-tree", "--reset", commit)
        git("checkout-index", "--all", "--force", "--quiet")


def _git(git_dir: Path, root: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    settings = ("core.bare=false", "core.autocrlf=false", "core.hooksPath=/dev/null")
    options = [word for setting in settings for word in ("-c", setting)]
    return subprocess.run(
        ["git", f"--git-dir={git_dir}", f"--work-tree={root}", *options, *arguments],
        env={**os.environ, "GIT_INDEX_FILE": f"{root}.index"},
        cwd=root,
        check=False,
        capture_output=True,
    )


def _name(repo: str) -> str:
    return ALIASES.get(repo, repo.replace("/", "+"))


def _told(measured: Measured) -> Measured:
    mark = "+" if measured.is_whole else "-"
    found = f"{measured.inside}/{measured.gold} lines"
    tokens = f"{measured.tokens:.0f} tokens"
    _say(f"{mark} {measured.name} {found} {tokens} {measured.reason}".rstrip())
    return measured


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _row(title: str, part: Sequence[Measured]) -> str:
    whole = sum(each.is_whole for each in part)
    share = 100 * sum(each.inside / each.gold for each in part if each.gold) / len(part)
    tokens = sorted(each.tokens for each in part)
    over = sum(each.tokens > BUDGET for each in part)
    return (
        f"{title}: {len(part)} issues; all lines inside: {100 * whole / len(part):.1f} % ({whole});"
        f" share of lines: {share:.1f} %; tokens of the prompt: median {median(tokens):.0f},"
        f" most {tokens[-1]:.0f}; over {BUDGET}: {over}"
    )


if __name__ == "__main__":
    main()
