"""The one face of the database: everything that rooms may ask of it."""

from sqlalchemy import select

from p2a.store.agents import Agents
from p2a.store.calls import Calls
from p2a.store.intake import Intake
from p2a.store.leases import Leases
from p2a.store.ledger import Ledger
from p2a.store.recordings import Recordings
from p2a.store.shelf import Shelf
from p2a.store.tasks import Tasks
from p2a.store.waits import Waits


class Store(Intake, Leases, Waits, Tasks, Agents, Calls, Ledger, Shelf, Recordings):
    """The truth about workflows; `Store(engine, clock)` with a clock that returns aware times.

    Each method is one transaction, safe to call from several threads and processes at once.
    Every method may raise `StoreUnavailable`, and `ValueRefused` for a value that the database
    cannot hold. What takes a lease raises `LeaseLost` once the lease is not the newest.
    """

    def check(self) -> None:
        """Ask the database for a sign of life; raises StoreUnavailable when there is none."""
        with self._read() as connection:
            connection.execute(select(1))
