"""What was executed and measured, as stored records: every sentence of a report comes from one; no I/O."""

import base64
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from ccg.export.counted import counted
from p2a.effects import FileChange
from quality.render.wording import counted_tests


class Record(BaseModel):
    """A stored fact; unknown fields of a newer version are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class BaseRecord(Record):
    """The commit that the work starts from."""

    ref: str
    sha: str
    against: str = ""
    """The commit to compare with; empty means `sha` itself, for a change of our own."""
    pull_base: str = ""
    """The base of the pull request on whose head the change is made; empty for any other work."""
    is_fork: bool = False
    """The tree is somebody else's repository's: it is analysed, never run."""

    @property
    def settled(self) -> str:
        """Return the commit whose settings hold: of a pull request its base, not what it brings."""
        return self.against or self.pull_base or self.sha


class SuiteRecord(Record):
    """One run of the repository's test suite, or why there was none."""

    command: str = ""
    ran: bool = False
    reason: str = ""
    """Why it did not run or could not be counted; empty when it was."""
    ending: str = ""
    exit_code: int | None = None
    passed: int | None = None
    failed: int | None = None
    errors: int | None = None
    skipped: int | None = None
    seconds: float = 0.0
    backend: str = ""
    failures: list[str] = []
    """Names of failing tests, at most `quality.junit.MAX_FAILED`."""
    tail: str = ""
    """The end of the output."""
    tree: str = ""
    """The digest of the tree that it ran on."""
    scope: str = ""
    """Which of the tests were run, in words; empty means all of them."""
    flaky: list[str] = []
    """Of the failures those that passed when their files were run again on the same tree."""

    @property
    def steady_failures(self) -> list[str]:
        """Return the failures that are not known to be flaky."""
        return [name for name in self.failures if name not in self.flaky]

    @property
    def is_green(self) -> bool:
        """Whether it ran, and everything in it passed."""
        return self.ran and self.exit_code == 0

    @property
    def total(self) -> int | None:
        """Return how many tests were counted, None where none were."""
        if self.passed is None:
            return None
        return self.passed + self.broken + (self.skipped or 0)

    @property
    def executed(self) -> int | None:
        """Return how many tests were run and not skipped, None where none were counted."""
        return None if self.passed is None else self.passed + self.broken

    @property
    def broken(self) -> int:
        """Return failed tests and errors together."""
        return (self.failed or 0) + (self.errors or 0)

    def line(self) -> str:
        """Return the run in one line."""
        if not self.ran:
            return f"not run: {self.reason}"
        if self.passed is None:
            return f"exit code {self.exit_code}, not counted: {self.reason or self.ending}"
        counts = counted_tests(self.passed, self.failed, self.errors, self.skipped)
        # 0 and 1 say no more than the counts do; any other code must be seen.
        odd = "" if self.exit_code in {0, 1} else f", exit code {self.exit_code}"
        some = f" ({self.scope} only)" if self.scope else ""
        return f"{counts} in {self.seconds:.1f} s{odd}{some}"


class ProofRecord(Record):
    """What the tests of a change are worth: run on the base with them alone, and on the whole change."""

    proving: list[str] = []
    """Failed before and passed after."""
    passing_before: list[str] = []
    """Passed before as well, so they prove nothing."""
    failing: list[str] = []
    """Failed after."""
    flaky: list[str] = []
    """Failed and passed on the same tree, after the change."""
    not_seen: list[str] = []
    """Not in the report of a run: skipped, left out or named otherwise."""
    reason: str = ""
    """Why nothing is known of them; empty when they were run."""
    before: SuiteRecord | None = None
    """The run on the base with the tests alone."""
    tree: str = ""
    """The digest of the tree with the whole change."""

    @property
    def total(self) -> int:
        """Return how many tests the change brings, as far as they were judged."""
        kinds = (self.proving, self.passing_before, self.failing, self.flaky, self.not_seen)
        return sum(map(len, kinds))

    def line(self) -> str:
        """Return it in one line; a test that proves nothing is never counted as proof."""
        if self.reason:
            return f"the new tests were not judged: {self.reason}"
        if not self.total:
            return "no new tests"
        new = counted(self.total, "new test")
        if len(self.proving) == self.total:
            return f"{new}: {'fails' if self.total == 1 else 'fail'} before, {'passes' if self.total == 1 else 'pass'} after"
        parts = {
            "failing before, passing after": self.proving,
            "passing before as well, no proof": self.passing_before,
            "failing after": self.failing,
            "flaky": self.flaky,
            "not seen in a run": self.not_seen,
        }
        return f"{new}: " + "; ".join(f"{len(n)} {text}" for text, n in parts.items() if n)


