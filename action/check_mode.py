"""Measures what the job checked out: files, summary, annotations, and a check run if asked for."""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from action.check_run import folder_of, plan, put
from action.environment import Runner
from action.event import Event
from action.inputs import Inputs
from action.outcome import SCORE_OUTPUTS, Outcome, score_text
from action.runner import annotation_lines, notice_line
from ccg.build import build_json
from ccg.errors import GraphError
from p2a.effects import Annotation
from p2a.inert import console
from p2a.settings import Settings
from quality.check import Checked, CheckRequest, check
from quality.forms import Format, Writing, write_files
from quality.render.annotations import annotations
from quality.render.markdown import render_markdown
from quality.render.text import print_report

FILES = {
    "report": ("report.json", Format.JSON),
    "sarif": ("p2a.sarif", Format.SARIF),
    "junit": ("junit.xml", Format.JUNIT),
    "badge": ("quality.svg", Format.BADGE),
}
"""The files that are outputs, by the output's name."""
GRAPH_FILE = "ccg.json"
DISTRIBUTION = "prompt2action"
NO_CODE = "the tests were not run: a {name} job holds secrets while its code may be anybody's"
FORK = "This change comes from a fork: the result is in the job's summary only."
NO_GRAPH = "the graph was not made: {why}"
WIDTH = 120


@dataclass(frozen=True, slots=True)
class CheckMode:
    """The check as a step of a job."""

    inputs: Inputs
    event: Event
    runner: Runner
    settings: Settings
    folder: Path
    """For the files that the step leaves."""
    tell: Callable[[str], None]

    def run(self) -> Outcome:
        """Measure, and write everything but the runner's own files.

        Raises:
            P2AError: nothing could be measured.
        """
        inputs = self.inputs
        checked = check(self._request(), settings=self.settings, tell=self.tell)
        files, notes = self._write_files(checked)
        notes = [*self._notes(), *notes]
        placed = tuple(_placed(annotations(checked.report), folder_of(inputs.path)))
        summary = render_markdown(checked)
        is_shown = False
        if inputs.check_run:
            trouble = self._put_check_run(checked, summary, placed)
            is_shown = not trouble
            notes += [trouble] if trouble else []
        lines = [] if is_shown else annotation_lines(placed)
        return Outcome(
            exit_code=checked.exit_code,
            outputs={**_outputs(checked), **files},
            summary="\n\n".join([summary, *notes]) + "\n",
            text=_text(checked),
            commands=(*map(notice_line, notes), *lines),
        )

    def _request(self) -> CheckRequest:
        inputs, event = self.inputs, self.event
        return CheckRequest(
            path=self.runner.workspace / inputs.path,
            base=inputs.base or event.base,
            # The event's base may be missing in a shallow checkout; the author's own may not.
            is_base_needed=inputs.base is not None,
            with_tests=inputs.tests and event.may_run_code,
            with_setup=not event.is_fork,
            minimum=inputs.minimum,
            with_timing=inputs.timing,
            cache=self._cache,
        )

    @property
    def _cache(self) -> Path:
        """Return where the check leaves what may be needed again; of this step alone."""
        return self.settings.data_dir / "graph"

    def _notes(self) -> Iterator[str]:
        if self.inputs.tests and not self.event.may_run_code:
            yield NO_CODE.format(name=self.event.name)
        if self.event.is_fork:
            yield FORK

    def _write_files(self, checked: Checked) -> tuple[dict[str, str], list[str]]:
        """Write the files; return the outputs that name them, and notes on what is missing."""
        paths = {name: self.folder / file for name, (file, _) in FILES.items()}
        writing = Writing(
            version(DISTRIBUTION),
            prefix=folder_of(self.inputs.path),
            is_shut=checked.exit_code != 0,
        )
        forms = {name: (paths[name], form) for name, (_, form) in FILES.items()}
        write_files(checked, forms, writing)
        outputs = {name: str(path) for name, path in paths.items()} | {"files": str(self.folder)}
        if not self.inputs.graph:
            return outputs, []
        self.tell("building the code context graph")
        path = self.folder / GRAPH_FILE
        try:
            root = self.runner.workspace / self.inputs.path
            path.write_text(build_json(root, cache=self._cache), encoding="utf-8")
        except GraphError as error:
            return outputs, [NO_GRAPH.format(why=error)]
        return {**outputs, "graph": str(path)}, []

    def _put_check_run(self, checked: Checked, summary: str, placed: tuple[Annotation, ...]) -> str:
        effect = plan(
            self.event,
            self.runner,
            folder=folder_of(self.inputs.path),
            title=checked.verdict.reason,
            summary=summary,
            annotations=placed,
        )
        if effect is not None:
            effect = replace(effect, conclusion=checked.verdict.conclusion)
        self.tell("writing the check run")
        return put(effect, inputs=self.inputs, runner=self.runner, settings=self.settings)


def _placed(items: tuple[Annotation, ...], folder: str) -> Iterator[Annotation]:
    for item in items:
        yield replace(item, path=f"{folder}/{item.path}") if folder else item


def _text(checked: Checked) -> str:
    text = io.StringIO()
    print_report(checked, Console(file=text, highlight=False, width=WIDTH))
    return console(text.getvalue())


def _outputs(checked: Checked) -> Mapping[str, str]:
    report = checked.report
    scores = {
        output: score_text(report.scores.by_dimension.get(dimension))
        for dimension, output in SCORE_OUTPUTS.items()
    }
    return {
        "conclusion": str(checked.verdict.conclusion),
        "overall": score_text(report.scores.overall),
        **scores,
        "findings": str(len(report.findings)),
        "new-findings": str(sum(report.is_new(finding) for finding in report.findings)),
    }
