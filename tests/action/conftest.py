"""A GitHub on this machine whose App `github-actions` gives jobs their tokens, and a scripted model."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from github import Auth, GithubIntegration

from playground.gemini import GeminiPeer
from playground.world import Login
from tests.fakes.town import BASE, FULL_NAME, Town, open_town
from tests.fakes.workshop import small_script, write_script

MODEL_KEY = "a-key-for-the-scripted-model"


@dataclass
class Hub:
    """The town, the model, and what people do and see there."""

    town: Town
    peer: GeminiPeer

    @property
    def environ(self) -> dict[str, str]:
        """Return what points a step at this GitHub and this model."""
        return {
            "P2A_GITHUB_URL": self.town.playground.url,
            "P2A_MODEL_URL": self.peer.url,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": FULL_NAME,
            "GITHUB_RUN_ID": "7",
            "no_proxy": "127.0.0.1",
        }

    def token(self, **permissions: str) -> str:
        """Return a job's token with these permissions, by default all that the App has."""
        auth = Auth.AppAuth(self.town.app.id, self.town.app.private_key_pem)
        api = self.town.playground.api_url
        with GithubIntegration(
            auth=auth, base_url=api, seconds_between_requests=0, seconds_between_writes=0
        ) as integration:
            given = dict(permissions) or None
            return integration.get_access_token(self.town.installation_id, given).token

    def open_issue(self) -> int:
        """Open an issue as a writer and return its number."""
        made = self.post("/issues", {"title": "Uploads are lost", "body": "It fails."})
        return int(made["number"])

    def comment(self, number: int, text: str, *, by: Login | None = None) -> dict[str, Any]:
        """Comment, and return the event of the job that this starts."""
        self.post(f"/issues/{number}/comments", {"body": text}, by=by)
        return self._last("issue_comment")

    def label(self, number: int, name: str) -> dict[str, Any]:
        """Put a label on an issue, and return the event of the job that this starts."""
        self.post(f"/issues/{number}/labels", {"labels": [name]})
        return self._last("issues")

    def bot_comments(self, number: int) -> list[str]:
        """Return what the job's App said on an issue."""
        found = self.get(f"/issues/{number}/comments")
        return [one["body"] for one in found if one["user"]["type"] == "Bot"]

    def get(self, path: str) -> Any:
        """Return what GitHub says to a writer."""
        return self.town.http(self.town.writer.token).get(BASE + path).raise_for_status().json()

    def post(self, path: str, body: Mapping[str, Any], *, by: Login | None = None) -> Any:
        """Do something as a writer or as somebody else."""
        client = self.town.http((by or self.town.writer).token)
        return client.post(BASE + path, json=body).raise_for_status().json()

    def _last(self, name: str) -> dict[str, Any]:
        # A job's event is a webhook's payload but for the installation.
        payload = dict(self.town.payloads_of(name)[-1])
        payload.pop("installation", None)
        return payload


@pytest.fixture
def hub(sample: Path, tmp_path: Path) -> Iterator[Hub]:
    """Return a started town with a scripted model."""
    with ExitStack() as closing:
        town = closing.enter_context(open_town(sample, app_name="github-actions"))
        script = write_script(tmp_path / "script.json", small_script())
        yield Hub(town, closing.enter_context(GeminiPeer.start(script, key=MODEL_KEY)))
