"""What the git protocol needs to know of a push: which references it moves; no I/O."""

import re
import zlib
from dataclasses import dataclass, field

LONGEST_LINE = 65520
COMMAND = re.compile(rb"([0-9a-f]{40}) ([0-9a-f]{40}) ([^\0\n]+)")


@dataclass(frozen=True, slots=True)
class Wish:
    """One reference that a push wants moved."""

    ref: str
    before: str
    after: str


@dataclass(slots=True)
class WishReader:
    """Reads a push's list of references from the head of its body as it streams by."""

    wishes: list[Wish] = field(default_factory=list)
    _rest: bytes = b""
    _done: bool = False

    def feed(self, data: bytes) -> None:
        """Take the next piece of the body; what follows the list is not looked at."""
        if self._done:
            return
        self._rest += data
        while not self._done and len(self._rest) >= 4:
            length = _length(self._rest[:4])
            if length is None or length < 4:
                self._done = True
            elif len(self._rest) < length:
                return
            else:
                self._read(self._rest[4:length])
                self._rest = self._rest[length:]
        if self._done:
            self._rest = b""

    def _read(self, line: bytes) -> None:
        found = COMMAND.match(line)
        if found is not None:
            before, after, ref = (part.decode("utf-8", "replace") for part in found.groups())
            self.wishes.append(Wish(ref=ref, before=before, after=after))


@dataclass(slots=True)
class Unzipper:
    """Inflates a gzip body piece by piece."""

    _inflate: "zlib._Decompress" = field(default_factory=lambda: zlib.decompressobj(31))

    def feed(self, data: bytes) -> bytes:
        """Return what the next piece inflates to.

        Raises:
            ValueError: the body is no gzip.
        """
        try:
            return self._inflate.decompress(data)
        except zlib.error as error:
            raise ValueError("the body is no gzip") from error


def _length(digits: bytes) -> int | None:
    try:
        length = int(digits, 16)
    except ValueError:
        return None
    return length if length <= LONGEST_LINE else None
