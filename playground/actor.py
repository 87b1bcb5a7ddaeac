"""Who makes a request, as the credentials say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ActorKind(StrEnum):
    """The four kinds of callers."""

    ANONYMOUS = "anonymous"
    USER = "user"
    APP = "app"
    INSTALLATION = "installation"


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller; for an installation the account is the App's bot."""

    kind: ActorKind
    account_id: int | None = None
    app_id: int | None = None
    installation_id: int | None = None
    permissions: Mapping[str, str] = field(default_factory=dict)
    """An installation token's permissions: `read`, `write` or `admin` by name."""
    repository_ids: frozenset[int] = frozenset()
    """The repositories that an installation token reaches."""
    token_id: int | None = None

    @property
    def is_installation(self) -> bool:
        """Whether an installation token was shown."""
        return self.kind is ActorKind.INSTALLATION

    @property
    def limited_as(self) -> str:
        """Return the name under which its requests are counted."""
        return f"{self.kind}:{self.installation_id or self.account_id or self.app_id or 0}"


ANONYMOUS = Actor(ActorKind.ANONYMOUS)
