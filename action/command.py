"""The door of the action: the console script `p2a-action`, run by `action.yml`."""

import logging
import os
import sys
import traceback

from action.job import no_commands, run_step
from action.runner import error_line

INTERNAL = 70
UNEXPECTED = "the step broke off by a fault of its own, so nothing is concluded: {error!r}"
NOISY = ("alembic", "google_genai", "httpx", "httpx2")


def main() -> int:
    """Run the step; a fault of ours is an error of the step and never a success."""
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="p2a: %(message)s")
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        return run_step(os.environ, sys.stdout)
    except Exception as error:  # noqa: BLE001 (a door)
        with no_commands(sys.stdout):
            traceback.print_exc(file=sys.stdout)
        sys.stdout.write(error_line(UNEXPECTED.format(error=error)) + "\n")
        return INTERNAL


if __name__ == "__main__":
    sys.exit(main())
