"""Every error that crosses a module border, as one tree; each says what, why and what to do next.

P2AError
├── ConfigurationInvalid       a setting or a repository's `.p2a.yml` cannot be used
├── EnvironmentMissing         the machine lacks something we need
│   └── SandboxUnavailable     nothing here can isolate foreign code
├── GitFailed                  the git program answered with an error or ran out of time
│   └── GitUnreachable         a fetch did not come through; it may another time
├── StoreUnavailable           the database did not answer
├── QueueUnavailable           Redis or Valkey did not answer
├── GitHubError                GitHub refused or could not be reached
│   ├── GitHubUnauthorized     401: the token or the App key is not accepted
│   ├── GitHubForbidden        403: a permission is missing
│   ├── GitHubNotFound         404 or 410
│   ├── GitHubInvalid          422: GitHub did not accept the values
│   │   └── BranchMoved        a branch is not any more where a commit was to be added
│   ├── GitHubRateLimited      403 or 429 with a limit: wait `retry_after` seconds
│   └── GitHubUnavailable      5xx, time-out, connection lost
├── ModelError                 the model could not be asked or did not answer usefully
│   ├── ModelUnavailable       quota, 5xx, time-out, connection lost
│   ├── ModelRefused           a safety block
│   └── ModelOutputInvalid     the answer is not of the asked form, repair included
├── EditRefused                a path or an edit outside of what a change may touch
├── LeaseLost                  another worker owns this workflow now
├── WorkflowCancelled          a user asked for the end of it
└── DeadlineExceeded           the workflow used up its time
"""

from typing import Any, ClassVar


class P2AError(Exception):
    """An error that a person can act on: `what` happened, `why`, and the `next_step`."""

    code: ClassVar[str] = "internal"
    """A stable word for logs, API answers and tests."""
    exit_code: ClassVar[int] = 70
    """What the `p2a` command exits with."""
    transient: ClassVar[bool] = False
    """Whether the same call may succeed later without anybody changing anything."""

    def __init__(self, what: str, *, why: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.next_step = next_step

    def __str__(self) -> str:
        """Return the three parts as one paragraph."""
        parts = [self.what.rstrip("."), self.why.rstrip("."), self.next_step.rstrip(".")]
        text = ". ".join(part for part in parts if part)
        return text if text.endswith("?") else f"{text}."

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by state, so that the keyword arguments survive a process border."""
        return _rebuild, (type(self), self.__dict__)


def _rebuild(kind: type[P2AError], state: dict[str, Any]) -> P2AError:
    error = kind.__new__(kind)
    Exception.__init__(error, state["what"])
    error.__dict__.update(state)
    return error


class ConfigurationInvalid(P2AError):
    """A setting or a repository's `.p2a.yml` cannot be used."""

    code = "configuration-invalid"
    exit_code = 3


class EnvironmentMissing(P2AError):
    """The machine lacks something we need."""

    code = "environment-missing"
    exit_code = 4


class SandboxUnavailable(EnvironmentMissing):
    """Nothing on this machine can isolate foreign code, so none is run."""

    code = "sandbox-unavailable"


class GitFailed(P2AError):
    """The git program answered with an error or ran out of time."""

    code = "git-failed"
    exit_code = 5


class GitUnreachable(GitFailed):
    """A fetch did not come through: the network, the server or a limit; it may another time."""

    code = "git-unreachable"
    transient = True


class StoreUnavailable(P2AError):
    """The database did not answer."""

    code = "store-unavailable"
    exit_code = 5
    transient = True


class QueueUnavailable(P2AError):
    """Redis or Valkey did not answer."""

    code = "queue-unavailable"
    exit_code = 5
    transient = True


class GitHubError(P2AError):
    """GitHub refused a request or could not be reached; `status` is the HTTP status, 0 for none."""

    code = "github"
    exit_code = 5

    def __init__(self, what: str, *, why: str = "", next_step: str = "", status: int = 0) -> None:
        super().__init__(what, why=why, next_step=next_step)
        self.status = status


class GitHubUnauthorized(GitHubError):
    """401: the token or the App key is not accepted."""

    code = "github-unauthorized"


class GitHubForbidden(GitHubError):
    """403: a permission is missing."""

    code = "github-forbidden"


class GitHubNotFound(GitHubError):
    """404 or 410: it is not there, or the token may not see it."""

    code = "github-not-found"


class GitHubInvalid(GitHubError):
    """422: GitHub did not accept the values; the same request fails again."""

    code = "github-invalid"


class BranchMoved(GitHubInvalid):
    """A branch is not any more where a commit was to be added."""

    code = "branch-moved"


class GitHubRateLimited(GitHubError):
    """A primary or secondary rate limit: nothing may be sent for `retry_after` seconds."""

    code = "github-rate-limited"
    transient = True

    def __init__(
        self, what: str, *, retry_after: float, why: str = "", next_step: str = "", status: int = 0
    ) -> None:
        super().__init__(what, why=why, next_step=next_step, status=status)
        self.retry_after = retry_after


class GitHubUnavailable(GitHubError):
    """5xx, a time-out or a lost connection: whether a write was done is unknown."""

    code = "github-unavailable"
    transient = True


class ModelError(P2AError):
    """The model could not be asked or did not answer usefully."""

    code = "model"
    exit_code = 5


class ModelUnavailable(ModelError):
    """Quota, 5xx, time-out or a lost connection, after our own retries."""

    code = "model-unavailable"
    transient = True


class ModelRefused(ModelError):
    """A safety block: the vendor's filter stopped the prompt or the answer."""

    code = "model-refused"


class ModelOutputInvalid(ModelError):
    """The answer is not of the asked form, also after the repair calls."""

    code = "model-output-invalid"


class EditRefused(P2AError):
    """A path or an edit outside of what a change may touch; nothing was written."""

    code = "edit-refused"
    exit_code = 1


class LeaseLost(P2AError):
    """Another worker owns this workflow now; this one must stop without a further effect."""

    code = "lease-lost"
    exit_code = 75
    transient = True


class WorkflowCancelled(P2AError):
    """A user asked for the end of the workflow."""

    code = "workflow-cancelled"
    exit_code = 1


class DeadlineExceeded(P2AError):
    """The workflow used up its time."""

    code = "deadline-exceeded"
    exit_code = 1
