"""The guard of the whole suite: no test reaches a network or a real model."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.sample import make_sample
from tests.contract.summary import pytest_terminal_summary as pytest_terminal_summary

PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy")
OUTSIDE = {name: os.environ[name] for name in PROXIES if name in os.environ}
"""How the caller reaches the network; for pip in `tests/action/test_on_a_runner.py` and nobody else."""
MODEL_KEYS = frozenset({"GEMINI_API_KEY", "GOOGLE_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"})


class NetworkReached(RuntimeError):
    """A test tried to leave this machine."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the slowest folder: at the end it would keep one process busy alone."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)


def is_local(address: object) -> bool:
    """Tell whether a socket address stays on this machine."""
    if not isinstance(address, tuple):  # a unix socket's path
        return True
    host = str(address[0])
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Make every connection and name look-up outside of the loopback range an error.

    Child processes are out of this guard's reach: they get a proxy that refuses instead.
    """
    connect, connect_ex, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse(address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        _refuse((name or "localhost",))
        return look_up(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            patch.setenv(name, "http://127.0.0.1:9")
        patch.setenv("no_proxy", "127.0.0.1,localhost,::1")
        yield


def _refuse(address: object) -> None:
    if not is_local(address):
        raise NetworkReached(f"a test may not reach {address!r}")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a git repository of the sample, made once; tests only read it."""
    folder = tmp_path_factory.mktemp("sample")
    make_sample(folder)
    return folder


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the caller's keys and settings away, so that no test depends on or spends them."""
    for name in [name for name in os.environ if name.startswith("P2A_") or name in MODEL_KEYS]:
        monkeypatch.delenv(name)
