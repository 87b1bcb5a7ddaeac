"""Works one stored workflow in this very process and writes where its time went, as JSON.

python -m benchmarks.chain.work_one WORKFLOW FILE
"""

import json
import logging
import os
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.chain.overhead import PLACES
from benchmarks.chain.probe import Probe
from p2a.settings import Settings
from worker import job
from worker.model.open import preload


def main() -> None:
    """Do what the arguments say."""
    logging.basicConfig(level=logging.WARNING)
    preload(Settings.from_environ(os.environ).models)
    probe = Probe()
    probe.watch(PLACES)
    job.perform(sys.argv[1])
    taken = {label: asdict(one) for label, one in probe.taken.items()}
    Path(sys.argv[2]).write_text(json.dumps(taken), encoding="utf-8")


if __name__ == "__main__":
    main()
