"""The pinned requirements: pip must be able to install them by their hashes, whatever is released later."""

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "requirements"
PIN = re.compile(r"^([a-z0-9.-]+)(?:\[([a-z0-9,_-]+)\])?==", re.MULTILINE)
NEED = re.compile(r"^([A-Za-z0-9._-]+)\[([^\]]+)\]")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(path: Path) -> dict[str, set[str]]:
    found = PIN.findall(path.read_text(encoding="utf-8"))
    return {name: set(extras.split(",")) for name, extras in found}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_requirements__name_the_extras_that_pinned_packages_need(path: Path) -> None:
    pins = pinned(path)
    missing = []
    for distribution in distributions():
        if normal(distribution.name) not in pins:
            continue
        for requirement in distribution.requires or ():
            need = NEED.match(requirement)
            if need is None or "extra ==" in requirement:
                continue
            wanted = {extra.strip() for extra in need[2].split(",")}
            if not wanted <= pins.get(normal(need[1]), wanted):
                missing.append(f"{distribution.name} needs {need[0]}")
    assert missing == []
