"""The server's settings: one frozen value read once from an environment mapping by a door."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from p2a.domain import AgentType
from p2a.environ import read_integer, read_url
from p2a.errors import ConfigurationInvalid
from p2a.model_settings import ModelSettings

DEFAULT_GITHUB_URL = "https://github.com"
WEAK_SECRETS = frozenset({"", "changeme", "secret", "password", "test", "webhook-secret"})
SHORTEST_SECRET = 8
"""Characters."""
SANDBOX_CHOICES = ("auto", "bubblewrap", "none")
ON_OR_OFF = ("on", "off")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set; `docs/configuration.md` lists the variables."""

    data_dir: Path
    database_url: str = field(repr=False)
    github_url: str = DEFAULT_GITHUB_URL
    app_id: int | None = None
    private_key: str | None = field(default=None, repr=False)
    webhook_secret: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)
    """None means the embedded Valkey in the data directory."""
    models: ModelSettings = field(default_factory=ModelSettings)
    sandbox: str = "auto"
    test_env: Path | None = None
    """A virtual environment for the sandbox; None means our own small toolbox of pytest."""
    package_index: str | None = field(default=None, repr=False)
    """Where packages for the sandbox come from, as pip takes it; None means that none are installed."""
    public_url: str | None = None
    agents_off: frozenset[str] = frozenset()
    """Names of agents that take part in no workflow, in lower case."""
    job_url: str | None = None
    """The page of the CI job that all this happens in, whose artifacts hold our files; no variable
    sets it, and a server has none."""
    repositories: tuple[str, ...] = ("*/*",)
    """Globs over `owner/name`; a delivery for another repository is ignored."""
    concurrency: int = 10
    workflow_seconds: int = 3600
    max_attempts: int = 3
    lease_seconds: int = 30
    """How long a worker that fell silent keeps its workflow."""
    progress_seconds: float = 5.0
    """The least time between two edits of a progress comment."""
    record: bool = True
    """Whether workflows are recorded, so that they can be looked into and replayed."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from an environment.

        Raises:
            ConfigurationInvalid: a value is not of its form; the message names the variable.
        """
        data_dir = Path(environ.get("P2A_DATA_DIR") or _default_data_dir(environ)).absolute()
        return cls(
            data_dir=data_dir,
            database_url=environ.get("P2A_DATABASE_URL") or f"sqlite:///{data_dir / 'p2a.db'}",
            github_url=read_url(environ, "P2A_GITHUB_URL") or DEFAULT_GITHUB_URL,
            app_id=read_integer(environ, "P2A_GITHUB_APP_ID"),
            private_key=_private_key(environ),
            webhook_secret=environ.get("P2A_WEBHOOK_SECRET") or None,
            redis_url=_redis_url(environ),
            models=ModelSettings.from_environ(environ),
            sandbox=_choice(environ, "P2A_SANDBOX", SANDBOX_CHOICES),
            test_env=Path(environ["P2A_TEST_ENV"]) if environ.get("P2A_TEST_ENV") else None,
            package_index=read_url(environ, "P2A_PACKAGE_INDEX"),
            public_url=read_url(environ, "P2A_PUBLIC_URL"),
            agents_off=_agents(environ.get("P2A_AGENTS_OFF", "")),
            repositories=_globs(environ.get("P2A_REPOSITORIES") or "*/*"),
            concurrency=read_integer(environ, "P2A_CONCURRENCY") or 10,
            workflow_seconds=read_integer(environ, "P2A_WORKFLOW_SECONDS") or 3600,
            max_attempts=read_integer(environ, "P2A_MAX_ATTEMPTS") or 3,
            lease_seconds=read_integer(environ, "P2A_LEASE_SECONDS") or 30,
            progress_seconds=_seconds(environ, "P2A_PROGRESS_SECONDS", 5.0),
            record=_choice(environ, "P2A_RECORD", ON_OR_OFF) == ON_OR_OFF[0],
        )

    @property
    def api_url(self) -> str:
        """Return the REST base: api.github.com for github.com, `<url>/api/v3` for any other."""
        if urlsplit(self.github_url).hostname == "github.com":
            return "https://api.github.com"
        return f"{self.github_url}/api/v3"

    def required_secret(self) -> str:
        """Return the webhook secret.

        Raises:
            ConfigurationInvalid: it is missing or one that anybody would guess.
        """
        secret = self.webhook_secret or ""
        if secret.strip().lower() in WEAK_SECRETS or len(secret) < SHORTEST_SECRET:
            raise ConfigurationInvalid(
                "P2A_WEBHOOK_SECRET is "
                + ("easy to guess or under 8 characters" if secret.strip() else "not set"),
                why="without a secret anybody could start workflows, so the server does not start",
                next_step="set it to the App's webhook secret, at least 8 characters, "
                "for example from: openssl rand -hex 32",
            )
        return secret

    def required_app(self) -> tuple[int, str]:
        """Return the App's id and private key (PEM).

        Raises:
            ConfigurationInvalid: one of them is missing.
        """
        if self.app_id is None or not self.private_key:
            raise ConfigurationInvalid(
                "the GitHub App is not configured",
                why="P2A_GITHUB_APP_ID and P2A_GITHUB_PRIVATE_KEY (or _FILE) are both needed",
                next_step="copy them from the App's settings page; `p2a doctor` checks them",
            )
        return self.app_id, self.private_key


def _default_data_dir(environ: Mapping[str, str]) -> Path:
    base = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME", "/tmp")) / ".local/share")  # noqa: S108 (a last resort, made 0700)
    return Path(base) / "p2a"


def _redis_url(environ: Mapping[str, str]) -> str | None:
    value = environ.get("P2A_REDIS_URL", "").strip()
    if value and urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        raise ConfigurationInvalid(
            "P2A_REDIS_URL is not an address of Redis",
            why="it must start with redis://, rediss:// or unix://",
            next_step="correct P2A_REDIS_URL, or leave it out for the embedded Valkey",
        )
    return value or None


def _seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    value = environ.get(name, "").strip()
    try:
        seconds = float(value) if value else default
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 86_400:
        raise ConfigurationInvalid(
            f"{name} is not a number of seconds: {value!r}", next_step=f"correct {name}"
        )
    return seconds


def _choice(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = environ.get(name, "").strip().lower() or choices[0]
    if value not in choices:
        raise ConfigurationInvalid(
            f"{name} is {value!r}", next_step=f"set it to one of: {', '.join(choices)}"
        )
    return value


def _globs(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _agents(value: str) -> frozenset[str]:
    known = {name.value.lower() for name in AgentType}
    found = frozenset(part.strip().lower() for part in value.split(",") if part.strip())
    if not found <= known:
        raise ConfigurationInvalid(
            f"P2A_AGENTS_OFF names {sorted(found - known)[0]!r}, which is no agent",
            next_step=f"name some of: {', '.join(sorted(known))}",
        )
    return found


def _private_key(environ: Mapping[str, str]) -> str | None:
    inline = environ.get("P2A_GITHUB_PRIVATE_KEY", "").strip()
    if inline:
        return inline.replace("\\n", "\n")
    path = environ.get("P2A_GITHUB_PRIVATE_KEY_FILE", "").strip()
    if not path:
        return None
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationInvalid(
            "P2A_GITHUB_PRIVATE_KEY_FILE cannot be read",
            why=f"{path}: {error}",
            next_step="give the path of the .pem file and let this user read it",
        ) from error
