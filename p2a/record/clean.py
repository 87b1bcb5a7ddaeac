"""Takes secrets out of what is recorded; no I/O."""

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Any

from p2a.secret_forms import find_secrets

SHORTEST = 8
"""Characters; a shorter value would be found in every second word."""
_SIGNATURE = re.compile(r"(?<=signature=)[0-9a-f]{64}")
"""Of our own links to files: who has it may read them."""
STAR = "*"
_BASE64 = "base64"


class Cleaner:
    """Takes out known values, all that has the form of a secret, and the signatures of our links."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: list[str] = []
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """Take this value out from now on."""
        if len(secret) >= SHORTEST and secret not in self._secrets:
            # The longest first: one may be a part of another.
            self._secrets = sorted([*self._secrets, secret], key=len, reverse=True)

    def text(self, text: str) -> str:
        """Return a text with a star for each character of a secret: its length decides things, too.

        Tokens are estimated by it, and long texts are cut by it.
        """
        for secret in self._secrets:
            text = text.replace(secret, STAR * len(secret))
        text = _SIGNATURE.sub(lambda found: STAR * len(found[0]), text)
        for found in list(find_secrets(text)):
            text = f"{text[: found.start]}{STAR * (found.end - found.start)}{text[found.end :]}"
        return text

    def value(self, value: Any) -> Any:
        """Return JSON with every text in it cleaned; names stay."""
        match value:
            case str():
                return self.text(value)
            case dict():
                return self._object(value)
            case list() | tuple():
                return [self.value(item) for item in value]
            case _:
                return value

    def _object(self, value: dict[str, Any]) -> dict[str, Any]:
        cleaned = {str(name): self.value(item) for name, item in value.items()}
        if value.get("encoding") == _BASE64 and isinstance(value.get("content"), str):
            cleaned["content"] = self._encoded(value["content"])
        return cleaned

    def _encoded(self, content: str) -> str:
        """Clean a text that GitHub sends as base64, which hides secrets from every other look."""
        try:
            text = base64.b64decode(content).decode("utf-8")
        except (binascii.Error, ValueError):
            return content
        cleaned = self.text(text)
        return content if cleaned == text else base64.b64encode(cleaned.encode()).decode("ascii")
