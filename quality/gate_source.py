"""Where the gate of a check comes from: a commit, never the work tree that a change could edit."""

import errno
from pathlib import Path

from ccg.source import read_regular
from p2a.errors import ConfigurationInvalid
from p2a.git import Git
from p2a.tree import EXECUTABLE, REGULAR, parse_listing
from quality.gate import Gate, Policy
from quality.gate_file import FILE, MAX_BYTES, read_gate, read_setup, read_team
from quality.setup import Setup
from quality.team import Team

OTHER_NAME = ".p2a.yaml"
CHANGED = "the change edits {file}: the gate is that of the base {base}, and the edited one holds once it is merged"
UNCOMMITTED = "the {file} of the work tree is another than that of the commit {commit}, which holds until it is committed"
NO_BASE = "the gate of {file} is not known, because the base that sets it is not here"
NOT_READ = "{other} is not read: name it {file}"


def gate_of_commit(git: Git, commit: str) -> Gate:
    """Return the gate that a commit's tree sets, at its root.

    Raises:
        ConfigurationInvalid: the file there cannot be used.
        GitFailed: the commit is not here.
    """
    return _gate(_committed(git, commit), origin=f"{FILE} of {commit[:12]}")


def gate_of_folder(folder: Path) -> Gate:
    """Return the gate that a folder's own file sets.

    Raises:
        ConfigurationInvalid: the file there cannot be used.
    """
    return _gate(_present(folder), origin=FILE)


def setup_of_commit(git: Git, commit: str) -> Setup | None:
    """Return what a commit's tree wants installed for its tests, None where it does not say.

    Raises:
        ConfigurationInvalid: the file there cannot be used.
        GitFailed: the commit is not here.
    """
    content = _committed(git, commit)
    return None if content is None else read_setup(content, origin=f"{FILE} of {commit[:12]}")


def team_of_commit(git: Git, commit: str) -> Team:
    """Return what a commit's tree says of the agents and their budget.

    Raises:
        ConfigurationInvalid: the file there cannot be used.
        GitFailed: the commit is not here.
    """
    content = _committed(git, commit)
    return Team() if content is None else read_team(content, origin=f"{FILE} of {commit[:12]}")


def setup_of_folder(folder: Path) -> Setup | None:
    """Return what a folder's own file wants installed for its tests.

    Raises:
        ConfigurationInvalid: the file there cannot be used.
    """
    content = _present(folder)
    return None if content is None else read_setup(content)


def policy_for_change(git: Git, tree: Path, *, base: str, tip: str | None = None) -> Policy:
    """Return the base's gate; the changed file is only compared with it and looked through.

    Args:
        git: the repository.
        tree: the root of the files as they are after the change.
        base: the commit that the change left from.
        tip: the newest commit of what it is to be merged into, whose gate holds: a change chooses how old
            the commit is that it leaves from. By default that commit.

    Raises:
        GitFailed: the commit is not here.
    """
    before, gate, fault = None, Gate(), ""
    try:
        before = _committed(git, base)
        newest = tip or base
        gate = _gate(_committed(git, newest), origin=f"{FILE} of the base {newest[:12]}")
    except ConfigurationInvalid as error:
        fault = _told(error)
    offence, notes = "", list(_other_name(tree))
    try:
        after = _present(tree)
        if after != before:
            notes.insert(0, CHANGED.format(file=FILE, base=(tip or base)[:12]))
            _gate(after, origin=f"the changed {FILE}")
    except ConfigurationInvalid as error:
        # What the base has as well is not the change's doing.
        offence = "" if fault else _told(error)
    return Policy(gate, fault=fault, offence=offence, notes=tuple(notes))


def policy_of_commit(git: Git, tree: Path, *, commit: str) -> Policy:
    """Return the gate of the commit that is checked out; another file in the work tree is told of.

    Args:
        git: the repository.
        tree: the root of its work tree.
        commit: what is checked out.

    Raises:
        ConfigurationInvalid: the file of the commit cannot be used.
        GitFailed: the commit is not here.
    """
    note = UNCOMMITTED.format(file=FILE, commit=commit[:12])
    fault, is_other = "", False
    try:
        present = _present(tree)
        is_other = present != _committed(git, commit)
        _gate(present, origin=f"the {FILE} of the work tree")
    except ConfigurationInvalid as error:
        fault = _told(error)
    try:
        gate = gate_of_commit(git, commit)
    except ConfigurationInvalid as error:
        if is_other and not fault:
            raise ConfigurationInvalid(
                error.what, why=error.why, next_step=f"commit it as it is now: {note}"
            ) from error
        raise
    notes = (note, *filter(None, [fault])) if is_other else ()
    return Policy(gate, notes=(*notes, *_other_name(tree)))


def policy_of_folder(folder: Path) -> Policy:
    """Return the gate that a folder's own file sets.

    Raises:
        ConfigurationInvalid: the file there cannot be used.
    """
    return Policy(gate_of_folder(folder), notes=_other_name(folder))


def policy_without_base(tree: Path) -> Policy:
    """Return that nothing is known where there is a gate and the base that sets it is missing."""
    fault = NO_BASE.format(file=FILE) if (tree / FILE).exists() else ""
    return Policy(fault=fault, notes=_other_name(tree))


def _gate(content: bytes | None, *, origin: str) -> Gate:
    return Gate() if content is None else read_gate(content, origin=origin)


def _committed(git: Git, commit: str) -> bytes | None:
    listing = git.run("ls-tree", "-z", "--long", "--full-tree", commit, "--", FILE)
    entry = parse_listing(listing).get(FILE)
    if entry is None:
        return None
    if entry.mode not in {REGULAR, EXECUTABLE} or entry.size > MAX_BYTES:
        raise _unusable(f"{FILE} of {commit[:12]}")
    return git.run("cat-file", "blob", entry.sha)


def _present(folder: Path) -> bytes | None:
    try:
        return read_regular(folder, FILE, limit=MAX_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        why = "a link is not followed" if error.errno == errno.ELOOP else str(error)
        raise _unusable(FILE, why=why) from error


def _unusable(origin: str, why: str = "") -> ConfigurationInvalid:
    return ConfigurationInvalid(
        f"{origin} cannot be used",
        why=why or f"it is no plain file of at most {MAX_BYTES} bytes",
        next_step="make it one",
    )


def _told(error: ConfigurationInvalid) -> str:
    """Return an error as part of a sentence."""
    more = "; ".join(part.rstrip(".") for part in (error.why, error.next_step) if part)
    return f"{error.what.rstrip('.')} ({more})" if more else error.what


def _other_name(folder: Path) -> tuple[str, ...]:
    if (folder / OTHER_NAME).is_file() and not (folder / FILE).exists():
        return (NOT_READ.format(other=OTHER_NAME, file=FILE),)
    return ()
