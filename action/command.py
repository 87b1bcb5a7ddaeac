"""The door of the action: the console script `p2a-action`, run by `action.yml`."""

import os
import sys
import traceback

from action.job import run_step
from action.runner import error_line

INTERNAL = 70
UNEXPECTED = "the check broke off by a fault of its own, so nothing is concluded: {error!r}"


def main() -> int:
    """Run the step; a fault of ours is an error of the step and never a success."""
    try:
        return run_step(os.environ, sys.stdout)
    except Exception as error:  # noqa: BLE001 (a door)
        traceback.print_exc()
        sys.stdout.write(error_line(UNEXPECTED.format(error=error)) + "\n")
        return INTERNAL


if __name__ == "__main__":
    sys.exit(main())
