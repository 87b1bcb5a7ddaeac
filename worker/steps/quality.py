"""Measures the result; the quality agent adds words, and its numbers come from the tools alone."""

import json
from dataclasses import replace
from typing import Any

from ccg.files import text_reader
from p2a.domain import LogLevel, Task, WorkflowKind
from p2a.errors import ModelOutputInvalid, ModelRefused
from p2a.links import PAGE_TYPE
from p2a.record.clean import Cleaner
from quality.render.document import document
from worker.agents import quality as agent
from worker.artifact_links import GRAPH_ARTIFACT, PAGE_ARTIFACT
from worker.ask import ask_for
from worker.coordinator import Stage, Step
from worker.graph_page import render_page, without_secrets
from worker.graphing import Graphed
from worker.measure import Measured, measure
from worker.outcomes import Feedback
from worker.proving import prove, run_suite_on, running_without_the_change
from worker.records import AssessmentRecord
from worker.run import Run, StepResult
from worker.suite import record_suite
from worker.work_tree import WorkTree

ASSESSED_BY = "p2a"
NO_WORDS = "The quality agent's words are missing: {why}"
CHANGE_ARTIFACT = "ccg-change.json"
QUALITY_ARTIFACT = "quality.json"
JSON = "application/json"


def assess_quality(run: Run, step: Step, task: Task) -> StepResult:
    """Measure, ask for words on a change of our own, and store everything."""
    tree, story = run.tree(), run.story()
    base = story.base or run.trees.resolve()
    measured = measure(run, tree, base)
    facts: dict[str, Any] = {
        "assessment": measured.record.model_dump(),
        "graph": measured.graphed.record.model_dump(),
    }
    if run.workflow.kind is WorkflowKind.FIX:
        facts |= _tested(run, tree, name=step.name)
    else:
        facts["suite"] = record_suite(run, tree).model_dump()
    if measured.baseline is not None:
        facts["baseline"] = measured.baseline.model_dump()
    words = Feedback(feedback="", recommendations=[])
    if run.workflow.kind is WorkflowKind.FIX and Stage.QUALITY.value not in story.team.off:
        words, note = _words(run, measured)
        facts |= {"feedback": words.model_dump(mode="json"), "notes": [note] if note else []}
    store_measured(run, task.id, measured, words)
    overall = measured.record.overall
    shown = "not measured" if overall is None else f"{overall:.1f}"
    run.log(f"overall {shown}, {measured.record.findings} findings", task=step.name)
    return StepResult(facts)


def _tested(run: Run, tree: WorkTree, *, name: str) -> dict[str, Any]:
    """Return the suite and what the change's tests are worth, on the tree that is published."""
    baseline = run.story().baseline
    with running_without_the_change(run, tree, name=name) as unchanged:
        tested = run_suite_on(run, tree, known=baseline.failures if baseline else ())
        proof = prove(run, tree, tested, unchanged)
    return {"suite": tested.record.model_dump(), "proof": proof.model_dump()}


def _words(run: Run, measured: Measured) -> tuple[Feedback, str]:
    """Ask the agent; a useless answer costs its words, not the measured numbers."""
    brief = replace(run.brief(), diff=run.tree().diff(), scores=_shown(measured.record))
    try:
        return ask_for(run, agent.ask(brief, run.prompts), agent.read), ""
    except (ModelOutputInvalid, ModelRefused) as error:
        run.log(str(error), level=LogLevel.WARNING)
        note = NO_WORDS.format(why=error.why or error.what)
        return Feedback(feedback="", recommendations=[]), note


def _shown(record: AssessmentRecord) -> str:
    return "\n".join(f"{name}: {value}" for name, value in record.rows)


def store_measured(run: Run, task_id: int, measured: Measured, words: Feedback) -> None:
    """Keep the scores, the graph and both as files."""
    record = measured.record
    run.store.save_assessment(
        run.lease,
        task_id=task_id,
        scores=record.scores,
        reasons=record.reasons,
        feedback=words.feedback,
        recommendations=list(words.recommendations),
        assessed_by=ASSESSED_BY,
    )
    store_graph(run, measured.graphed)
    put_json(run, QUALITY_ARTIFACT, document(measured.checked))
    if measured.graphed.change is not None:
        put_json(run, CHANGE_ARTIFACT, Cleaner().value(measured.graphed.change.to_dict()))


def store_graph(run: Run, graphed: Graphed) -> None:
    """Keep the graph of the present tree in the database, as a file and as a page, without secrets."""
    whole = without_secrets(graphed.graph)
    graph = whole.to_dict()
    run.store.save_graph(
        run.lease,
        nodes=graph["nodes"],
        edges=graph["edges"],
        metadata=graph["metadata"],
        complexity_metrics=graph["complexity_metrics"],
        dependencies=graph["dependencies"],
    )
    put_json(run, GRAPH_ARTIFACT, graph)
    page = render_page(
        whole,
        title=_title(run),
        read=text_reader(run.tree().root),
        changed=graphed.change.impact.changed if graphed.change else (),
    )
    run.store.put_artifact(run.lease, name=PAGE_ARTIFACT, media_type=PAGE_TYPE, content=page)


def _title(run: Run) -> str:
    origin = run.workflow.origin
    number = f" #{origin.number}" if origin.number else ""
    return f"{origin.repository.full_name}{number}"


def put_json(run: Run, name: str, value: Any) -> None:
    """Keep a JSON file for people."""
    content = json.dumps(value, sort_keys=True, indent=1).encode("ascii")
    run.store.put_artifact(run.lease, name=name, media_type=JSON, content=content)
