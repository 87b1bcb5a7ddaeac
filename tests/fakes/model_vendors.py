"""The four protocols with a peer for each, so that one suite runs over all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from p2a.domain import AgentType
from p2a.model_settings import ModelSettings, Price
from playground.anthropic_peer import start_anthropic_peer
from playground.gemini import GeminiPeer
from playground.model_peer import ModelPeer
from playground.openai_peer import start_openai_peer
from tests.fakes.supervisor import FakeSupervisor
from tests.fakes.workshop import write_script
from worker.model.interface import Model
from worker.model.open import open_model
from worker.model.retry import RetryPolicy

KEY = "a-good-key"


@dataclass(frozen=True)
class Protocol:
    """A vendor, a model of it, its peer, and what it does in a way of its own."""

    vendor: str
    model: str
    start: Callable[..., ModelPeer]
    path: str = ""
    """What a client's base address has after the peer's."""
    streams: bool = False

    @property
    def name(self) -> str:
        """Return `vendor/model`."""
        return f"{self.vendor}/{self.model}"


PROTOCOLS = (
    Protocol("gemini", "gemini-3-pro-preview", GeminiPeer.start),
    Protocol("openai", "gpt-5", start_openai_peer, path="/v1"),
    Protocol("anthropic", "claude-sonnet-5", start_anthropic_peer, streams=True),
    # The SDK cannot carry the thought signatures that Gemini 3 asks for.
    Protocol("google-generativeai", "gemini-2.5-pro", GeminiPeer.start),
)


@dataclass
class Bench:
    """An opened model on its peers."""

    model: Model
    supervisor: FakeSupervisor
    peers: list[ModelPeer]

    @property
    def peer(self) -> ModelPeer:
        """Return the first peer."""
        return self.peers[0]

    def close(self) -> None:
        """End the peers, then the model."""
        for peer in self.peers:
            peer.stop()
        self.model.close()


def open_bench(
    folder: Path,
    *scripts: tuple[Protocol, list[dict[str, Any]]],
    key: str = KEY,
    seconds: float = 30.0,
    attempts: int = 3,
    prices: dict[str, Price] | None = None,
    supervisor: FakeSupervisor | None = None,
) -> Bench:
    """Start a peer for each protocol with its replies, and open their models in this order."""
    peers = []
    for number, (protocol, replies) in enumerate(scripts):
        full = [{"agent": "PLANNER", "turn": 0, **reply} for reply in replies]
        script = {"format": "p2a-script/1", "replies": full}
        path = write_script(folder / f"script-{number}.json", script)
        peers.append(protocol.start(path, key=KEY))
    protocols = [protocol for protocol, _ in scripts]
    settings = ModelSettings(
        names=tuple(protocol.name for protocol in protocols),
        keys={protocol.vendor: key for protocol in protocols},
        urls={
            protocol.vendor: peer.url + protocol.path
            for protocol, peer in zip(protocols, peers, strict=True)
        },
        prices=prices or {},
    )
    watcher = supervisor or FakeSupervisor()
    model = open_model(
        settings,
        watcher,
        AgentType.PLANNER,
        chance=lambda: 0.0,
        policy=RetryPolicy(attempts=attempts, longest_wait=30.0),
        seconds=seconds,
    )
    return Bench(model, watcher, peers)
