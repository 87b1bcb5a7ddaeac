"""The whole road on one machine: playground, scripted model, web door and workers, started and ended together."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Self

import httpx

from p2a.data_directory import make_data_directory
from p2a.errors import EnvironmentMissing
from p2a.extras import install_advice
from p2a.queue.embedded import stop_embedded
from playground.gemini import GeminiPeer
from playground.page.app import make_pages
from playground.server import Playground
from playground.world import Login

HOST = "127.0.0.1"
USER = "mona"
MODEL = "gemini/gemini-3-pro-preview"
MODEL_KEY = "a-key-for-the-scripted-model"
STOP_SECONDS = 10
START_SECONDS = 60
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "P2A_TEST_ENV", "no_proxy", "http_proxy", "https_proxy")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cast:
    """What is played: a repository, where it stands, and the model's script."""

    source: Path
    """A local git repository; its checked-out branch becomes the default branch."""
    full_name: str
    script: Path


@dataclass(slots=True)
class Stage:
    """Running parts; a context manager that ends all it started, by pid."""

    cast: Cast
    folder: Path
    environ: Mapping[str, str]
    """Where PATH and the like come from; settings of p2a in it are not passed on."""
    port: int = 0
    settings: Mapping[str, str] = field(default_factory=dict)
    """More settings for the processes, such as another database."""
    playground: Playground = field(init=False)
    peer: GeminiPeer = field(init=False)
    user: Login = field(init=False)
    processes: dict[str, subprocess.Popen[bytes]] = field(init=False, default_factory=dict)
    bot_url: str = field(init=False, default="")
    _closing: ExitStack = field(init=False, default_factory=ExitStack)
    _private_key: str = field(init=False, default="", repr=False)
    _app_id: int = field(init=False, default=0)
    _secret: str = field(init=False, default="", repr=False)

    def __enter__(self) -> Self:
        with ExitStack() as closing:
            self._closing = closing
            self._open()
            self._closing = closing.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.close()

    @property
    def data_dir(self) -> Path:
        """Return the data directory of bot and worker."""
        return self.folder / "data"

    def start_bot(self, name: str = "bot") -> None:
        """Start a web door and wait until it is ready.

        Raises:
            EnvironmentMissing: it did not become ready; its log's end says why.
        """
        port = self.bot_url.rpartition(":")[2]
        process = self._spawn(name, "serve", "--port", port)
        deadline = time.monotonic() + START_SECONDS
        while not _answers(f"{self.bot_url}/ready"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise EnvironmentMissing(
                    "the web door did not start",
                    why=self.last_words(name),
                    next_step=f"read {self.log(name)}",
                )
            time.sleep(0.05)

    def start_worker(self, name: str = "worker", *, concurrency: int = 2) -> int:
        """Start a worker and return its pid; it leads a process group of its own."""
        return self._spawn(name, "worker", "--concurrency", str(concurrency)).pid

    def kill(self, name: str) -> None:
        """End a process and its children as a power cut would: SIGKILL."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, name: str) -> None:
        """End a process politely, and harder when it does not end."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.processes[name] = process
            self.kill(name)

    def log(self, name: str) -> Path:
        """Return where a process writes its log."""
        return self.folder / f"{name}.log"

    def last_words(self, name: str, *, lines: int = 12) -> str:
        """Return the end of a process's log."""
        text = self.log(name).read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def client(self) -> httpx.Client:
        """Return a client of the playground's REST API as the user; close it after use."""
        headers = {"Authorization": f"Bearer {self.user.token}"}
        base = f"{self.playground.api_url}/repos/{self.cast.full_name}"
        return httpx.Client(base_url=base, headers=headers, timeout=30)

    def process_environ(self) -> dict[str, str]:
        """Return the environment of bot and worker: our settings, and nothing else of ours."""
        kept = {name: self.environ[name] for name in KEPT_VARIABLES if name in self.environ}
        return {
            **kept,
            "PYTHONSAFEPATH": "1",
            "P2A_DATA_DIR": str(self.data_dir),
            "P2A_GITHUB_URL": self.playground.url,
            "P2A_GITHUB_APP_ID": str(self._app_id),
            "P2A_GITHUB_PRIVATE_KEY": self._private_key,
            "P2A_WEBHOOK_SECRET": self._secret,
            "P2A_PUBLIC_URL": self.bot_url,
            "P2A_MODEL": MODEL,
            "P2A_MODEL_URL": self.peer.url,
            "GEMINI_API_KEY": MODEL_KEY,
            "P2A_PROGRESS_SECONDS": "1",
            **self.settings,
        }

    def _open(self) -> None:
        make_data_directory(self.data_dir)
        self.playground = self._closing.enter_context(
            Playground.start(port=self.port, pages=make_pages)
        )
        self.peer = self._closing.enter_context(GeminiPeer.start(self.cast.script, key=MODEL_KEY))
        self.bot_url = f"http://{HOST}:{_free_port()}"
        self._seed()
        self._closing.callback(stop_embedded, self.data_dir)
        self._closing.callback(self._stop_all)

    def _seed(self) -> None:
        world = self.playground.world
        owner, _, name = self.cast.full_name.partition("/")
        world.add_user(owner, "Organization")
        world.add_repository(owner, name, self.cast.source)
        self.user = world.add_user(USER)
        world.set_permission(self.cast.full_name, USER, "write")
        self._secret = token_hex(32)
        app = world.add_app(
            "p2a", webhook_url=f"{self.bot_url}/webhook", webhook_secret=self._secret
        )
        self._app_id, self._private_key = app.id, app.private_key_pem
        world.install(app, self.cast.full_name)

    def _spawn(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log(name).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 (our own command)
                [*p2a_command(), *arguments],
                env=self.process_environ(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes[name] = process
        return process

    def _stop_all(self) -> None:
        for name in list(self.processes):
            self.stop(name)


def p2a_command() -> Sequence[str]:
    """Return the `p2a` script of this very installation."""
    beside = Path(sys.executable).with_name("p2a")
    found = str(beside) if beside.exists() else shutil.which("p2a")
    if found is None:
        raise EnvironmentMissing(
            "the p2a command is not installed",
            why=f"it is neither beside {sys.executable} nor on the PATH",
            next_step=install_advice("all"),
        )
    return (found,)


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
