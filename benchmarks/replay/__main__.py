"""Records workflows on the playground, replays each from its record alone, and prints a table.

    python -m benchmarks.replay [--only WORD] [--keep DIR]

Exit code 1 when a workflow ends in another state than expected, a replay differs or a record holds a secret.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.replay.scenarios import SCENARIOS, TOKEN, Scenario, script
from benchmarks.replay.stage import Stage
from p2a.record.archive import members_of, to_zip, write_folder
from p2a.record.form import Record
from p2a.scratch import scratch
from playground.sample import make_sample
from worker.replay.replayer import Replayed, replay


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a scenario."""

    scenario: Scenario
    record: Record
    ending: str
    replayed: Replayed
    seconds: tuple[float, float]
    """To record, to replay."""
    leaked: bool

    @property
    def is_good(self) -> bool:
        """Whether it is as it should be."""
        return self.ending == self.scenario.ending and self.replayed.is_equal and not self.leaked


def main(arguments: Sequence[str]) -> int:
    """Play the scenarios and tell what came of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay")
    parser.add_argument(
        "--only",
        default="",
        help="only scenarios whose name holds one of these words, with commas between",
    )
    parser.add_argument("--keep", type=Path, help="keep the records here, as folders")
    options = parser.parse_args(arguments)
    words = options.only.split(",")
    chosen = [one for one in SCENARIOS if any(word in one.name for word in words)]
    console = Console(width=150)
    results = []
    with scratch("bench") as folder:
        make_sample(folder / "sample")
        for scenario in chosen:
            result = play(scenario, folder, folder / "sample")
            results.append(result)
            tell(result, console)
            if options.keep is not None:
                write_folder(result.record, options.keep / scenario.name.replace(" ", "-"))
    console.print(table_of(results))
    good = sum(result.is_good for result in results)
    console.print(f"{good} of {len(results)} workflows replay byte-equal")
    return 0 if good == len(results) else 1


def play(scenario: Scenario, folder: Path, sample: Path) -> Result:
    """Record a scenario and replay it after everything around it is gone."""
    place = folder / scenario.name.replace(" ", "-").replace("'", "")
    place.mkdir()
    began = time.monotonic()
    with Stage(
        folder=place,
        sample=sample,
        script=script(**scenario.script),
        model=scenario.model,
        environ=scenario.environ,
    ) as stage:
        workflow = scenario.play(stage)
        record = stage.record(workflow)
        ending = stage.store.workflow(workflow).status.value
        secrets = [*stage.secrets(), TOKEN]
    recorded = time.monotonic()
    replayed = replay(record)
    lines = members_of(record)["record.jsonl"].decode("ascii")
    return Result(
        scenario,
        record,
        ending,
        replayed,
        (recorded - began, time.monotonic() - recorded),
        any(secret in lines for secret in secrets),
    )


def tell(result: Result, console: Console) -> None:
    """Say at once what came of one."""
    word = "equal" if result.is_good else "BAD"
    console.print(f"{word}: {result.scenario.name}: {result.ending}", markup=False)
    if result.replayed.difference is not None:
        console.print("\n".join(result.replayed.difference.lines()), markup=False)
    if result.leaked:
        console.print("its record holds a secret")


def table_of(results: Sequence[Result]) -> Table:
    """Return the results as a table."""
    table = Table()
    for name in ("workflow", "ends as", "tries", "events", "GitHub", "models", "tools", "commands"):
        table.add_column(name, justify="left" if name in {"workflow", "ends as"} else "right")
    for name in ("KB", "recorded s", "replayed s", "replay"):
        table.add_column(name, justify="right")
    for one in results:
        kinds = one.replayed.events
        counts = [str(kinds.get(kind, 0)) for kind in ("github", "model", "tool", "command")]
        table.add_row(
            one.scenario.name,
            one.ending,
            str(one.replayed.tries),
            str(len(one.record.events)),
            *counts,
            f"{len(to_zip(one.record)) / 1024:.0f}",
            f"{one.seconds[0]:.1f}",
            f"{one.seconds[1]:.1f}",
            "equal" if one.replayed.is_equal else "differs",
        )
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
