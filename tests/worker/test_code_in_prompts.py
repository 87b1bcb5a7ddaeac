"""What the prompts of a chain show of the repository's code, and what a failure to find it costs."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from p2a.domain import LogLevel, WorkflowKind, WorkflowStatus
from p2a.git import Git, find_git
from p2a.model_settings import ModelSettings
from p2a.settings import Settings
from playground.gemini import GeminiPeer
from playground.git_program import GitProgram
from playground.sample import AUTHOR, COMMITTER, make_sample
from tests.fakes.depot import GOLD, ISSUE, make_depot
from tests.fakes.workshop import NO_LABORATORY, Workshop, now, reply, small_script, write_script
from worker.agents.developer import PROMPT_CHARACTERS
from worker.code_finder import SECONDS, CodeFinder
from worker.local import LocalEngine, LocalOutcome, LocalRequest
from worker.model.open import open_model

SHOWING = ("PLANNER", "DEVELOPER", "REVIEWER", "TESTER", "DOCUMENTER")
PIECES = "src/uploader/pieces.py"
WARNING = "The agents were shown no code that was chosen for the request: it took longer than 0 s"

RunLocally = Callable[..., LocalOutcome]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository that is larger than a prompt, all of it committed."""
    root = tmp_path / "repo"
    make_sample(root)
    make_depot(root)
    git = GitProgram(root / ".git")
    git.run("add", "--all", env={"GIT_WORK_TREE": str(root)})
    git.run("commit", "--quiet", "--no-verify", "-m", "Add a depot", env=AUTHOR | COMMITTER)
    return root


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[GeminiPeer]:
    """Return a model that sends the change back once."""
    again = [{"path": PIECES, "line": 1, "severity": "error", "message": "no"}]
    reviews = [
        reply("REVIEWER", verdict="revise", summary="once more", findings=again),
        reply("REVIEWER", verdict="approve", summary="fine", findings=[]),
    ]
    edit = {"path": PIECES, "old": "1024", "new": "2048"}
    turns = [
        reply("DEVELOPER", 0, calls=[("edit", edit)]),
        reply("DEVELOPER", 1, calls=[("done", {"summary": "Bigger."})]),
        reply("DEVELOPER", 0, calls=[("done", {"summary": "It is right."})]),
    ]
    script = small_script(REVIEWER=reviews, DEVELOPER=turns)
    with GeminiPeer.start(write_script(tmp_path / "script.json", script)) as peer:
        yield peer


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def run_locally(tmp_path: Path, repository: Path, peer: GeminiPeer, told: list[str]) -> RunLocally:
    """Return a function that does the chain on the repository for the issue."""
    settings = Settings(
        data_dir=tmp_path / "data",
        database_url="",
        models=ModelSettings(keys={"gemini": "k"}, urls={"gemini": peer.url}),
    )
    engine = LocalEngine(
        settings=settings,
        clock=now,
        laboratory=NO_LABORATORY,
        finder=CodeFinder(tmp_path / "data/cache"),
        open_model=partial(open_model, settings.models),
        tell=told.append,
    )
    git = Git.of_user(find_git(), repository)

    def run(seconds: float = SECONDS) -> LocalOutcome:
        finder = replace(engine.finder, seconds=seconds)
        request = LocalRequest(ISSUE, git, name="repo", base_ref="main")
        return replace(engine, finder=finder).run(request)

    return run


def first_prompts(peer: GeminiPeer) -> list[tuple[str, str]]:
    """Return each agent's first messages, without the delimiters of the run."""
    return [
        (one.agent, re.sub(r"untrusted-[0-9a-f]{16}", "untrusted", text_of(one.body)))
        for one in peer.requests
        if one.turn == 0
    ]


def text_of(body: dict[str, object]) -> str:
    contents = json.loads(json.dumps(body["contents"]))
    return "".join(part.get("text", "") for part in contents[0]["parts"])


def code_in(prompt: str) -> str:
    found = re.search(r'<untrusted name="code">\n(.*?)\n</untrusted>', prompt, re.DOTALL)
    return found[1] if found else ""


def test_prompts__hold_the_function_that_the_issue_describes(
    run_locally: RunLocally, peer: GeminiPeer
) -> None:
    assert run_locally().succeeded
    prompts = first_prompts(peer)
    names = ("PLANNER", "DEVELOPER", "REVIEWER", "TESTER", "DEVELOPER", "REVIEWER", "DOCUMENTER")
    assert sorted(name for name, prompt in prompts if code_in(prompt)) == sorted(names)
    # The base's code, whatever was changed meanwhile: the developer's has what it has room for.
    (code,) = {code_in(text) for name, text in prompts if name != "DEVELOPER"} - {""}
    assert GOLD in code
    for text in (text for name, text in prompts if name == "DEVELOPER"):
        assert GOLD in code_in(text)
        assert len(text) <= PROMPT_CHARACTERS
    assert "fill_lorry" not in ISSUE


def test_prompts__show_code_between_the_delimiters_only(
    run_locally: RunLocally, peer: GeminiPeer
) -> None:
    run_locally()
    for _, prompt in first_prompts(peer):
        assert "fill_lorry" not in prompt.replace(code_in(prompt) or "\0", "")


def test_prompts__two_runs_are_equal(run_locally: RunLocally, peer: GeminiPeer) -> None:
    run_locally()
    first = first_prompts(peer)
    run_locally()
    # Reviewer and tester ask at the same time, whoever comes first.
    assert sorted(first_prompts(peer)[len(first) :]) == sorted(first)


def test_run__a_ranking_that_fails_is_a_warning(
    run_locally: RunLocally, peer: GeminiPeer, told: list[str]
) -> None:
    outcome = run_locally(seconds=0.0)
    assert outcome.succeeded
    assert outcome.branch
    assert outcome.report["notes"] == [WARNING]
    assert WARNING in told
    assert [prompt for _, prompt in first_prompts(peer) if code_in(prompt)] == []
    assert {name for name, _ in first_prompts(peer)} >= set(SHOWING)


def test_fix__a_ranking_that_fails_is_told_in_the_comment(workshop: Workshop) -> None:
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    hasty = replace(workshop.engine().finder, seconds=0.0)
    assert workshop.perform(name, finder=hasty) is WorkflowStatus.COMPLETED
    assert f"Note: {WARNING}" in workshop.bot_comments()[0]
    levels = {line.message: line.level for line in workshop.store.progress(name)}
    assert levels[WARNING] is LogLevel.WARNING