class TeamRecord(Record):
    """Who takes part in a workflow, decided once when it begins."""

    budget_usd: float | None = None
    """What the repository lets its models cost; None says nothing."""
    agents: dict[str, str] = {}
    """The agent that takes each stage, by their names."""
    off: dict[str, str] = {}
    """The stages that nobody takes, and who wanted that."""


class RebaseRecord(Record):
    """What became of a change whose base moved meanwhile."""

    old_sha: str
    new_sha: str
    conflicts: list[str] = []
    """Paths that both changed; empty where the change was put on the new base."""


class CommandRecord(Record):
    """One command that the developer ran on a copy of the tree, or why it did not run."""

    command: str
    exit_code: int | None = None
    """None where it was ended from outside, or did not run."""
    ending: str = ""
    """How it ended, in the sandbox's words; empty where it did not run."""
    reason: str = ""
    """Why it did not run."""
    seconds: float = 0.0
    output: str = ""
    """Its end, without secrets."""
    tree: str = ""
    """The digest of the tree that was copied."""
    backend: str = ""

    def line(self) -> str:
        """Return how it ended in a few words."""
        if self.reason:
            return f"not run: {self.reason}"
        how = f"exit code {self.exit_code}" if self.exit_code is not None else self.ending
        return f"{how} after {self.seconds:.1f} s"


class CodePiece(Record):
    """Lines of a file of the base."""

    path: str
    start: int
    end: int
    text: str
    symbol: str | None = None
    """The qualified name of the function that they are; None for other lines."""


class CodeRecord(Record):
    """The code of the base that the request is likely about, or why it could not be found."""

    pieces: list[CodePiece] = []
    """The best first, within the budget of `worker.code_finder`."""
    reason: str = ""
    """Empty when it was found."""


class AnnotationRecord(Record):
    """A finding of an analyser on lines of a file."""

    path: str
    start_line: int
    end_line: int
    level: str
    message: str
    title: str = ""


class NotAnalysedRecord(Record):
    """A file that no analyser could read, and why."""

    path: str
    reason: str


class AssessmentRecord(Record):
    """The measured scores; a score of None was not measured, and `reasons` says why."""

    scores: dict[str, float | None]
    reasons: dict[str, str] = {}
    overall: float | None = None
    delta: float | None = None
    """By how many points the change moved the overall score, where that is known."""
    annotations: list[AnnotationRecord] = []
    """Of the new findings, the worst first; their number and size are bounded."""
    annotations_left_out: int = 0
    rows: list[tuple[str, str]] = []
    """Each dimension with its score or why there is none, the overall last."""
    table: str = ""
    """The scores as a Markdown table, beside the base's."""
    summary: str = ""
    """The report as Markdown, about one screen."""
    details: str = ""
    """What the summary has no room for, within the limit of a check run's text."""
    changed_statements: int | None = None
    """The product's statements at the lines that the change brought; None where not measured."""
    changed_covered: int | None = None
    """Those of them that the tests ran."""
    changed_reason: str = ""
    """Why they were not measured."""
    not_analysed: list[NotAnalysedRecord] = []
    """Files that the scores say nothing of, those of the change first; their number is bounded."""
    not_analysed_count: int = 0
    not_analysed_changed: int = 0
    """How many of them the change touches."""
    findings: int = 0
    comment: bool = False
    """Whether the repository wishes the numbers in a comment of the pull request as well."""
    conclusion: str = "neutral"
    conclusion_reason: str = ""


class ReplyRecord(Record):
    """What a person replied to a workflow that waited for it."""

    by: str
    comment: int | None = None
    """The comment that holds it."""
    text: str = ""


class AskedRecord(Record):
    """Questions that an agent asked, and what came."""

    questions: list[str]
    replies: list[ReplyRecord] = []


