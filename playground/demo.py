"""The demo's story: a user opens an issue and comments; what GitHub shows is told line by line."""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from p2a.domain import BRANCH_PREFIX
from p2a.errors import EnvironmentMissing
from playground.stage import USER, Stage

DEFAULT_COMMENT = "/p2a fix this, please"
POLL_SECONDS = 0.3
MOST_SECONDS = 1800.0

_HEADING = re.compile(r"#+\s+(.*)")
_ARTIFACT = re.compile(
    r"https?://[^\s)<>\"]+/artifacts/[0-9a-f]+/([a-z0-9-]+\.[a-z]+)\?[^\s)<>\"]+"
)
_HIDDEN = re.compile(r"<!--.*?-->|</?[a-z]+>", re.S)
_MARKUP = re.compile(r"<[^>]*>|[*`_]")


@dataclass(frozen=True, slots=True)
class Issue:
    """A title and a text."""

    title: str
    body: str


def read_issue(path: Path) -> Issue:
    """Read an issue from a Markdown file: the first heading, or line, is its title."""
    head, _, body = path.read_text(encoding="utf-8").strip().partition("\n")
    found = _HEADING.match(head)
    return Issue(title=found.group(1) if found else head, body=body.strip())


def play(stage: Stage, *, issue: Issue, comment: str, console: Console) -> bool:
    """Play the story to its end and tell it; return whether a pull request came of it."""
    began = time.monotonic()
    stage.start_bot()
    stage.start_worker()
    page = f"{stage.playground.url}/{stage.cast.full_name}"
    console.print(f"[bold]GitHub look-alike[/]   {page}")
    console.print(f"[bold]p2a serve[/]           {stage.bot_url}")
    console.print("[bold]p2a worker[/]          one, with an embedded Valkey, SQLite and a sandbox")
    console.print(
        "[bold]model[/]               a script that speaks Gemini's protocol; nothing is spent, "
        "the money shown is what Gemini would ask\n"
    )
    with stage.client() as client:
        number = _post(client, "/issues", {"title": issue.title, "body": issue.body})["number"]
        said = _post(client, f"/issues/{number}/comments", {"body": comment})
        console.print(f"{USER} opened issue #{number}: {issue.title}")
        console.print(f"{USER} commented: [bold]{comment}[/]   {page}/issues/{number}\n")
        for line in _progress(stage, client, number=number, comment_id=said["id"]):
            console.print(f"  [dim]{time.monotonic() - began:6.1f} s[/]  {line}", markup=True)
        return _tell_end(stage, client, number=number, console=console)


def _progress(stage: Stage, client: httpx.Client, *, number: int, comment_id: int) -> Iterator[str]:
    """Yield what is new in the bot's comment, until its last reaction says that it is over."""
    told: set[str] = set()
    deadline = time.monotonic() + MOST_SECONDS
    while time.monotonic() < deadline:
        reactions = _get(client, f"/issues/comments/{comment_id}/reactions")
        is_over = any(one["content"] in {"rocket", "confused"} for one in reactions)
        for one in _bot_comments(client, number):
            for line in _done_lines(one["body"]):
                if line not in told:
                    told.add(line)
                    yield line
        if is_over:
            return
        _check_alive(stage)
        time.sleep(POLL_SECONDS)
    raise EnvironmentMissing(
        f"the workflow did not end within {MOST_SECONDS:.0f} s",
        why=stage.last_words("worker"),
        next_step=f"read {stage.log('worker')}",
    )


def _tell_end(stage: Stage, client: httpx.Client, *, number: int, console: Console) -> bool:
    pulls = _get(client, "/pulls?state=all")
    pull = next((one for one in pulls if one["head"]["ref"].startswith(BRANCH_PREFIX)), None)
    if pull is None:
        console.print("\n[bold red]No pull request came of it.[/] The bot's last words:\n")
        for one in _bot_comments(client, number):
            console.print(Markdown(_HIDDEN.sub("", one["body"])))
        return False
    [run] = _get(client, f"/commits/{pull['head']['sha']}/check-runs")["check_runs"]
    said = " ".join([pull["body"], run["output"]["summary"], run["output"]["text"] or ""])
    files = files_of(said)
    console.print(f"\n[bold green]Draft pull request #{pull['number']}:[/] {pull['title']}")
    console.print(f"  {pull['html_url']}")
    changed = _get(client, f"/pulls/{pull['number']}/files")
    for one in changed:
        console.print(
            f"  {one['status']:<9} {one['filename']}  +{one['additions']} -{one['deletions']}"
        )
    console.print(
        f"\n[bold]Check run[/] {run['name']}: {run['conclusion']}, {run['output']['title']}"
    )
    console.print(_scores(files["report.json"]))
    graph = files["ccg.json"]
    console.print(
        f"[bold]Code Context Graph:[/] {len(graph['nodes'])} nodes, {len(graph['edges'])} edges"
    )
    console.print(f"  {links_in(said)['ccg.html']}", soft_wrap=True)
    return True


def _scores(report: Mapping[str, Any]) -> Table:
    table = Table(box=None, padding=(0, 2), show_header=False)
    for name, shown in report["assessment"]["rows"]:
        table.add_row(name, shown)
    return table


def links_in(text: str) -> dict[str, str]:
    """Return the signed links in a text by the names of their files."""
    return {link.group(1): link.group(0) for link in _ARTIFACT.finditer(text)}


def files_of(text: str) -> dict[str, Any]:
    """Open the signed links to JSON in a text, as somebody who clicks on them would; by file name."""
    found: dict[str, Any] = {}
    for name, url in links_in(text).items():
        if name.endswith(".json"):
            found[name] = httpx.get(url, timeout=30).raise_for_status().json()
    return found


def _done_lines(body: str) -> Iterator[str]:
    for line in body.splitlines():
        if line.startswith(("✅", "❌", "⚠", "- [x]", "⏭")):
            yield _MARKUP.sub("", line.removeprefix("- [x] ")).strip()


def _bot_comments(client: httpx.Client, number: int) -> list[dict[str, Any]]:
    found = _get(client, f"/issues/{number}/comments")
    return [one for one in found if one["user"]["type"] == "Bot"]


def _check_alive(stage: Stage) -> None:
    for name, process in stage.processes.items():
        if process.poll() is not None:
            raise EnvironmentMissing(
                f"the {name} process ended with {process.returncode}",
                why=stage.last_words(name),
                next_step=f"read {stage.log(name)}",
            )


def _get(client: httpx.Client, path: str) -> Any:
    return client.get(path).raise_for_status().json()


def _post(client: httpx.Client, path: str, body: Mapping[str, Any]) -> Any:
    return client.post(path, json=body).raise_for_status().json()
