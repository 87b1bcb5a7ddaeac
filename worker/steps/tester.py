"""Lets the tester write tests, runs what the change can affect and the suite, and judges the new tests."""

from dataclasses import replace

from ccg.roles import is_test_path
from p2a.domain import LogLevel, Task
from worker.agents import tester as agent
from worker.ask import ask_for
from worker.coordinator import Signal, Step
from worker.destination import is_worse
from worker.excerpts import tests_near
from worker.outcomes import FileEdit
from worker.proving import prove, run_tests, running_without_the_change
from worker.records import changes_to_json
from worker.run import Run, StepResult
from worker.story import CHANGES, REFUSALS
from worker.written import write_files

NO_TEST_FILE = "the tester writes files of tests alone"


def write_tests(run: Run, step: Step, task: Task) -> StepResult:
    """Write the tests and run everything; what got worse goes back to the developer.

    A later round only runs them: the tests of the first one stand in the tree.
    """
    tree, story = run.tree(), run.story()
    tests, refused = story.tests, []
    if step.round == 1 or tests is None:
        brief = replace(run.brief(), diff=tree.diff(), files=tests_near(tree.workspace))
        tests = ask_for(run, agent.ask(brief, run.prompts), agent.read)
        refused = write_files(tree.workspace, tests.edits, refuse=_why_no_test)
    run.check()
    with running_without_the_change(run, tree, name=step.name) as unchanged:
        tested = run_tests(run, tree, known=story.baseline.failures if story.baseline else ())
        suite = tested.record
        worse = is_worse(story.baseline, suite)
        level = LogLevel.WARNING if worse else LogLevel.SUCCESS if suite.is_green else LogLevel.INFO
        run.log(f"tests after the change: {suite.line()}", level=level, task=step.name)
        proof = prove(run, tree, tested, unchanged)
    run.log(proof.line(), task=step.name)
    facts = {
        # Without the files' texts: the changes hold them.
        "tests": {"summary": tests.summary, "edits": []},
        "suite": suite.model_dump(),
        "proof": proof.model_dump(),
        CHANGES: changes_to_json(tree.workspace.changes()),
        REFUSALS: [item.model_dump() for item in refused],
    }
    return StepResult(facts, Signal.TESTS_FAILED if worse else Signal.DONE)


def _why_no_test(edit: FileEdit) -> str:
    return "" if is_test_path(edit.path) else NO_TEST_FILE
