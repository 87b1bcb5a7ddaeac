"""Each room can be imported alone, and the web process carries neither git nor a model SDK."""

import subprocess
import sys

import pytest

ROOMS = ("p2a", "ccg", "quality", "worker", "bot", "action", "playground")
DOORS = (
    "p2a.doctor.command",
    "ccg.command",
    "quality.command",
    "worker.command",
    "bot.command",
    "action.command",
    "playground.command",
)


def loaded_by(module: str) -> set[str]:
    """Return the names of all modules in a fresh interpreter after it imported `module`."""
    script = f"import sys, {module}; print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("room", ROOMS)
def test_room__is_importable_alone(room: str) -> None:
    others = set(ROOMS) - {room}
    assert others & loaded_by(room) == set()


@pytest.mark.parametrize("door", DOORS)
def test_door__is_importable_without_warnings(door: str) -> None:
    assert door in loaded_by(door)


@pytest.mark.parametrize("module", ["bot.command", "bot.app"])
def test_web_process__imports_neither_git_nor_a_model(module: str) -> None:
    sdks = {"pydantic_ai", "google.genai", "google.generativeai", "openai", "anthropic"}
    unwanted = {"git", *sdks, "genai_prices", "worker", "p2a.git"}
    assert unwanted & loaded_by(module) == set()
