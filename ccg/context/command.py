"""The door of `p2a context`."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn

from ccg.cache import FILE_NAME, FactCache, cache_folder
from ccg.context.checkout import Checkout, read_checkout, read_text
from ccg.context.facts import ANALYSER
from ccg.context.pick import Pick, pick_context
from ccg.context.query import LONGEST_ISSUE
from ccg.context.rank import rank
from ccg.context.render import render_json, render_markdown
from ccg.errors import GraphError, NothingFits, NothingToRead
from ccg.export.counted import counted
from ccg.export.error_text import explain
from ccg.export.visible import visible

WRONG_VALUE = 3
"""The exit code of every `p2a` command for a value that cannot be used."""
NOTED = 5
"""Files left out that are told one by one."""


class Format(StrEnum):
    """In which form the context is written."""

    JSON = "json"
    MARKDOWN = "markdown"


class _Formatter(argparse.HelpFormatter):
    """Writes a help with the words that those of the other commands have."""

    def start_section(self, heading: str | None) -> None:
        names = {"positional arguments": "Arguments", "options": "Options"}
        super().start_section(names.get(heading or "", heading))

    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: Any = None) -> None:
        super().add_usage(usage, actions, groups, prefix or "Usage: ")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n  next: {self.prog} --help\n")


def context(arguments: Sequence[str], *, prog_name: str, standalone_mode: bool) -> int:
    """Pick the functions and lines of a repository that an issue is about.

    Takes what the `p2a` command gives to each sub-command. It is no typer application as the
    others are: building one costs half of the time that an answer from the cache takes.

    Raises:
        SystemExit: help was asked for (0), or the arguments are wrong (2).
    """
    del standalone_mode  # errors of usage end the program either way
    options = _parser(prog_name).parse_args(arguments)
    gc.disable()  # a short life with many small values that stay
    try:
        cache_file = None if options.no_cache else _cache_file()
        issue = _read_issue(options.issue)
        picks = _pick(issue, options.repo, budget=options.budget, cache_file=cache_file)
    except GraphError as error:
        sys.stderr.write(explain(error))
        return WRONG_VALUE
    finally:
        gc.enable()
    render = render_json if options.format == Format.JSON else render_markdown
    sys.stdout.buffer.write(render(picks).encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()
    return 0


def _parser(name: str) -> _Parser:
    parser = _Parser(
        prog=name,
        usage="%(prog)s [OPTIONS] ISSUE",
        description="Pick the functions and lines of a repository that an issue is about. No model"
        " is asked, and nothing of the repository is imported or run.",
        formatter_class=_Formatter,
        add_help=False,
    )
    add = parser.add_argument
    add("issue", metavar="ISSUE", help="The file with the issue's text; - for standard input.")
    add("--repo", type=Path, default=Path(), metavar="PATH", help=_HELP_REPO)
    add("--budget", type=_tokens, default=8000, metavar="TOKENS", help=_HELP_BUDGET)
    forms = list(map(str, Format))
    add("--format", choices=forms, default=str(Format.MARKDOWN), metavar="FORM", help=_HELP_FORMAT)
    add("--no-cache", action="store_true", help="Read every file anew and keep nothing.")
    add("-h", "--help", action="help", help="Show this message and exit.")
    return parser


_HELP_REPO = "The folder that holds the Python code. [default: .]"
_HELP_BUDGET = "Tokens of 4 characters that the context may take. [default: 8000]"
_HELP_FORMAT = "The form of the output: markdown or json. [default: markdown]"


def _tokens(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} tokens hold nothing; give 8000 or so")
    return number


_tokens.__name__ = "whole number"  # argparse names it where the text is none


def _read_issue(issue: str) -> str:
    try:
        if issue == "-":
            content = sys.stdin.buffer.read(4 * LONGEST_ISSUE)
        else:
            with Path(issue).open("rb") as file:
                content = file.read(4 * LONGEST_ISSUE)
    except (OSError, ValueError) as error:
        raise NothingToRead(
            f"{issue} cannot be read",
            why=getattr(error, "strerror", None) or str(error),
            next_step="give the file with the issue's text, or - for standard input",
        ) from error
    text = content.decode("utf-8", "replace")
    if not text.strip():
        raise NothingToRead("the issue is empty", next_step="give its title and its text")
    return text


def _cache_file() -> Path | None:
    folder = cache_folder(os.environ)
    return folder / FILE_NAME if folder else None


def _pick(issue: str, repo: Path, *, budget: int, cache_file: Path | None) -> list[Pick]:
    with FactCache(cache_file, analyser=ANALYSER) as cache:
        checkout = read_checkout(repo, cache, named=issue, jobs=os.cpu_count() or 1)
    if not checkout.index.pieces:
        raise NothingToRead(
            f"{repo} holds no Python code",
            why=_why_nothing(checkout),
            next_step="give the repository's folder with --repo",
        )
    _note(checkout)
    ranking = rank(issue, checkout.index)
    picks = pick_context(
        ranking, checkout.index, budget=budget, read_text=lambda path: read_text(repo, path)
    )
    if not picks:
        sys.stderr.write(explain(_nothing_found(repo, budget, is_ranked=bool(ranking))))
    return picks


def _nothing_found(repo: Path, budget: int, *, is_ranked: bool) -> NothingFits:
    if is_ranked:
        return NothingFits(
            f"no piece of the code fits into {counted(budget, 'token')}",
            next_step="give a larger --budget, for example 8000",
        )
    return NothingFits(
        f"nothing below {repo} fits the issue",
        why="no name and no word of it stands in the code",
        next_step="say it in the code's words: functions, files, messages; or see whether --repo"
        " names the right folder",
    )


def _why_nothing(checkout: Checkout) -> str:
    if not checkout.left_out:
        return "there is no .py file below it, but for hidden and installed ones"
    return f"{checkout.left_out[0].path}: {checkout.left_out[0].reason}"


def _note(checkout: Checkout) -> None:
    for each in checkout.left_out[:NOTED]:
        sys.stderr.write(f"p2a: left out '{visible(each.path)}': {visible(each.reason)}\n")
    if len(checkout.left_out) > NOTED:
        sys.stderr.write(f"p2a: left out {len(checkout.left_out) - NOTED} more files\n")
