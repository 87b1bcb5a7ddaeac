"""A test command as people want to read it: without the options that we add to every run; no I/O."""

import shlex

_VALUED = frozenset({"-o", "-W", "-p"})
_FLAGS = frozenset({"-P", "-q"})
_ASSIGNED = ("--rcfile=", "--rootdir=", "--junitxml=", "--color=", "--tb=")


def essentials(command: str) -> str:
    """Return what was run and on what; the report keeps the whole command."""
    try:
        words = iter(shlex.split(command))
    except ValueError:
        return command
    kept = []
    for word in words:
        if word in _VALUED:
            next(words, None)
        elif word not in _FLAGS and not word.startswith(_ASSIGNED):
            kept.append(word)
    return shlex.join(kept)
