"""The sandbox is chosen by trying it, and nothing foreign runs where none works."""

from pathlib import Path

import pytest

from p2a.errors import SandboxUnavailable
from p2a.sandbox.choose import choose_sandbox, probe_bubblewrap


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)


def with_prlimit(folder: Path) -> str:
    program(folder, "prlimit", "exit 0")
    return str(folder)


@pytest.mark.parametrize("setting", ["auto", "bubblewrap"])
def test_choose__takes_what_works_here(setting: str) -> None:
    assert choose_sandbox(setting).name == "bubblewrap"


def test_probe__says_what_it_found() -> None:
    sandbox, probe = probe_bubblewrap()
    assert sandbox is not None
    assert probe.works
    assert "bwrap" in probe.found


def test_b14__bwrap_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable) as caught:
        choose_sandbox("auto", search_path=str(tmp_path))
    assert caught.value.exit_code == 4
    assert f"bwrap is not in {tmp_path}" in caught.value.why
    assert "install bubblewrap" in caught.value.next_step


def test_b14__prlimit_is_missing(tmp_path: Path) -> None:
    program(tmp_path, "bwrap", "exit 0")
    with pytest.raises(SandboxUnavailable, match="prlimit is not in"):
        choose_sandbox("auto", search_path=str(tmp_path))


def test_b14__user_namespaces_are_refused(tmp_path: Path) -> None:
    program(tmp_path, "bwrap", "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1")
    with pytest.raises(SandboxUnavailable) as caught:
        choose_sandbox("auto", search_path=with_prlimit(tmp_path))
    assert "setting up uid map: Permission denied" in caught.value.why
    assert "user namespaces" in caught.value.next_step


def test_b14__a_sandbox_that_isolates_nothing_is_refused(tmp_path: Path) -> None:
    # Runs what comes after `--` as it is, and states that all went well.
    pretend = """
while [ "$1" != -- ]; do
    if [ "$1" = --json-status-fd ]; then status=$2; fi
    shift
done
shift
"$@"
echo "{ \\"exit-code\\": $? }" >&$status
"""
    program(tmp_path, "bwrap", pretend)
    with pytest.raises(SandboxUnavailable, match="the isolation probe answered"):
        choose_sandbox("auto", search_path=with_prlimit(tmp_path))


def test_b14__none_means_that_foreign_code_is_never_run() -> None:
    with pytest.raises(SandboxUnavailable, match="P2A_SANDBOX is none"):
        choose_sandbox("none")


def test_probe__leaves_no_descriptor_behind() -> None:
    def count() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = count()
    choose_sandbox("auto")
    assert count() == before
