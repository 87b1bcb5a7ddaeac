"""Addresses of everything, built on the playground's own web base; no I/O."""

from dataclasses import dataclass
from urllib.parse import quote

API = "/api/v3"
"""Where the REST API lies below the web base, as on a GitHub Enterprise server."""


@dataclass(frozen=True, slots=True)
class Links:
    """Builds web, REST and git addresses that all have the base's host, port and prefix."""

    base: str
    """The web base without a slash at its end, for example `http://127.0.0.1:4100`."""

    def html(self, path: str = "") -> str:
        """Return a page's address; `path` is quoted as a path."""
        return _join(self.base, path)

    def api(self, path: str = "") -> str:
        """Return a REST address; `path` is quoted as a path."""
        return _join(f"{self.base}{API}", path)

    def pattern(self, path: str) -> str:
        """Return a REST address with `{...}` left as it is (a URI template)."""
        return _join(f"{self.base}{API}", path, safe="/{}?=&,")

    def avatar(self, account_id: int) -> str:
        """Return the address of an account's picture."""
        return self.html(f"avatars/u/{account_id}")

    def clone(self, full_name: str) -> str:
        """Return the address to clone from over HTTP."""
        return self.html(f"{full_name}.git")

    def host(self) -> str:
        """Return the base without its scheme."""
        return self.base.partition("://")[2]


def _join(base: str, path: str, *, safe: str = "/") -> str:
    # A file may well be called `a#b?.py`: what callers add behind a path, they add themselves.
    quoted = quote(path, safe=safe + "@:,+~!$'()*;-._")
    return f"{base}/{quoted.lstrip('/')}" if quoted else base


def node_id(kind: str, id: int | str) -> str:
    """Return the opaque global name of an object, as readable as GitHub's old ones were."""
    return f"{kind}_{id}"


@dataclass(frozen=True, slots=True)
class RepositoryLinks:
    """Addresses below one repository."""

    links: Links
    full_name: str

    def api(self, path: str = "") -> str:
        """Return a REST address below the repository."""
        return self.links.api(f"repos/{self.full_name}/{path}".rstrip("/"))

    def html(self, path: str = "") -> str:
        """Return a page's address below the repository."""
        return self.links.html(f"{self.full_name}/{path}".rstrip("/"))
