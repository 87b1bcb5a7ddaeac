"""Whether webhook payloads keep to GitHub's published webhook schemas."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.contract.schema import Shapes

DESCRIPTION = Path(__file__).with_name("github-webhooks.json")


class HookContract:
    """The webhook description, ready to check payloads against."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.source: str = document["info"]["x-source"]
        self.events: Mapping[str, Any] = document["webhooks"]
        # OpenAPI 3.1 is JSON Schema already.
        self._shapes = Shapes(document["components"]["schemas"], lambda schema: schema)

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> "HookContract":
        """Read the committed cut, once."""
        return cls(json.loads(DESCRIPTION.read_text("utf-8")))

    def check(self, event: str, payload: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with the payload of an event, named as in `X-GitHub-Event`."""
        action = payload.get("action")
        words = event if action is None else f"{event}-{action}"
        name = words.replace("_", "-")
        if name not in self.events:
            return [f"GitHub describes no event {name}"]
        schema = self.events[name]["post"]["requestBody"]["content"]["application/json"]["schema"]
        return [f"{name}: {one}" for one in self._shapes.complaints(name, schema, payload)]