class SymbolRecord(Record):
    """A function, class or module of the base's graph that a plan touches, or a file by its path."""

    name: str
    path: str


class GraphRecord(Record):
    """The size of the code context graph and of what the change did to it."""

    nodes: int
    edges: int
    added: int = 0
    removed: int = 0
    changed: int = 0
    """Nodes whose own code is another, new and removed ones included."""
    affected: int = 0
    """Nodes outside of tests that can be affected by those."""
    tests: int = 0
    """Tests among the changed and the affected."""
    mermaid: str = ""
    """The change and its blast radius, or the graph where nothing is compared."""
    files_failed: int = 0


class RefusalRecord(Record):
    """A path that a model wanted to change and may not."""

    path: str
    reason: str


class DroppedFindingRecord(Record):
    """A finding of the reviewer that cites what is not in the change's tree, and why it was dropped."""

    path: str
    line: int
    reason: str


class CitationRecord(Record):
    """Lines of a file, which are there at the commit that the work started from."""

    path: str
    first_line: int
    last_line: int


class AnswerRecord(Record):
    """The answer to a question, whose citations were held against the tree."""

    text: str
    """A mark of `worker.citations` stands for each citation, by its place in the list."""
    citations: list[CitationRecord] = []
    dropped: int = 0
    """How many citations named lines that are not there."""
    blob_url: str = ""
    """Where the files of the commit are shown."""


class RemarkRecord(Record):
    """A finding on a pull request that stands in the code of its head."""

    path: str
    first_line: int
    last_line: int
    severity: str
    message: str
    replacement: str | None = None
    """These lines as they should be."""
    is_offered: bool = True
    """Whether a person may commit them with a click, and not only read them."""
    fingerprint: str


class ExaminedRecord(Record):
    """What a reviewer found in a pull request, or in what was pushed since our last review."""

    sha: str
    since: str = ""
    """The commit of our last review; empty where everything was looked at."""
    whole_because: str = ""
    """Why everything was looked at although there was a review before."""
    summary: str = ""
    remarks: list[RemarkRecord] = []
    repeats: int = 0
    """Findings that an earlier review of ours said already."""
    left_out: list[str] = []
    """Files whose diff had no room in the question; the reviewer could read them."""
    blob_url: str = ""


class PublishedRecord(Record):
    """What stands on GitHub, or in the local repository."""

    branch: str
    sha: str = ""
    pull_number: int | None = None
    pull_url: str = ""
    check_url: str = ""
    conclusion: str = ""
    way: str = "draft"
    """How the change was delivered, one of `worker.destination.Way`."""
    why: str = ""
    """Why it was delivered in this way, where somebody may have expected another."""
    tree: str = ""
    """The digest of the tree that was published."""
    commit_url: str = ""
    review_url: str = ""


class PartialRecord(Record):
    """A draft pull request of a change that was not finished."""

    branch: str
    tree: str
    """The digest of the tree that it holds."""
    pull_url: str = ""


def changes_to_json(changes: Sequence[FileChange]) -> list[dict[str, Any]]:
    """Return changes as JSON: text where it is UTF-8 without NUL, base64 otherwise."""
    return [_change_to_json(change) for change in changes]


def changes_from_json(items: Sequence[dict[str, Any]]) -> tuple[FileChange, ...]:
    """Return the changes that `changes_to_json` wrote."""
    return tuple(
        FileChange(
            path=item["path"],
            content=_content(item),
            executable=bool(item.get("executable", False)),
        )
        for item in items
    )


def _change_to_json(change: FileChange) -> dict[str, Any]:
    item: dict[str, Any] = {"path": change.path}
    if change.executable:
        item["executable"] = True
    if change.content is None:
        return item
    try:
        text = change.content.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    # The store replaces NUL in text, so bytes with one travel as base64.
    if "\0" in text:
        item["base64"] = base64.b64encode(change.content).decode("ascii")
    else:
        item["text"] = text
    return item


def _content(item: dict[str, Any]) -> bytes | None:
    if "text" in item:
        return str(item["text"]).encode()
    if "base64" in item:
        return base64.b64decode(item["base64"])
    return None
