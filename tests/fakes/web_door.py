"""Real `p2a serve` processes that share one data directory, ended by their pids."""

import os
import socket
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx

from p2a.queue.embedded import stop_embedded
from playground.stage import p2a_command
from tests.fakes.webhooks import SECRET, sign

START_SECONDS = 60.0


@dataclass
class WebDoors:
    """As many web doors as a test wants, on ports of their own."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    urls: list[str] = field(default_factory=list)
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with ExitStack() as closing:
            closing.callback(stop_embedded, self.folder)
            for process in self._processes:
                closing.callback(process.wait, 30)
                closing.callback(process.terminate)

    def open(self) -> str:
        """Start one more web door and return its address once it is ready."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        environ = {
            "PATH": os.environ["PATH"],
            "P2A_DATA_DIR": str(self.folder),
            "P2A_WEBHOOK_SECRET": SECRET,
            **self.settings,
        }
        with (self.folder / f"serve-{port}.log").open("wb") as log:
            self._processes.append(
                subprocess.Popen(
                    [*p2a_command(), "serve", "--port", str(port)],
                    env=environ,
                    stdout=log,
                    stderr=log,
                )
            )
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + START_SECONDS
        while not _is_ready(url):
            said = (self.folder / f"serve-{port}.log").read_text(encoding="utf-8")
            assert time.monotonic() < deadline, said
            assert self._processes[-1].poll() is None, said
            time.sleep(0.05)
        self.urls.append(url)
        return url


def deliver(url: str, body: bytes, *, event: str = "issue_comment", guid: str = "g-1") -> int:
    """Send a signed delivery and return the answer's status."""
    headers = {
        "content-type": "application/json",
        "x-github-event": event,
        "x-github-delivery": guid,
        "x-hub-signature-256": sign(body),
    }
    return httpx.post(f"{url}/webhook", content=body, headers=headers, timeout=60).status_code


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ready", timeout=2).is_success
    except httpx.HTTPError:
        return False
