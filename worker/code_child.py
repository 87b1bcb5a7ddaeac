"""The process of `worker.code_finder`: reads a request's text and writes the code that fits it.

It knows the library alone and reads the repository's files as data: none of them is imported or run.
"""

import gc
import json
import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ccg.cache import FactCache
from ccg.context.checkout import read_checkout, read_text
from ccg.context.facts import ANALYSER
from ccg.context.pick import Sharing, pick_context
from ccg.context.rank import rank

SHARING = Sharing(largest=0.3, best=0.7, imports=4)
"""A long function gives its place to several others, for an agent can read it by itself, unless it is
the best of all. What a file imports tells what its functions may name, and is often what a fix adds to.
Measured with `benchmarks/prompt_size.py`."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done, and how much it may take."""

    root: Path
    cache: Path
    tokens: int
    seconds: int
    """Of the processor."""
    memory_bytes: int

    @classmethod
    def read(cls, arguments: list[str]) -> Self:
        """Return the order that `arguments` wrote."""
        root, cache, *numbers = arguments
        return cls(Path(root), Path(cache), *map(int, numbers))

    def arguments(self) -> list[str]:
        """Return the order as arguments of a program."""
        numbers = (self.tokens, self.seconds, self.memory_bytes)
        return [str(self.root), str(self.cache), *map(str, numbers)]


def find_code(request: str, order: Order) -> str:
    """Return the functions and lines that fit as a JSON list, the best first.

    Raises:
        NothingToRead: the root is not a folder.
    """
    with FactCache(order.cache, analyser=ANALYSER) as cache:
        index = read_checkout(order.root, cache, named=request).index
    picks = pick_context(
        rank(request, index),
        index,
        budget=order.tokens,
        read_text=lambda path: read_text(order.root, path),
        sharing=SHARING,
    )
    rows = [
        {"path": p.path, "symbol": p.symbol, "start": p.start, "end": p.end, "text": p.text}
        for p in picks
    ]
    return json.dumps(rows)


def main() -> None:
    """Do what the arguments say with the request on standard input."""
    # Of an error only its name: its message may quote what strangers wrote.
    sys.excepthook = lambda kind, *_: sys.stderr.write(f"{kind.__name__}\n")
    order = Order.read(sys.argv[1:])
    # Also when nobody is left who would end us.
    resource.setrlimit(resource.RLIMIT_CPU, (order.seconds, order.seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (order.memory_bytes, order.memory_bytes))
    gc.disable()  # a short life with many small values that stay
    request = sys.stdin.buffer.read().decode("utf-8", "replace")
    sys.stdout.buffer.write(find_code(request, order).encode("ascii"))


if __name__ == "__main__":
    main()
