"""The pinned requirements: pip must be able to install them by their hashes, whatever is released later."""

import re
from importlib.metadata import distribution, distributions
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "requirements"
PIN = re.compile(r"^([a-z0-9.-]+)(?:\[([a-z0-9, _-]+)\])?==", re.MULTILINE)
LOCKED = re.compile(
    r"[a-z0-9.-]+(?:\[[a-z0-9, _-]+\])?==[A-Za-z0-9.+!]+(?: ; [^#]+?)?(?:\s+--hash=sha256:[0-9a-f]{64})+"
)
EXPECTED = {
    ("coverage", "a1_coverage.pth"),  # does nothing unless COVERAGE_PROCESS_START is set
    # For the tests alone: the deprecated SDK shares the folder `google` with others.
    ("google-generativeai", "google_generativeai-0.8.6-py3.13-nspkg.pth"),
    ("prompt2action", "_editable_impl_prompt2action.pth"),
    ("setuptools", "distutils-precedence.pth"),
}
"""What Python runs or reads at every start, by the wheel that brings it."""
NEED = re.compile(r"^([A-Za-z0-9._-]+)\[([^\]]+)\]")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(path: Path) -> dict[str, set[str]]:
    found = PIN.findall(path.read_text(encoding="utf-8"))
    return {name: {extra.strip() for extra in extras.split(",")} for name, extras in found}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_requirements__name_the_extras_that_pinned_packages_need(path: Path) -> None:
    pins = pinned(path)
    missing = []
    for one in distributions():
        if normal(one.name) not in pins:
            continue
        for requirement in one.requires or ():
            need = NEED.match(requirement)
            if need is None or "extra ==" in requirement:
                continue
            wanted = {extra.strip() for extra in need[2].split(",")}
            if not wanted <= pins.get(normal(need[1]), wanted):
                missing.append(f"{one.name} needs {need[0]}")
    assert missing == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_requirements__name_what_has_extras_without_them_as_well(path: Path) -> None:
    found = PIN.findall(path.read_text(encoding="utf-8"))
    plain = {name for name, extras in found if not extras}
    assert {name for name, extras in found if extras} <= plain


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_a17__every_requirement_is_pinned_and_hashed(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("\\\n", "")
    wrong = [line for line in text.splitlines() if line and not LOCKED.fullmatch(line)]
    assert wrong == []


@pytest.mark.parametrize("name", ["bot", "all"])
def test_a17__what_is_deployed_has_no_wheel_with_code_that_runs_at_every_start(name: str) -> None:
    pins = pinned(FOLDER / f"{name}.txt")
    assert {wheel for wheel, _ in EXPECTED} & set(pins) <= {"coverage", "setuptools"}


def test_a17__no_requirement_names_an_index() -> None:
    named = [
        path.name
        for path in FOLDER.iterdir()
        if re.search(r"^--|https?://", path.read_text(), re.M)
    ]
    assert named == []


def test_a17__no_wheel_brings_code_that_runs_at_every_start() -> None:
    found = {
        (normal(one.name), file.name)
        for one in distributions()
        for file in one.files or ()
        if file.name.endswith(".pth") or file.name in {"sitecustomize.py", "usercustomize.py"}
    }
    assert found - EXPECTED == set()


def test_a17__nothing_runs_at_every_start_that_no_wheel_brought() -> None:
    ours = distribution("prompt2action").locate_file("")
    folder = Path(str(ours))
    owned = {name for _, name in EXPECTED}
    assert {path.name for path in folder.glob("*.pth")} <= owned
