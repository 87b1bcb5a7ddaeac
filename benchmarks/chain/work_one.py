"""Works one stored workflow in this very process, for a profile: `work_one.py WORKFLOW`."""

import logging
import os
import sys

from p2a.settings import Settings
from worker.job import perform
from worker.model.open import preload

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    preload(Settings.from_environ(os.environ).models)
    perform(sys.argv[1])
