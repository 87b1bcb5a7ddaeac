"""Where a repository is fetched from: a URL that we build ourselves, and its token; no I/O."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from p2a.domain import Repository
from p2a.errors import ConfigurationInvalid

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Remote:
    """A URL for git, the one protocol it may use, and a token that never stands in the URL."""

    url: str
    protocol: str
    token: str | None = field(default=None, repr=False)

    @classmethod
    def on_github(cls, github_url: str, repository: Repository, *, token: str | None) -> "Remote":
        """Build the URL from the configured server and a checked owner and name.

        Nothing of a payload's own URLs is used, so no event can choose a host or a protocol.

        Raises:
            ConfigurationInvalid: the server's URL is not http or https.
        """
        parts = urlsplit(github_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise ConfigurationInvalid(
                "git cannot use the GitHub server's URL",
                why="it must be http or https, with a host and without a user name",
                next_step="correct P2A_GITHUB_URL",
            )
        base = github_url.rstrip("/")
        return cls(f"{base}/{repository.full_name}.git", parts.scheme, token)

    @classmethod
    def on_disk(cls, git_dir: Path) -> "Remote":
        """Return a repository of this machine, for a run on a local one."""
        return cls(git_dir.absolute().as_uri(), "file")

    @property
    def is_private_link(self) -> bool:
        """Whether nobody else can read what is sent: encrypted, or never leaving this machine."""
        return self.protocol != "http" or urlsplit(self.url).hostname in _LOOPBACK

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return every form of the token, for removing it from messages."""
        return (self.token, self._basic) if self.token else ()

    @property
    def _basic(self) -> str:
        return base64.b64encode(f"x-access-token:{self.token}".encode()).decode()

    def environment(self) -> Mapping[str, str]:
        """Return what git needs: the allowed protocol and, by variables, the token's header.

        The header is bound to this URL, so git sends it to no other address.
        """
        values = {"GIT_ALLOW_PROTOCOL": self.protocol}
        if self.token:
            values["GIT_CONFIG_COUNT"] = "1"
            values["GIT_CONFIG_KEY_0"] = f"http.{self.url}.extraHeader"
            values["GIT_CONFIG_VALUE_0"] = f"Authorization: Basic {self._basic}"
        return values
