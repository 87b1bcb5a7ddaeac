"""The outcome of a local run as text for a terminal; no I/O."""

from p2a.inert import console
from worker.cost import total
from worker.local import LocalOutcome


def render_outcome(outcome: LocalOutcome, *, report: str) -> str:
    """Return a few lines: the end, the files, tests, scores, graph, cost, and what to type next."""
    story = outcome.story
    end = "ended" if outcome.succeeded else "FAILED"
    lines = [f"{end}: {outcome.headline.removeprefix('Failed: ')}"]
    lines += [f"  changed: {change.path}" for change in story.changes]
    lines += [f"  refused: {item.path}: {item.reason}" for item in story.refusals]
    if story.baseline:
        lines.append(f"tests before: {story.baseline.line()}")
    if story.suite:
        lines.append(f"tests after:  {story.suite.line()}")
    if story.assessment:
        lines += [f"  {name}: {value}" for name, value in story.assessment.rows]
    if story.graph:
        lines.append(f"graph: {story.graph.nodes} nodes, {story.graph.edges} edges")
    cost = total(story.tasks)
    lines.append(f"cost: {cost.input_tokens} + {cost.output_tokens} tokens, {cost.money}")
    lines.append(f"report: {report}")
    if outcome.branch:
        lines.append(f"look at it: git diff ...{outcome.branch}")
    if "error" in outcome.report:
        lines.append(str(outcome.report["error"]))
    return console("\n".join(lines)) + "\n"
