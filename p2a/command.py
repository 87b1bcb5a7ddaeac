"""The `p2a` command: finds the sub-commands that the rooms offer, runs one, and explains errors."""

import difflib
import errno
import importlib
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable, Collection, Sequence
from importlib.metadata import EntryPoint, entry_points
from types import FrameType
from typing import Any

from p2a import __version__
from p2a.errors import P2AError
from p2a.extras import install_advice

GROUP = "p2a.commands"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_SURROGATE = re.compile("[\udc80-\udcff]")
"""How Python reads a byte that is no text: https://peps.python.org/pep-0383/"""

# Shown by `p2a --help` without loading a room; a test holds it to the registered commands.
SUMMARIES = {
    "run": 'Do what a prompt says on a local repository: p2a run "PROMPT" --repo PATH',
    "check": "Measure a repository: five quality scores, findings, tests in the sandbox",
    "graph": "Draw the code context graph of a Python tree",
    "context": "Pick the functions and lines of a repository that an issue is about",
    "serve": "Run the web door: GitHub's webhooks in, signed files out",
    "worker": "Run the engine that takes workflows from the queue",
    "replay": "Run a recorded workflow again, offline, and compare it byte for byte",
    "record": "Make a test case of a workflow that was recorded",
    "demo": "Play the whole road on this machine, with a local GitHub and a scripted model",
    "doctor": "Check every setting and part, and say what to do about each",
}

EXTRAS = dict.fromkeys(("run", "worker", "replay", "record"), "worker")
"""The extra of pyproject.toml that a sub-command needs; what is not here may need all of them."""

USAGE = """\
Usage: p2a COMMAND [ARGS]...

Turn a comment into a checked draft pull request; measure any Python repository.

Commands:
{commands}

Options:
  --version  Print the version and exit.
  --help     Print this text and exit; `p2a COMMAND --help` for one command.

Exit codes: 0 done; 1 ended without success or below the minimum; 2 wrong usage;
3 configuration; 4 something is missing on this machine; 5 an outside service or
git failed; 70 a bug in p2a; 75 try again later; 130 interrupted; 141 nobody reads
the output any more; 143 terminated.
"""


class Terminated(BaseException):
    """SIGTERM arrived: what is open is closed on the way out."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sub-command named by the first argument and return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in {"--help", "-h", "help"}:
        sys.stdout.write(usage())
        return 0
    if words[0] == "--version":
        sys.stdout.write(f"p2a {__version__}\n")
        return 0
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if words[0] not in found:
        sys.stderr.write(_unknown(words[0], found))
        return 2
    return run(found[words[0]], words[1:])


def usage() -> str:
    """Return the text of `p2a --help`."""
    names = [entry.name for entry in entry_points(group=GROUP)]
    known = [name for name in SUMMARIES if name in names] + sorted(set(names) - set(SUMMARIES))
    lines = [f"  {name:<8} {SUMMARIES.get(name, '')}".rstrip() for name in known]
    return USAGE.format(commands="\n".join(lines))


def run(entry: EntryPoint, arguments: Sequence[str]) -> int:
    """Load a sub-command and run it; every error becomes a message and a documented exit code."""
    # An end from outside cleans up as Ctrl-C does; the servers put handlers of their own.
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        code = _call(entry.load(), f"p2a {entry.name}", arguments)
        sys.stdout.flush()
        return code
    except Terminated:
        sys.stderr.write("\np2a: terminated.\n")
        return 143
    except P2AError as error:
        sys.stderr.write(explain(error))
        return error.exit_code
    except ModuleNotFoundError as error:
        return _missing(entry, error)
    except KeyboardInterrupt:
        sys.stderr.write("\np2a: interrupted.\n")
        return 130
    except BrokenPipeError:  # the reader went away (`| head`)
        _drop_output()
        return 141
    except Exception as error:  # noqa: BLE001 (the outermost door: nothing above could say it better)
        is_full = isinstance(error, OSError) and error.errno in _FULL
        return _full(entry.name, error) if is_full else _bug(entry.name)
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(_signum: int, _frame: FrameType | None) -> None:
    raise Terminated


def explain(error: P2AError) -> str:
    """Return an error as people read it on a terminal: what, why, next step."""
    lines = [f"p2a: {error.what}"]
    if error.why:
        lines.append(f"  why:  {error.why}")
    if error.next_step:
        lines.append(f"  next: {error.next_step}")
    return _SURROGATE.sub(_as_byte, "\n".join(lines) + "\n")


def _as_byte(surrogate: re.Match[str]) -> str:
    return f"\\x{ord(surrogate[0]) - 0xDC00:02x}"


def _call(application: Callable[..., Any], name: str, arguments: Sequence[str]) -> int:
    # typer is slow to import for `--help` alone, and only a loaded command needs it.
    typer = importlib.import_module("typer")
    try:
        answer = application(list(arguments), prog_name=name, standalone_mode=False)
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # typer makes a 1 of it
            raise end.__context__ from None
        raise
    except typer.Abort:
        sys.stderr.write("\np2a: interrupted.\n")
        return 130
    except typer.TyperException as error:
        _say_in_our_words(error)
        sys.stderr.write(f"{name}: {error.format_message()}\n  next: {name} --help\n")
        return int(error.exit_code)
    return answer if isinstance(answer, int) else 0


def _say_in_our_words(error: Any) -> None:
    """Replace what pydantic said of a value, and leave out options that are not much like the wrong one."""
    if getattr(error, "possibilities", None):
        bare = {name.lstrip("-"): name for name in error.possibilities}
        near = difflib.get_close_matches(error.option_name.lstrip("-"), bare)
        error.possibilities = [bare[name] for name in near]
    if error.__cause__ is None:
        return
    from pydantic import ValidationError

    from p2a.usage import value_text

    if isinstance(error.__cause__, ValidationError):
        error.message = value_text(error.__cause__)


def _drop_output() -> None:
    """Keep the interpreter from writing at its end what could not be written before."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _full(name: str, error: Any) -> int:
    _drop_output()
    sys.stderr.write(
        f"p2a: `p2a {name}` could not write {error.filename or 'its output'}\n"
        f"  why:  {error.strerror}\n"
        "  next: make room there, or write to another place\n"
    )
    return 4


def _missing(entry: EntryPoint, error: ModuleNotFoundError) -> int:
    sys.stderr.write(
        f"p2a: `p2a {entry.name}` needs the Python module {error.name!r}, not installed here.\n"
        f"  next: {install_advice(EXTRAS.get(entry.name, 'all'))}\n"
    )
    return 4


def _bug(name: str) -> int:
    traceback.print_exc()
    sys.stderr.write(
        f"p2a: `p2a {name}` stopped on an error that we did not foresee: a bug in p2a.\n"
        "  next: report it with the lines above; they hold no secret of your settings\n"
    )
    return 70


def _unknown(word: str, found: Collection[str]) -> str:
    near = difflib.get_close_matches(word, sorted(found), n=1)
    known = ", ".join(name for name in SUMMARIES if name in found)
    next_step = f"p2a {near[0]}" if near else f"one of {known}"
    return (
        f"p2a: there is no command {word!r}\n  next: {next_step}; p2a --help says what each does\n"
    )
