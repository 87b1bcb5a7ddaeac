"""Pages of a list and the Link header that leads through them; no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

DEFAULT_PER_PAGE = 30
MOST_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class PageOf:
    """Which part of a list was asked for."""

    number: int
    size: int
    total: int

    @classmethod
    def asked(cls, query: Mapping[str, str], *, total: int) -> "PageOf":
        """Read `page` and `per_page`; what is no sensible number counts as not given."""
        number = _positive(query.get("page"), default=1)
        size = min(_positive(query.get("per_page"), default=DEFAULT_PER_PAGE), MOST_PER_PAGE)
        return cls(number, size, total)

    @property
    def start(self) -> int:
        """Return the index of the first shown."""
        return (self.number - 1) * self.size

    @property
    def stop(self) -> int:
        """Return the index behind the last shown."""
        return self.start + self.size

    @property
    def last(self) -> int:
        """Return the number of the last page."""
        return max(1, -(-self.total // self.size))


def _positive(text: str | None, *, default: int) -> int:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:
        return default
    return int(text) or default


def link_header(address: str, *, query: Mapping[str, str], page: PageOf) -> str:
    """Return the value of the Link header, empty where there is one page only."""
    if page.last == 1:
        return ""
    targets: list[tuple[str, int]] = []
    if page.number > 1:
        targets.append(("prev", min(page.number - 1, page.last)))
    if page.number < page.last:
        targets += [("next", page.number + 1), ("last", page.last)]
    if page.number > 1:
        targets.append(("first", 1))
    return ", ".join(
        f'<{address}?{urlencode({**query, "page": number})}>; rel="{relation}"'
        for relation, number in targets
    )
