"""The chain on a local repository: a branch, a report, and nothing else touched."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from p2a.command import main
from p2a.domain import AgentType
from p2a.errors import GitFailed
from p2a.git import Git, find_git
from p2a.model_settings import ModelSettings, Price
from p2a.settings import Settings
from playground.gemini import GeminiPeer
from playground.sample import make_sample
from tests.fakes.workshop import NO_LABORATORY, now, small_script, write_script
from worker.code_finder import CodeFinder
from worker.local import LocalEngine, LocalRequest
from worker.local_text import render_outcome
from worker.model.interface import Model, Supervisor
from worker.model.open import open_model


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[GeminiPeer]:
    with GeminiPeer.start(write_script(tmp_path / "script.json", small_script())) as peer:
        yield peer


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def engine(tmp_path: Path, peer: GeminiPeer, told: list[str]) -> LocalEngine:
    settings = Settings(
        data_dir=tmp_path / "data",
        database_url="",
        models=ModelSettings(keys={"gemini": "k"}, urls={"gemini": peer.url}),
    )
    return LocalEngine(
        settings=settings,
        clock=now,
        laboratory=NO_LABORATORY,
        finder=CodeFinder(tmp_path / "data/cache"),
        open_model=partial(open_model, settings.models),
        tell=told.append,
    )


def test_run__ends_with_a_branch_and_leaves_the_tree_alone(
    tmp_path: Path, engine: LocalEngine, told: list[str]
) -> None:
    make_sample(tmp_path / "repo")
    mine = tmp_path / "repo/README.md"
    mine.write_text("not committed", encoding="utf-8")
    git = Git.of_user(find_git(), tmp_path / "repo")
    opened: list[AgentType] = []

    def counted(supervisor: Supervisor, agent: AgentType) -> Model:
        opened.append(agent)
        return engine.open_model(supervisor, agent)

    request = LocalRequest("bigger pieces", git, name="repo", base_ref="main")
    outcome = replace(engine, open_model=counted).run(request)
    assert outcome.succeeded
    # Agents with the same models share them, but for those that are asked at the same time.
    assert sorted(opened) == [AgentType.COORDINATOR, AgentType.REVIEWER, AgentType.TESTER]
    before, after = git.resolve("main"), git.resolve(outcome.branch)
    assert before is not None
    assert after is not None
    assert [change.path for change in git.changes(before, after)] == ["src/uploader/pieces.py"]
    assert mine.read_text(encoding="utf-8") == "not committed"
    assert git.head_branch() == "main"
    text = render_outcome(outcome, report="r.json")
    assert f"branch {outcome.branch}" in text
    assert "tests after:  not run: no sandbox in this test" in text
    assert any("branch p2a/" in line for line in told)
    assert outcome.report["tests_after"]["ran"] is False


def test_run__keeps_what_was_done_when_the_budget_is_reached(
    tmp_path: Path, engine: LocalEngine, peer: GeminiPeer
) -> None:
    make_sample(tmp_path / "repo")
    git = Git.of_user(find_git(), tmp_path / "repo")
    prices = {"gemini/gemini-3-pro-preview": Price(0.0, 1_000_000.0)}
    models = replace(engine.settings.models, prices=prices)
    engine = replace(engine, settings=replace(engine.settings, models=models))
    engine = replace(engine, open_model=partial(open_model, models))
    # An answer's token costs a dollar, a question nothing: one cent ends it after the first answer.
    request = LocalRequest("bigger pieces", git, name="repo", base_ref="main", budget_usd=0.01)
    outcome = engine.run(request)
    assert not outcome.succeeded
    assert "the budget is reached" in outcome.headline
    assert "run it again with a larger --budget" in str(outcome.report["error"])
    assert "/p2a" not in str(outcome.report["error"])
    assert outcome.branch == ""
    assert [call["agent"] for call in outcome.report["cost"]["calls"]] == ["coordinator"]
    assert len(peer.requests) == 1


def test_run__says_what_failed(tmp_path: Path, engine: LocalEngine) -> None:
    make_sample(tmp_path / "repo")
    git = Git.of_user(find_git(), tmp_path / "repo")
    outcome = engine.run(LocalRequest("bigger pieces", git, name="repo", base_ref="absent"))
    assert not outcome.succeeded
    assert "names no commit" in outcome.headline
    text = render_outcome(outcome, report="r.json")
    assert text.startswith("FAILED: 'absent' names no commit\n")


def test_run__the_report_lies_outside_of_where_it_is_called(
    tmp_path: Path,
    peer: GeminiPeer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_sample(tmp_path / "repo")
    monkeypatch.chdir(tmp_path / "repo")
    values = {"DATA_DIR": str(tmp_path / "data"), "SANDBOX": "none", "MODEL_URL": peer.url}
    for name, value in values.items():
        monkeypatch.setenv(f"P2A_{name}", value)
    monkeypatch.setenv("GEMINI_API_KEY", "k")
    before = sorted((tmp_path / "repo").iterdir())
    assert main(["run", "bigger pieces", "--repo", "."]) == 0
    assert sorted((tmp_path / "repo").iterdir()) == before
    (report,) = (tmp_path / "data" / "reports").iterdir()
    assert f"report: {report}" in capsys.readouterr().out
    assert json.loads(report.read_text(encoding="utf-8"))["workflow"] in report.name


def test_run__a_repository_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "x", "--repo", "/nowhere/at/all"]) == 3
    assert "is not a folder" in capsys.readouterr().err


def test_run__a_missing_sdk_is_told_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("P2A_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("P2A_MODEL", "gemini/gemini-2.5-flash")
    monkeypatch.setenv("GEMINI_API_KEY", "k")
    monkeypatch.setitem(sys.modules, "worker.model.gemini", None)
    # No repository: git would be the next to complain.
    assert main(["run", "x", "--repo", str(tmp_path)]) == 4
    error = capsys.readouterr().err
    assert error.startswith("p2a: what talks to the models is not installed\n  why:  ")
    assert error.endswith("  next: in your copy of p2a's repository: pip install '.[worker]'\n")


def test_run__a_missing_key_is_told_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_sample(tmp_path / "repo")
    monkeypatch.setenv("P2A_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("P2A_MODEL", "gemini/gemini-2.5-flash")
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    assert main(["run", "x", "--repo", str(tmp_path / "repo")]) == 3
    assert "GEMINI_API_KEY is not set" in capsys.readouterr().err
    assert list((tmp_path / "data").iterdir()) == []


def test_run__needs_a_repository(tmp_path: Path) -> None:
    with pytest.raises(GitFailed):
        Git.of_user(find_git(), tmp_path)
