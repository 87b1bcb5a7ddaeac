"""The whole road in real processes: playground, scripted model, web door, workers, queue, database."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from playground.demo import DEFAULT_COMMENT, read_issue
from playground.sample import make_sample, sample_issue, sample_script
from playground.stage import Cast, Stage
from tests.contract.playground_contract import assert_contract

PATIENCE_SECONDS = 150.0
SETTINGS = {"P2A_PROGRESS_SECONDS": "0.2", "P2A_LEASE_SECONDS": "6"}


def eventually(condition: Callable[[], Any], what: str, stage: Stage | None = None) -> Any:
    """Return the first true value of a condition."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    logs = {} if stage is None else {name: stage.last_words(name) for name in stage.processes}
    raise AssertionError(f"never came: {what}\n" + "\n".join(f"{k}:\n{v}" for k, v in logs.items()))


class Road:
    """A stage with the sample repository, and what its user does and sees."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.client: httpx.Client = stage.client()

    def close(self) -> None:
        """End everything, and hold the whole traffic to GitHub's description; once."""
        self.client.close()
        try:
            assert_contract(self.stage.playground)
        finally:
            self.stage.__exit__(None, None, None)

    def ask(self, comment: str = DEFAULT_COMMENT) -> int:
        """Open the sample's issue, comment on it, and return the comment's id."""
        issue = read_issue(sample_issue())
        made = self.post("/issues", {"title": issue.title, "body": issue.body})
        return int(self.post(f"/issues/{made['number']}/comments", {"body": comment})["id"])

    def end_of(self, comment_id: int) -> str:
        """Wait for the last reaction to a command and return it."""
        return str(
            eventually(
                lambda: self.last_reaction(comment_id), "the end of the workflow", self.stage
            )
        )

    def last_reaction(self, comment_id: int) -> str:
        reactions = self.get(f"/issues/comments/{comment_id}/reactions")
        ends = [one["content"] for one in reactions if one["content"] in {"rocket", "confused"}]
        return str(ends[0]) if ends else ""

    def bot_comments(self, number: int = 1) -> list[str]:
        found = self.get(f"/issues/{number}/comments")
        return [one["body"] for one in found if one["user"]["type"] == "Bot"]

    def pulls(self) -> list[dict[str, Any]]:
        return list(self.get("/pulls?state=all"))

    def get(self, path: str) -> Any:
        return self.client.get(path).raise_for_status().json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.client.post(path, json=body).raise_for_status().json()


@pytest.fixture
def make_road(tmp_path: Path) -> Iterator[Callable[..., Road]]:
    """Return a maker of roads; after the test each one's whole traffic is held to the contract."""
    opened: list[Road] = []

    def make(**settings: str) -> Road:
        source = tmp_path / f"sample-{len(opened)}"
        make_sample(source)
        cast = Cast(source=source, full_name="acme/uploader", script=sample_script())
        stage = Stage(
            cast=cast,
            folder=tmp_path / f"stage-{len(opened)}",
            environ=os.environ,
            settings={**SETTINGS, **settings},
        )
        stage.__enter__()
        opened.append(Road(stage))
        return opened[-1]

    yield make
    for road in opened:
        if not road.client.is_closed:
            road.close()


@pytest.fixture
def road(make_road: Callable[..., Road]) -> Road:
    """Return a road with its web door open and no worker yet."""
    made = make_road()
    made.stage.start_bot()
    return made
