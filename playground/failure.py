"""A refusal as GitHub words it: an exception that becomes an error answer."""

from collections.abc import Mapping, Sequence
from typing import Any

DOCUMENTATION = "https://docs.github.com/rest"
BAD_CREDENTIALS = "Bad credentials"
NOT_INTEGRATION = "Resource not accessible by integration"
NOT_ADMIN = "Must have admin rights to Repository."
REQUIRES_AUTHENTICATION = "Requires authentication"
PROBLEMS_PARSING = "Problems parsing JSON"


class Failure(Exception):
    """GitHub's answer to a request that cannot be served."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: Sequence[Mapping[str, Any] | str] = (),
        headers: Mapping[str, str] | None = None,
        documentation_url: str = DOCUMENTATION,
    ) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.documentation_url = documentation_url

    @property
    def body(self) -> dict[str, Any]:
        """Return the error document."""
        document: dict[str, Any] = {"message": self.message}
        if self.errors:
            document["errors"] = self.errors
        return document | {
            "documentation_url": self.documentation_url,
            "status": str(self.status),
        }


def not_found() -> Failure:
    """Return the 404 that also hides what the caller may not see."""
    return Failure(404, "Not Found")


def invalid(resource: str, code: str, *, field: str, message: str | None = None) -> Failure:
    """Return a 422 with one entry, for example `invalid("Issue", "missing_field", field="title")`."""
    error = {"resource": resource, "code": code, "field": field}
    if message is not None:
        error["message"] = message
    return Failure(422, "Validation Failed", errors=[error])


def wrong_request(detail: str) -> Failure:
    """Return the 422 for a body that has not the described form."""
    return Failure(422, f"Invalid request.\n\n{detail}")
