from pathlib import Path

import pytest

from p2a.errors import ConfigurationInvalid
from p2a.git import Git, find_git
from quality.gate import Gate, Policy
from quality.gate_file import MAX_BYTES
from quality.gate_source import (
    UNCOMMITTED,
    gate_of_commit,
    gate_of_folder,
    policy_for_change,
    policy_of_commit,
    policy_of_folder,
    policy_without_base,
)
from tests.fakes.git_client import git

STRICT = "quality: {minimum: 90}\n"
WEAK = "quality: {minimum: 1}\n"
GATE = Gate(minimum={"overall": 90.0})


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a clone whose only commit sets a strict gate."""
    git("init", "-q", "-b", "main", cwd=tmp_path)
    (tmp_path / ".p2a.yml").write_text(STRICT, encoding="ascii")
    commit(tmp_path)
    return tmp_path


def commit(clone: Path) -> str:
    """Commit everything and return the commit."""
    git("add", "-A", cwd=clone)
    git("commit", "-q", "--allow-empty", "-m", "x", cwd=clone)
    return git("rev-parse", "HEAD", cwd=clone)


def opened(clone: Path) -> Git:
    """Open a clone."""
    return Git(find_git(), clone / ".git")


def head(clone: Path) -> str:
    """Return the commit that is checked out."""
    return git("rev-parse", "HEAD", cwd=clone)


def test_gate_of_commit__reads_the_commit_and_not_the_files(clone: Path) -> None:
    (clone / ".p2a.yml").write_text(WEAK, encoding="ascii")
    assert gate_of_commit(opened(clone), head(clone)) == GATE
    (clone / ".p2a.yml").unlink()
    assert gate_of_commit(opened(clone), head(clone)) == GATE
    assert gate_of_commit(opened(clone), commit(clone)) == Gate()


def test_policy_of_commit__tells_of_a_file_that_is_not_committed(clone: Path) -> None:
    sha = head(clone)
    assert policy_of_commit(opened(clone), clone, commit=sha) == Policy(GATE)
    (clone / ".p2a.yml").write_text(WEAK, encoding="ascii")
    policy = policy_of_commit(opened(clone), clone, commit=sha)
    note = UNCOMMITTED.format(file=".p2a.yml", commit=sha[:12])
    assert policy == Policy(GATE, notes=(note,))
    (clone / ".p2a.yml").write_text("quality: {minimum: {securty: 1}}\n", encoding="ascii")
    policy = policy_of_commit(opened(clone), clone, commit=sha)
    assert policy.notes[0] == note
    assert "unknown key 'securty'" in policy.notes[1]


def test_policy_of_commit__a_mistake_that_is_mended_and_not_committed(clone: Path) -> None:
    (clone / ".p2a.yml").write_text("quality: {minimun: 1}\n", encoding="ascii")
    sha = commit(clone)
    with pytest.raises(ConfigurationInvalid) as caught:
        policy_of_commit(opened(clone), clone, commit=sha)
    assert "commit it as it is now" not in caught.value.next_step
    (clone / ".p2a.yml").write_text(STRICT, encoding="ascii")
    with pytest.raises(ConfigurationInvalid, match="minimun") as caught:
        policy_of_commit(opened(clone), clone, commit=sha)
    assert caught.value.next_step.startswith("commit it as it is now")


def test_gate_of_folder__outside_of_git(tmp_path: Path) -> None:
    assert gate_of_folder(tmp_path) == Gate()
    (tmp_path / ".p2a.yml").write_text(STRICT, encoding="ascii")
    assert gate_of_folder(tmp_path) == GATE


@pytest.mark.parametrize("kind", ["link", "long", "folder"])
def test_gate__a_file_that_is_no_plain_one_is_an_error(clone: Path, kind: str) -> None:
    place = clone / ".p2a.yml"
    place.unlink()
    if kind == "link":
        (clone / "gate.yml").write_text(WEAK, encoding="ascii")
        place.symlink_to("gate.yml")
    elif kind == "long":
        place.write_text(WEAK + "#" * MAX_BYTES, encoding="ascii")
    else:
        place.mkdir()
        (place / "x").write_text("", encoding="ascii")
    with pytest.raises(ConfigurationInvalid, match=r"\.p2a\.yml cannot be used"):
        gate_of_folder(clone)
    sha = commit(clone)
    with pytest.raises(ConfigurationInvalid, match=r"\.p2a\.yml of \w{12} cannot be used"):
        gate_of_commit(opened(clone), sha)
    policy = policy_for_change(opened(clone), clone, base=sha)
    assert "cannot be used" in policy.fault
    assert policy.offence == ""


def test_p05__a_change_does_not_weaken_its_own_gate(clone: Path) -> None:
    base = head(clone)
    (clone / ".p2a.yml").write_text(WEAK, encoding="ascii")
    policy = policy_for_change(opened(clone), clone, base=base)
    assert (policy.gate, policy.fault, policy.offence) == (GATE, "", "")
    (note,) = policy.notes
    assert note.startswith(f"the change edits .p2a.yml: the gate is that of the base {base[:12]}")
    commit(clone)
    assert policy_for_change(opened(clone), clone, base=base) == policy
    (clone / ".p2a.yml").unlink()
    assert policy_for_change(opened(clone), clone, base=base) == policy


def test_p05__an_old_commit_to_leave_from_chooses_no_old_gate(clone: Path) -> None:
    tip = head(clone)
    (clone / ".p2a.yml").unlink()
    base = commit(clone)  # as it was before the gate came
    policy = policy_for_change(opened(clone), clone, base=base, tip=tip)
    assert policy == Policy(GATE)
    (clone / ".p2a.yml").write_text(WEAK, encoding="ascii")
    policy = policy_for_change(opened(clone), clone, base=base, tip=tip)
    assert policy.gate == GATE
    assert policy.notes[0].startswith(
        f"the change edits .p2a.yml: the gate is that of the base {tip[:12]}"
    )


def test_p05__a_change_that_breaks_the_file_is_told(clone: Path) -> None:
    (clone / ".p2a.yml").write_text("quality: {minimun: 1}\n", encoding="ascii")
    policy = policy_for_change(opened(clone), clone, base=head(clone))
    assert policy.gate == GATE
    assert policy.offence == (
        "the changed .p2a.yml, line 1: unknown key 'minimun' in `quality` (known: minimum, max_drop, "
        "new_findings, changed_lines, informational, comment; did you mean `minimum`?)"
    )


def test_p05__a_broken_base_is_a_fault_and_its_repair_is_read_as_data(clone: Path) -> None:
    (clone / ".p2a.yml").write_text("quality: {minimun: 1}\n", encoding="ascii")
    base = commit(clone)
    (clone / ".p2a.yml").write_text(WEAK, encoding="ascii")
    policy = policy_for_change(opened(clone), clone, base=base)
    assert (policy.gate, policy.offence) == (Gate(), "")
    assert policy.fault.startswith(f".p2a.yml of the base {base[:12]}, line 1: unknown key")


def test_policy__nothing_to_say(clone: Path) -> None:
    policy = policy_for_change(opened(clone), clone, base=head(clone))
    assert (policy.fault, policy.offence, policy.notes) == ("", "", ())


def test_policy__the_other_ending_is_named(tmp_path: Path) -> None:
    git("init", "-q", cwd=tmp_path)
    (tmp_path / ".p2a.yaml").write_text(STRICT, encoding="ascii")
    policy = policy_for_change(opened(tmp_path), tmp_path, base=commit(tmp_path))
    assert policy.notes == (".p2a.yaml is not read: name it .p2a.yml",)
    assert policy_of_commit(opened(tmp_path), tmp_path, commit=head(tmp_path)) == policy
    assert policy_of_folder(tmp_path) == policy
    assert policy_without_base(tmp_path) == policy
