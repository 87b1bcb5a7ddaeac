"""A process that is a pool of workers at a quick pace: `pool_main.py CONCURRENCY [burst]`."""

import logging
import os
import sys
from datetime import UTC, datetime

from p2a.queue.pool import run_worker
from p2a.queue.worker import Pace
from p2a.settings import Settings

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    run_worker(
        Settings.from_environ(os.environ),
        clock=lambda: datetime.now(UTC),
        concurrency=int(sys.argv[1]),
        burst="burst" in sys.argv,
        pace=Pace(heartbeat=1, worker_ttl=16, maintenance=1, sweep=0.2, respawn=0.2),
    )
