"""A bounded record of what a command printed: its head and its tail; no I/O."""

import re

_CUT = "\n[... {count} bytes of output not kept ...]\n"

# CSI, OSC (ended by BEL or ST), the other two-character escapes; each without nested repeats.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|\x1b[ -/]*[0-~]?"
    r"|\x9b[0-?]*[ -/]*[@-~]"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Output:
    """Collects bytes and keeps the first and the last half of `limit`."""

    def __init__(self, limit: int) -> None:
        self._head_room = max(limit // 2, 1)
        self._tail_room = max(limit - self._head_room, 1)
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = 0

    @property
    def truncated(self) -> bool:
        """Whether bytes were thrown away."""
        return self._dropped > 0

    def add(self, data: bytes) -> None:
        """Take the next bytes; memory stays within the limit and one read."""
        room = self._head_room - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        self._tail += data
        excess = len(self._tail) - self._tail_room
        if excess > 0:
            del self._tail[:excess]
            self._dropped += excess

    def text(self) -> str:
        """Return what was kept as clean text, with a note where bytes are missing."""
        if not self._dropped:
            return clean(bytes(self._head + self._tail))
        note = _CUT.format(count=self._dropped)
        return clean(bytes(self._head)) + note + clean(bytes(self._tail))


def clean(data: bytes) -> str:
    """Decode bytes and remove terminal escapes and control characters but newline and tab."""
    text = data.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", _ESCAPES.sub("", text))
