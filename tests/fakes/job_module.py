"""A stand-in for `worker.job`: claims its workflow, waits to be let go, ends it; leaves a trace.

Tests copy it to a folder that a worker process finds before the real one.
"""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from p2a.domain import WorkflowStatus
from p2a.store.engine import open_engine
from p2a.store.store import Store


def perform(workflow_id: str) -> None:
    """Do the work, in the sense above; FOLDER/go lets it end, FOLDER/crash makes it raise."""
    folder = Path(os.environ["JOB_FOLDER"])
    seconds = float(os.environ["JOB_LEASE_SECONDS"])
    engine = open_engine(os.environ["P2A_DATABASE_URL"], pooled=False)
    store = Store(engine, lambda: datetime.now(UTC))
    lease = store.claim(workflow_id, owner=str(os.getpid()), seconds=seconds)
    if lease is None:
        _trace(folder, f"unclaimed {os.getpid()} 0 {workflow_id}")
        return
    _trace(folder, f"begin {os.getpid()} {lease.token} {workflow_id}")
    while not (folder / "go").exists():
        if (folder / "crash").exists():
            raise RuntimeError("the job was told to crash")
        time.sleep(0.02)
        store.renew(lease, seconds=seconds)
    store.finish(lease, WorkflowStatus.COMPLETED, result={})
    _trace(folder, f"end {os.getpid()} {lease.token} {workflow_id}")


def _trace(folder: Path, line: str) -> None:
    with (folder / "trace").open("a", encoding="utf-8") as trace:
        trace.write(line + "\n")
