"""What of a tree is found and copied."""

import os
import subprocess
import sys
from pathlib import Path

from quality.tree import all_files

BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Takes from root what lets it read everything; nobody else has it."""
COPY = """
import sys
from pathlib import Path
from quality.tree import all_files, copy_files

root, target = map(Path, sys.argv[1:])
found = all_files(root)
print(*found)
copy_files(root, [*found, "shut/c", "gone"], target=target)
"""


def test_copy_files__what_may_not_be_read_is_left_out(tmp_path: Path) -> None:
    root, target = tmp_path / "root", tmp_path / "target"
    (root / "open").mkdir(parents=True)
    (root / "shut").mkdir()
    target.mkdir()
    for path in ("a", "secret", "open/b", "shut/c"):
        (root / path).write_text(path, encoding="ascii")
    (root / "link").symlink_to("secret")
    (root / "secret").chmod(0)
    (root / "shut").chmod(0)
    program = [*(BOUND if os.geteuid() == 0 else ()), sys.executable, "-c", COPY]
    try:
        ran = subprocess.run([*program, root, target], capture_output=True, check=False)
    finally:
        (root / "shut").chmod(0o700)
    assert (ran.stdout.split(), ran.returncode) == ([b"a", b"link", b"open/b", b"secret"], 0), ran
    assert all_files(target) == ("a", "link", "open/b")
    assert (target / "link").readlink() == Path("secret")
