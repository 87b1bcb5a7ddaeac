"""The door `p2a demo`: the whole road on this machine, told as it happens."""

import os
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from p2a.errors import ConfigurationInvalid
from p2a.scratch import remove_leftovers, scratch
from playground.demo import DEFAULT_COMMENT, Issue, play, read_issue
from playground.sample import make_sample, sample_issue, sample_script
from playground.stage import Cast, Stage

REPO_HELP = "A local git repository to play with instead of the sample."
ISSUE_HELP = "The issue: a Markdown file whose first heading is the title."
SCRIPT_HELP = "The model's replies (docs/commands.md, The demo's script)."
COMMENT_HELP = "What the user comments on the issue."
ONCE_HELP = "End when the pull request is there, instead of serving the page until Ctrl-C."

GOOD_END = "\nThat was it. `make demo` goes on serving the pages above."
BAD_END = "\nWithout `--once` the bot, the worker and the pages above stay, to look into it."

demo = typer.Typer(add_completion=False)


@demo.command()
def start(
    repo: Annotated[Path | None, typer.Option(help=REPO_HELP)] = None,
    issue: Annotated[Path | None, typer.Option(help=ISSUE_HELP)] = None,
    script: Annotated[Path | None, typer.Option(help=SCRIPT_HELP)] = None,
    comment: Annotated[str, typer.Option(help=COMMENT_HELP)] = DEFAULT_COMMENT,
    port: Annotated[
        int, typer.Option(help="The page's port; 0 for a free one.", min=0, max=65535)
    ] = 0,
    once: Annotated[bool, typer.Option("--once", help=ONCE_HELP)] = False,
) -> int:
    """Play the whole road here: a comment on an issue becomes a checked draft pull request.

    Starts a GitHub look-alike, the bot, an embedded queue, SQLite, one worker and a scripted model
    on 127.0.0.1; nothing leaves this machine. Exit code 1 when no pull request came of it.
    """
    given = (repo, issue, script)
    if any(given) and not all(given):
        raise ConfigurationInvalid(
            "--repo, --issue and --script belong together",
            why="a script of the model fits one repository and one issue only",
            next_step="give all three, or none for the sample",
        )
    _check_there(*filter(None, given))
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    remove_leftovers()
    with scratch("demo") as folder:
        cast, asked = _cast(folder, repo, issue, script)
        with Stage(cast=cast, folder=folder, environ=os.environ, port=port) as stage:
            ended_well = play(stage, issue=asked, comment=comment, console=console)
            page = f"{stage.playground.url}/{cast.full_name}"
            if once:
                console.print(GOOD_END if ended_well else BAD_END)
            else:
                console.print(f"\nLook at it: [bold]{page}[/]   Ctrl-C ends it.")
                wait_for_the_end(console)
    return 0 if ended_well else 1


def _check_there(*paths: Path) -> None:
    for path in paths:
        if not path.exists():
            raise ConfigurationInvalid(
                f"{path} is not there",
                next_step="give paths that exist to --repo, --issue, --script",
            )


def _cast(
    folder: Path, repo: Path | None, issue: Path | None, script: Path | None
) -> tuple[Cast, Issue]:
    if repo is None or issue is None or script is None:
        make_sample(folder / "sample")
        cast = Cast(source=folder / "sample", full_name="acme/uploader", script=sample_script())
        return cast, read_issue(sample_issue())
    if not (repo / ".git").exists() and not (repo / "HEAD").exists():
        raise ConfigurationInvalid(
            f"{repo} is not a git repository",
            why="the demo's GitHub serves its branch over git",
            next_step=f"git -C {repo} init, commit the files, then repeat the command",
        )
    name = repo.resolve().name.removesuffix(".git") or "repository"
    return Cast(source=repo.resolve(), full_name=f"acme/{name}", script=script), read_issue(issue)


def wait_for_the_end(console: Console) -> None:
    """Serve until Ctrl-C, which is the wished-for end here."""
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        console.print("\nEnding the bot, the worker and the playground ...")
