"""The worker's own errors, below those of `p2a.errors`."""

from typing import ClassVar

from p2a.errors import GitHubUnavailable, ModelError, ModelUnavailable, P2AError


class ModelQuotaExhausted(ModelUnavailable):
    """A quota that waiting minutes does not bring back, such as requests per day."""

    code = "model-quota-exhausted"
    transient: ClassVar[bool] = False


class ModelRejected(ModelError):
    """The vendor did not accept the request: a wrong key, an unknown model, too long a prompt."""

    code = "model-rejected"


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
