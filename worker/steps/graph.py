"""Builds the code context graph alone, for `/p2a graph`."""

from p2a.domain import Task
from worker.coordinator import Step
from worker.graphing import CACHE, graph_of
from worker.run import Run, StepResult
from worker.steps.quality import store_graph


def build(run: Run, step: Step, task: Task) -> StepResult:
    """Analyse the tree and store its graph."""
    graphed = graph_of(run.tree().root, cache=run.settings.data_dir / CACHE)
    store_graph(run, graphed)
    run.log(f"{graphed.record.nodes} nodes, {graphed.record.edges} edges", task=step.name)
    return StepResult({"graph": graphed.record.model_dump()})
