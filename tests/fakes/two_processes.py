"""Letting two real processes use one database at the same moment."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tests/fakes/store_main.py"


def together(verb: str, url: str, argument: str = "", *, folder: Path) -> list[str]:
    """Let two processes do the same at the same time and return what each says."""
    start = folder / "start"
    processes = [
        subprocess.Popen(
            [sys.executable, str(PROGRAM), verb, url, str(start), argument],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT)},
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    start.touch()
    said = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return said
