"""What the store answers beyond the domain's nouns, as frozen values; no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from p2a.effects import Performed


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of a delivery."""

    workflow_id: str
    is_new: bool
    """False for a repeat: the same delivery, or another delivery of the same command."""


@dataclass(frozen=True, slots=True)
class EffectState:
    """What the ledger knows about an effect that is about to happen."""

    is_retry: bool
    """An intent without a result stood there: look on GitHub before doing it again."""
    done: Performed | None
    """The result of an earlier try; nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that a workflow left for people."""

    workflow_id: str
    name: str
    media_type: str
    content: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """A stored quality assessment; a score of None was not measured and `reasons` says why."""

    workflow_id: str
    task_id: int
    scores: Mapping[str, float | None]
    reasons: Mapping[str, str]
    feedback: str
    recommendations: tuple[str, ...]
    assessed_at: datetime
    assessed_by: str


@dataclass(frozen=True, slots=True)
class StoredGraph:
    """The code context graph of a workflow, as the JSON values that were put in."""

    workflow_id: str
    nodes: list[Any]
    edges: list[Any]
    metadata: dict[str, Any]
    complexity_metrics: dict[str, Any]
    dependencies: dict[str, Any]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Spent:
    """What was used by now: by the workflow since its budget began, and today, UTC, all in all."""

    workflow_usd: float = 0.0
    repository_usd: float = 0.0
    actor_usd: float = 0.0
    repository_calls: int = 0
    actor_calls: int = 0


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One call of a model; `cost_usd` None where the price is not known."""

    id: int
    agent: str
    model: str
    outcome: str
    """`begun` until it is settled, then `answered` or an error's code."""
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    is_estimated: bool
    begun_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordPart:
    """A part of a workflow's record: compressed events, or a pack of git objects."""

    name: str
    content: bytes
