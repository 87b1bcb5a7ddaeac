"""Addresses keep the base and quote what needs it."""

import pytest

from playground.shapes.links import Links, RepositoryLinks

BASE = "http://127.0.0.1:4100/github"
LINKS = Links(BASE)
BELOW = RepositoryLinks(LINKS, "ada/calc")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (LINKS.html(), BASE),
        (LINKS.html("ada"), f"{BASE}/ada"),
        (LINKS.api("/users/p2a[bot]"), f"{BASE}/api/v3/users/p2a%5Bbot%5D"),
        (LINKS.clone("ada/calc"), f"{BASE}/ada/calc.git"),
        (LINKS.pattern("repos/a/b/labels{/name}"), f"{BASE}/api/v3/repos/a/b/labels{{/name}}"),
        (LINKS.host(), "127.0.0.1:4100/github"),
        (BELOW.api(), f"{BASE}/api/v3/repos/ada/calc"),
        (BELOW.api("contents/a b/ü.py"), f"{BASE}/api/v3/repos/ada/calc/contents/a%20b/%C3%BC.py"),
        (BELOW.html("blob/main/a#b?.py"), f"{BASE}/ada/calc/blob/main/a%23b%3F.py"),
    ],
)
def test_links__keep_the_base(address: str, expected: str) -> None:
    assert address == expected
