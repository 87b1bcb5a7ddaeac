"""The worker's own errors, below those of `p2a.errors`."""

from datetime import datetime
from typing import ClassVar

from p2a.errors import (
    EditRefused,
    GitFailed,
    GitHubUnavailable,
    ModelError,
    ModelUnavailable,
    P2AError,
)


class ModelQuotaExhausted(ModelUnavailable):
    """A quota that no waiting brings back, such as credit with the vendor."""

    code = "model-quota-exhausted"
    transient: ClassVar[bool] = False


class ModelLimited(ModelUnavailable):
    """A limit that lasts too long to be waited for in a call; the work goes on at `resume_at`."""

    code = "model-limited"

    def __init__(
        self, what: str, *, resume_at: datetime, why: str = "", next_step: str = ""
    ) -> None:
        super().__init__(what, why=why, next_step=next_step)
        self.resume_at = resume_at


def limited(what: str, *, resume_at: datetime, why: str = "") -> ModelLimited:
    """Return the error for a limit that ends at a known time."""
    return ModelLimited(
        what,
        resume_at=resume_at,
        why=why,
        next_step=f"the model can be asked again after {resume_at:%Y-%m-%d %H:%M} UTC",
    )


class BudgetReached(P2AError):
    """The money or the calls that a workflow may use are used up; what was done by now is kept."""

    code = "budget-reached"
    exit_code = 1


class ModelRejected(ModelError):
    """The vendor did not accept the request: a wrong key, an unknown model, too long a prompt."""

    code = "model-rejected"


class DeveloperStuck(ModelError):
    """The model made the same failing call again and again, and nothing was changed."""

    code = "developer-stuck"


class PermissionUnverified(GitHubUnavailable):
    """GitHub did not say what the user may do, so nothing was done for them."""

    code = "permission-unverified"


class FindingsUnknown(P2AError):
    """A check's findings were to be mended, and nobody knows them."""

    code = "findings-unknown"
    exit_code = 1


class GaveUp(P2AError):
    """Every try that a workflow has was used up."""

    code = "gave-up"
    exit_code = 1


class ChangeTooBig(EditRefused):
    """An edit would make the change bigger than one workflow's may be; nothing was written."""

    code = "change-too-big"


class NotOnForks(GitFailed):
    """The command does nothing on a pull request from a fork, however often it is given."""

    code = "not-on-forks"
