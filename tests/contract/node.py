"""Where this machine's Node.js is."""

import shutil
from pathlib import Path

MODULES = Path(__file__).with_name("octokit") / "node_modules"
MISSING = "{what} is not there: run `make install` first, it brings what the contract's tests need"


def node_program() -> str:
    """Return the Node.js program; the packages that the driver needs are known to be there."""
    program = shutil.which("node")
    assert program is not None, MISSING.format(what="Node.js")
    assert (MODULES / "octokit").is_dir(), MISSING.format(what=MODULES.name)
    return program
