"""A process that uses a store beside others: `store_main.py VERB URL START_FILE ARGUMENT`."""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from p2a.store.store import Store
from tests.fakes.workflows import new_delivery, new_workflow

THREADS = 8


def main() -> None:
    """Wait for the start file, then do what the verb says and print what came of it."""
    verb, url, start, argument = sys.argv[1:]
    engine = open_engine(url)
    store = Store(engine, lambda: datetime.now(UTC))
    print("ready", flush=True)  # noqa: T201 (the parent reads it)
    while not Path(start).exists():
        time.sleep(0.005)
    match verb:
        case "migrate":
            migrate(engine)
            outcome = "migrated"
        case "record":
            outcome = str(_record(store, int(argument)))
        case "claim":
            lease = store.claim(argument, owner="somebody", seconds=60)
            outcome = "nothing" if lease is None else f"token {lease.token}"
        case "key":
            outcome = store.signing_key().hex()
        case _:
            raise ValueError(verb)
    engine.dispose()
    print(outcome)  # noqa: T201


def _record(store: Store, times: int) -> int:
    """Record the same delivery from several threads and count how often it was new."""
    together = threading.Barrier(THREADS)

    def record(number: int) -> bool:
        if number < THREADS:
            together.wait()
        return store.record_delivery(new_delivery(), new_workflow()).is_new

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(record, range(times)))


if __name__ == "__main__":
    main()
