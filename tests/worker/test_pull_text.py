"""The pull request's text: every part from its record, everything untrusted inert, within the limit."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from p2a import inert
from p2a.domain import AgentType, Task, TaskStatus, Workflow, WorkflowStatus
from p2a.effects import MAX_BODY, FileChange, OpenPull, PublishBranch
from p2a.line_count import LineCount
from tests.fakes.workflows import NOON, new_workflow
from worker.evidence import CUT_CLAIM
from worker.outcomes import (
    Change,
    ChangeKind,
    Feedback,
    Plan,
    PlanStep,
    Review,
    ReviewFinding,
    Route,
    Severity,
    Verdict,
)
from worker.pages import Pages
from worker.publish import Publication, plan_change, render_pull
from worker.records import (
    AssessmentRecord,
    BaseRecord,
    DroppedFindingRecord,
    GraphRecord,
    RefusalRecord,
    SuiteRecord,
)
from worker.story import Story

TREE = "b" * 40
COMMAND = "python -m coverage run -m pytest -q --junitxml=/tmp/junit.xml"
BEFORE = SuiteRecord(
    command=COMMAND, ran=True, exit_code=1, passed=12, failed=1, errors=0, skipped=2, seconds=1.25,
    backend="bubblewrap", failures=["tests.test_upload::test_retry"], tree="a" * 40,
)  # fmt: skip
AFTER = BEFORE.model_copy(
    update={"exit_code": 0, "passed": 15, "failed": 0, "failures": [], "tree": TREE}
)
SCORES = """\
| | Score | Now | Base | Change |
|:-:|:--|--:|--:|--:|
| \U0001f7e2 | Code quality | 91.0 | 88.5 | \u25b2 2.5 |
| \U0001f7e2 | **Overall** | **90.1** | 89.0 | \u25b2 1.1 |
"""
MERMAID = "flowchart LR\n  a[uploader.send] --> b[uploader.pieces]"


def task(order: int, agent: AgentType, **cost: Any) -> Task:
    return Task(
        id=order, workflow_id="w", name=agent.value.lower(), agent=agent, description="", order=order,
        status=TaskStatus.COMPLETED, attempt=1, progress_percentage=100, **cost,
    )  # fmt: skip


def story() -> Story:
    finding = ReviewFinding(
        path="src/uploader/send.py",
        line=12,
        severity=Severity.WARNING,
        message="The wait has no upper bound.",
        suggestion="wait = min(wait * 2, LONGEST)",
    )
    return Story(
        base=BaseRecord(ref="main", sha="c" * 40),
        baseline=BEFORE,
        suite=AFTER,
        route=Route(
            kind=ChangeKind.FEATURE,
            title="Retry lost uploads",
            summary="An upload ends at the first lost piece. The pieces are small, so to send one again is cheap.",
        ),
        plan=Plan(
            task="Send a lost piece again, three times at most.",
            acceptance_criteria=["All tests pass.", "A piece is sent four times at most."],
            steps=[PlanStep(text="Add `send_again` to `send.py`."), PlanStep(text="Add tests.")],
            files=[],
        ),
        change=Change(summary="Adds a retry to `send`. All 15 tests pass. I ran mypy as well."),
        review=Review(verdict=Verdict.APPROVE, summary="", findings=[finding]),
        feedback=Feedback(feedback="Small and tested.", recommendations=["Name the limit."]),
        assessment=AssessmentRecord(scores={}, overall=90.1, table=SCORES),
        graph=GraphRecord(
            nodes=31, edges=64, added=3, removed=0, changed=2, affected=4, tests=3, mermaid=MERMAID
        ),
        changes=(
            FileChange("src/uploader/send.py", b"x"),
            FileChange("tests/test_send.py", b"x"),
            FileChange("logo.png", None),
        ),
        refusals=(RefusalRecord(path=".github/workflows/ci.yml", reason="it is protected"),),
        findings_dropped=(DroppedFindingRecord(path="src/gone.py", line=1, reason="no file"),),
        tasks=(
            task(1, AgentType.PLANNER, input_tokens=2_100, output_tokens=300, cost_usd=0.0123),
            task(2, AgentType.DEVELOPER, input_tokens=18_400, output_tokens=2_050, cost_usd=0.1),
        ),
    )


def publication(told: Story) -> Publication:
    new = new_workflow()
    return Publication(
        workflow=Workflow(
            id=new.id, kind=new.kind, origin=new.origin, title=new.title, body=new.body,
            prompt=new.prompt, status=WorkflowStatus.RUNNING, attempt=1, created_at=NOON,
            updated_at=NOON,
        ),
        story=told,
        added=frozenset({"tests/test_send.py"}),
        lines={
            "src/uploader/send.py": LineCount(14, 2),
            "tests/test_send.py": LineCount(30, 0),
            "logo.png": LineCount(0, 0, is_text=False),
        },
        tree=TREE,
    )  # fmt: skip


def rendered(told: Story) -> str:
    return render_pull(publication(told), Pages())


def headings(text: str) -> list[str]:
    return [row.removeprefix("### ") for row in text.splitlines() if row.startswith("### ")]


def test_pull__has_its_parts_in_their_order() -> None:
    text = rendered(story())
    assert text.startswith("Fixes #3\n")
    assert headings(text) == [
        *("What and why", "Plan", "Changes by file", "Tests", "Quality", "Review"),
        *("Blast radius", "Cost", "How to go on"),
    ]


@pytest.mark.parametrize(
    "part",
    [
        "| src/uploader/send.py | changed | +14 \u22122 |",
        "| tests/test_send.py | added | +30 \u22120 |",
        "| logo.png | deleted | no text |",
        "Together 3 files: 44 lines added, 2 removed.",
        "Refused path `.github/workflows/ci.yml`: it is protected.",
        "| Result | 12 passed, 1 failed, 2 skipped in 1.2 s | 15 passed, 2 skipped in 1.2 s |",
        "| Failed | 1 | 0 |",
        "| Exit code | 1 | 0 |",
        f"| Tree | `{'a' * 12}` | `{'b' * 12}` |",
        "```sh\npython -m coverage run -m pytest\n```",
        SCORES.strip(),
        "- warning: `src/uploader/send.py:12` The wait has no upper bound.",
        "```\nwait = min(wait * 2, LONGEST)\n```",
        "1 finding of the reviewer was dropped",
        "Can be affected: 4 more. Tests that reach them: 3.",
        f"```mermaid\n{MERMAID}\n```",
        "| developer | 18,400 | 2,050 | $0.1000 |",
        "`/p2a TEXT` on the issue",
        "<sub>1 claim of the agents was cut",
    ],
)
def test_pull__tells_what_was_recorded(part: str) -> None:
    assert part in rendered(story())


def test_pull__keeps_the_claim_that_the_record_shows_and_cuts_the_other() -> None:
    assert f"Adds a retry to `send`. All 15 tests pass. {CUT_CLAIM}\n" in rendered(story())


def test_pull__of_another_tree_than_the_tests_ran_on_says_so() -> None:
    other = replace(story(), suite=AFTER.model_copy(update={"tree": "d" * 40}))
    text = rendered(other)
    assert "These tests did not run on the tree that is published here" in text
    assert "All 15 tests pass" not in text
    assert "did not run on the tree" not in rendered(story())


def test_pull__without_a_run_says_why_and_counts_nothing() -> None:
    reason = SuiteRecord(reason="no sandbox | here")
    text = rendered(replace(story(), baseline=reason, suite=reason))
    assert r"| Result | not run: no sandbox \| here | not run: no sandbox \| here |" in text
    assert "| Passed |" not in text
    assert "All 15 tests pass" not in text


def test_pull__of_a_change_without_code_has_no_picture() -> None:
    text = rendered(replace(story(), graph=GraphRecord(nodes=3, edges=2)))
    assert "The change touches no module, class or function of Python." in text
    assert "```mermaid" not in text


def long_story(word: str) -> Story:
    """Return a story in which each text is as long as it may be."""
    finding = ReviewFinding(
        path=f"src/{word[:500]}.py", line=1, severity=Severity.INFO, message=word[:4_000],
        suggestion=word[:4_000],
    )  # fmt: skip
    return replace(
        story(),
        route=Route(kind=ChangeKind.BUGFIX, title="t", summary=word[:4_000]),
        plan=Plan(
            task=word[:4_000],
            acceptance_criteria=[word[:2_000]] * 30,
            steps=[PlanStep(text=word[:4_000])] * 30,
            files=[],
        ),
        change=Change(summary=word[:8_000]),
        review=Review(verdict=Verdict.REVISE, summary="", findings=[finding] * 100),
        feedback=Feedback(feedback=word[:4_000], recommendations=[word[:2_000]] * 20),
        changes=tuple(FileChange(f"{word[:200]}{n}", b"") for n in range(300)),
        refusals=tuple(RefusalRecord(path=f"{n}{word[:190]}", reason="no") for n in range(300)),
    )


@pytest.mark.parametrize("word", ["word " * 2_000, "x" * 10_000, "```\n" * 2_500, "| ` " * 2_500])
def test_pull__fits_and_still_says_how_to_go_on(word: str) -> None:
    text = rendered(long_story(word))
    assert len(text) <= MAX_BODY
    assert inert.CUT_NOTE in text
    assert text.rstrip().splitlines()[-1].startswith("<sub>Workflow")
    assert headings(outside_of_code(text))[-1] == "How to go on"


def test_plan_change__m11_tells_no_secret_in_title_commit_and_paths() -> None:
    token = "ghp_" + "Zk3vQ9XbT7mRwL2nHsD8" + "yJfCgA4eUoPiKx0V"
    told = replace(
        story(),
        route=Route(kind=ChangeKind.FEATURE, title=f"Use {token} for uploads", summary="A key."),
        refusals=(RefusalRecord(path=f".github/{token}.yml", reason="it is protected"),),
    )
    branch, pull = plan_change(publication(told), Pages())
    assert isinstance(branch, PublishBranch)
    assert isinstance(pull, OpenPull)
    assert branch.message.splitlines()[0] == pull.title == "Use *** for uploads"
    assert "Refused path `.github/***.yml`" in pull.body


def outside_of_code(text: str) -> str:
    fence, kept = "", []
    for row in text.splitlines():
        after = inert.fence_after(fence, row)
        kept += [] if fence or after else [row]
        fence = after
    return "\n".join(kept)


POWERS: Sequence[str] = (
    "@octo/team", "Closes #9", "![x](https://evil.example/)", "<img src=x>", "<!-- hidden",
    "</details>", "[x]: https://evil.example",
)  # fmt: skip


@pytest.mark.parametrize("power", POWERS)
def test_pull__is_inert_in_every_part(power: str) -> None:
    finding = ReviewFinding(
        path=power, line=1, severity=Severity.INFO, message=power, suggestion=f"```\n{power}"
    )
    hostile = replace(
        story(),
        route=Route(kind=ChangeKind.BUGFIX, title="t", summary=power),
        plan=Plan(task=power, acceptance_criteria=[power], steps=[PlanStep(text=power)], files=[]),
        change=Change(summary=power),
        review=Review(verdict=Verdict.REVISE, summary="", findings=[finding]),
        feedback=Feedback(feedback=power, recommendations=[power]),
        changes=(FileChange(power, b""),),
        refusals=(RefusalRecord(path=power, reason=power),),
        notes=(power,),
        suite=AFTER.model_copy(update={"failures": [power], "backend": power}),
    )
    shown = outside_of_code(rendered(hostile))
    spans = [f"`{power}`", f"`{power}:1`"]
    for span in spans:
        shown = shown.replace(span, "")
    assert power not in shown
