"""What the store can say no with, besides `StoreUnavailable` and `LeaseLost`.

P2AError
├── WorkflowUnknown    no workflow has this id
├── ValueRefused       a value does not fit the database, for example an id above 64 bits
└── SchemaTooNew       the database was migrated by a newer version of this program
"""

from p2a.errors import P2AError


class WorkflowUnknown(P2AError):
    """No workflow has this id."""

    code = "workflow-unknown"
    exit_code = 2


class ValueRefused(P2AError):
    """A value does not fit the database; the same call fails again."""

    code = "value-refused"
    exit_code = 2


class SchemaTooNew(P2AError):
    """The database was migrated by a newer version of this program; nothing was changed."""

    code = "schema-too-new"
    exit_code = 3
