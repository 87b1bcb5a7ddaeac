"""Each check against the real part, in good and in bad order."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from p2a.doctor.checkup import examine
from p2a.doctor.command import doctor
from p2a.doctor.finding import Finding, Grade
from p2a.doctor.machine import (
    check_data_dir,
    check_git,
    check_python,
    check_sandbox,
    check_test_env,
    check_user,
)
from p2a.doctor.model import check_model
from p2a.doctor.outside import (
    check_app,
    check_git_transport,
    check_public_url,
    check_webhook_secret,
)
from p2a.doctor.service import check_database, check_queue
from p2a.domain import AgentType
from p2a.model_settings import ModelSettings
from p2a.queue.embedded import ensure_embedded, stop_embedded
from p2a.settings import Settings
from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from playground.gemini import GeminiPeer
from playground.records import App
from playground.server import Playground
from tests.fakes.app_key import app_key
from tests.fakes.model_vendors import PROTOCOLS, Protocol

KEY = "the-key-for-tests"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'p2a.db'}")


@pytest.fixture
def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def grade(finding: Finding) -> tuple[Grade, int]:
    assert (finding.grade is Grade.OK) == (finding.next_step == "")
    return finding.grade, finding.exit_code


OK, WARN = (Grade.OK, 0), (Grade.WARN, 0)
WRONG, BROKEN = (Grade.FAIL, 3), (Grade.FAIL, 4)


# This machine -----------------------------------------------------------------------------------


@pytest.mark.parametrize("check", [check_python, check_git, check_sandbox, check_test_env])
def test_machine__is_in_order(check: Callable[[Settings], Finding], settings: Settings) -> None:
    assert grade(check(settings)) == OK


def test_user__root_is_warned_about(settings: Settings) -> None:
    assert grade(check_user(settings)) == (WARN if os.getuid() == 0 else OK)


def test_sandbox__none_is_warned_about(settings: Settings) -> None:
    finding = check_sandbox(replace(settings, sandbox="none"))
    assert grade(finding) == WARN
    assert "not measured" in finding.found


def test_test_env__is_looked_at(settings: Settings, tmp_path: Path) -> None:
    given = replace(settings, test_env=tmp_path / "env")
    assert grade(check_test_env(given)) == WRONG
    (tmp_path / "env" / "bin").mkdir(parents=True)
    (tmp_path / "env" / "bin" / "python").touch()
    assert grade(check_test_env(given)) == OK


def test_test_env__names_the_index_without_its_password(settings: Settings) -> None:
    assert "packages are not installed" in check_test_env(settings).found
    given = replace(settings, package_index="https://somebody:secret@index.example/simple")
    finding = check_test_env(given)
    assert grade(finding) == OK
    assert finding.found.endswith("from index.example")


def test_data_dir__private_open_missing_or_not_a_folder(settings: Settings, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert grade(check_data_dir(settings)) == OK
    tmp_path.chmod(0o755)
    assert grade(check_data_dir(settings)) == WARN
    made_later = check_data_dir(replace(settings, data_dir=tmp_path / "a" / "b"))
    assert grade(made_later) == OK
    assert "will be made" in made_later.found
    assert not (tmp_path / "a").exists()
    (tmp_path / "file").touch()
    for path in ("file", "file/inside"):
        assert grade(check_data_dir(replace(settings, data_dir=tmp_path / path))) == BROKEN


# What is shared -----------------------------------------------------------------------------------


def test_database__empty_migrated_and_newer(empty_database_url: str, settings: Settings) -> None:
    given = replace(settings, database_url=empty_database_url)
    assert grade(check_database(given)) == WARN
    engine = open_engine(empty_database_url, pooled=False)
    try:
        migrate(engine)
        finding = check_database(given)
        assert grade(finding) == OK
        assert "the newest" in finding.found
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = 'from-later'"))
        finding = check_database(given)
        assert grade(finding) == BROKEN
        assert "from-later" in finding.found
    finally:
        engine.dispose()


def test_database__a_missing_file_is_not_made(settings: Settings, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'deep' / 'p2a.db'}"
    assert grade(check_database(replace(settings, database_url=url))) == WARN
    assert not (tmp_path / "deep").exists()


@pytest.mark.parametrize(
    ("url", "expected"), [("nonsense", WRONG), ("mysql://host/x", WRONG), ("sqlite://", WRONG)]
)
def test_database__a_wrong_url(url: str, expected: object, settings: Settings) -> None:
    assert grade(check_database(replace(settings, database_url=url))) == expected


def test_database__that_does_not_answer(free_port: int, settings: Settings) -> None:
    url = f"postgresql://p2a:hunter22@127.0.0.1:{free_port}/p2a"
    finding = check_database(replace(settings, database_url=url))
    assert grade(finding) == BROKEN
    assert "hunter22" not in finding.found


def test_queue__embedded_is_not_started(settings: Settings, tmp_path: Path) -> None:
    finding = check_queue(settings)
    assert grade(finding) == OK
    assert "started on demand" in finding.found
    assert list(tmp_path.iterdir()) == []


def test_queue__answers(settings: Settings, tmp_path: Path) -> None:

    tmp_path.chmod(0o700)
    ensure_embedded(tmp_path)
    try:
        finding = check_queue(settings)
        assert grade(finding) == OK
        assert "the embedded server answers" in finding.found
    finally:
        stop_embedded(tmp_path)


def test_queue__wrong_and_silent(free_port: int, settings: Settings) -> None:
    assert grade(check_queue(replace(settings, redis_url="http://x"))) == WRONG
    url = f"redis://:hunter22@127.0.0.1:{free_port}/0"
    finding = check_queue(replace(settings, redis_url=url))
    assert grade(finding) == BROKEN
    assert "hunter22" not in finding.found


# What is outside --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("secret", "expected"), [(None, WARN), ("changeme", WRONG), ("short", WRONG), ("x" * 32, OK)]
)
def test_webhook_secret__is_weighed_not_shown(
    secret: str | None, expected: object, settings: Settings
) -> None:
    finding = check_webhook_secret(replace(settings, webhook_secret=secret))
    assert grade(finding) == expected
    assert (secret or "?") not in finding.found


@pytest.mark.parametrize(
    ("url", "expected"),
    [("https://github.com", OK), ("http://127.0.0.1:1", OK), ("http://github.example.org", WARN)],
)
def test_git_transport__is_private(url: str, expected: object, settings: Settings) -> None:
    assert grade(check_git_transport(replace(settings, github_url=url))) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (None, WARN),
        ("http://p2a.example.org", WARN),
        ("http://127.0.0.1:8080", OK),
        ("https://p2a.example.org", OK),
    ],
)
def test_public_url__is_there_and_private(
    url: str | None, expected: object, settings: Settings
) -> None:
    assert grade(check_public_url(replace(settings, public_url=url))) == expected


PERMISSIONS = {
    "checks": "write",
    "contents": "write",
    "issues": "write",
    "metadata": "read",
    "pull_requests": "write",
}


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with Playground.start() as playground:
        yield playground


def add_app(playground: Playground, slug: str, **changes: object) -> App:
    values: dict[str, object] = {
        "webhook_url": "http://127.0.0.1:9/",
        "webhook_secret": "secret of the hook",
        "permissions": PERMISSIONS,
        "events": ("issue_comment", "pull_request"),
        **changes,
    }
    return playground.world.add_app(slug, **values)  # type: ignore[arg-type]


def as_app(settings: Settings, playground: Playground, app: App) -> Settings:
    return replace(
        settings, github_url=playground.url, app_id=app.id, private_key=app.private_key_pem
    )


def test_app__signs_in(playground: Playground, settings: Settings) -> None:
    app = add_app(playground, "p2a-good")
    finding = check_app(as_app(settings, playground, app), now)
    assert (grade(finding), "p2a-good" in finding.found) == (OK, True)


def test_app__lacks_a_permission_or_an_event(playground: Playground, settings: Settings) -> None:
    weak = add_app(playground, "p2a-weak", permissions={**PERMISSIONS, "checks": "read"})
    finding = check_app(as_app(settings, playground, weak), now)
    assert (grade(finding), "checks: write" in finding.found) == (WRONG, True)
    deaf = add_app(playground, "p2a-deaf", events=("push",))
    finding = check_app(as_app(settings, playground, deaf), now)
    assert (grade(finding), "issue_comment" in finding.found) == (WRONG, True)


def test_app__with_a_key_that_is_not_its_own(playground: Playground, settings: Settings) -> None:
    app = add_app(playground, "p2a-mixed")
    other = add_app(playground, "p2a-other")
    mixed = replace(as_app(settings, playground, app), private_key=other.private_key_pem)
    assert grade(check_app(mixed, now)) == WRONG


def test_app__missing_half_given_or_no_key(settings: Settings) -> None:
    assert grade(check_app(settings, now)) == WARN
    assert grade(check_app(replace(settings, app_id=1), now)) == WRONG
    finding = check_app(replace(settings, app_id=1, private_key="not a key"), now)
    assert (grade(finding), "not a key" in finding.found) == (WRONG, False)


def test_app__github_does_not_answer(free_port: int, settings: Settings) -> None:
    silent = replace(
        settings, github_url=f"http://127.0.0.1:{free_port}", app_id=1, private_key=app_key()
    )
    assert grade(check_app(silent, now)) == BROKEN


@pytest.fixture
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GeminiPeer]:
    script = tmp_path_factory.mktemp("script") / "script.json"
    script.write_text('{"format": "p2a-script/1", "replies": []}', encoding="utf-8")
    with GeminiPeer.start(script, key=KEY) as peer:
        yield peer


@pytest.mark.parametrize(
    ("model", "key", "expected"),
    [
        ("gemini/gemini-3-pro-preview", KEY, OK),
        ("gemini/gemini-3-pro-preview", "another-key", WRONG),
        ("gemini/gemini-9", KEY, WRONG),
        ("gemini/gemini-3-pro-preview", None, WARN),
        ("gemini/", KEY, WRONG),
        ("other/model", KEY, WRONG),
    ],
)
def test_model__name_and_key(
    peer: GeminiPeer, settings: Settings, model: str, key: str | None, expected: object
) -> None:
    models = ModelSettings((model,), keys={"gemini": key or ""}, urls={"gemini": peer.url})
    given = replace(settings, models=models)
    finding = check_model(given)
    assert grade(finding) == expected
    assert (key or "?") not in finding.found
    assert all(request.method == "GET" for request in peer.requests)


def test_model__does_not_answer(free_port: int, settings: Settings) -> None:
    url = f"http://127.0.0.1:{free_port}"
    models = ModelSettings(keys={"gemini": KEY}, urls={"gemini": url})
    assert grade(check_model(replace(settings, models=models))) == BROKEN


@pytest.fixture(params=PROTOCOLS, ids=lambda protocol: protocol.vendor)
def vendor(request: pytest.FixtureRequest) -> Protocol:
    found: Protocol = request.param
    return found


@pytest.mark.parametrize(
    ("name", "key", "expected"),
    [("", KEY, OK), ("no-such-model", KEY, WRONG), ("", "another-key", WRONG)],
)
def test_model__of_every_vendor(
    tmp_path: Path, settings: Settings, vendor: Protocol, name: str, key: str, expected: object
) -> None:
    script = tmp_path / "script.json"
    script.write_text('{"format": "p2a-script/1", "replies": []}', encoding="utf-8")
    with vendor.start(script, key=KEY) as peer:
        models = ModelSettings(
            (f"{vendor.vendor}/{name or vendor.model}",),
            keys={vendor.vendor: key},
            urls={vendor.vendor: peer.url + vendor.path},
        )
        assert grade(check_model(replace(settings, models=models))) == expected


def test_model__the_first_trouble_of_several_is_told(peer: GeminiPeer, settings: Settings) -> None:
    models = ModelSettings(
        by_agent={AgentType.TESTER: ("openai/gpt-5",)},
        keys={"gemini": KEY},
        urls={"gemini": peer.url},
    )
    finding = check_model(replace(settings, models=models))
    assert grade(finding) == WARN
    assert "OPENAI_API_KEY" in finding.found


# All together ------------------------------------------------------------------------------------


def test_examine__shows_every_part_and_no_secret(
    settings: Settings, free_port: int, peer: GeminiPeer
) -> None:
    secrets = {
        "private_key": app_key(),
        "webhook_secret": "canary-of-the-webhook",
        "redis_url": f"redis://:canary-of-the-queue@127.0.0.1:{free_port}/0",
        "database_url": f"postgresql://p2a:canary%2Dof-the-store@127.0.0.1:{free_port}/p2a",
    }
    given = replace(
        settings,
        app_id=1,
        github_url=f"http://127.0.0.1:{free_port}",
        models=ModelSettings(keys={"gemini": "canary-of-the-model"}, urls={"gemini": peer.url}),
        **secrets,  # type: ignore[arg-type]
    )
    findings = examine(given, clock=now)
    assert [finding.part for finding in findings] == [
        "python",
        "user",
        "git",
        "sandbox",
        "test environment",
        "data directory",
        "database",
        "queue",
        "webhook secret",
        "github url",
        "github app",
        "public url",
        "model",
    ]
    shown = repr(findings)
    assert "canary" not in shown
    assert "PRIVATE KEY" not in shown


def run_command(environ: dict[str, str], *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(doctor, arguments, env=environ, standalone_mode=False)
    assert result.exception is None
    return result.return_value, result.stdout


def test_command__a_new_installation_fails_in_nothing(tmp_path: Path) -> None:
    environ = {"P2A_DATA_DIR": str(tmp_path / "data")}
    code, output = run_command(environ)
    assert code == 0
    assert output.endswith(" warn, 0 fail\n")
    code, output = run_command(environ, "--json")
    assert {item["grade"] for item in json.loads(output)["findings"]} == {"ok", "warn"}


def test_command__a_wrong_setting_is_shown_and_exits_with_3() -> None:
    code, output = run_command({"P2A_CONCURRENCY": "many"})
    assert code == 3
    assert "P2A_CONCURRENCY is not a positive whole number" in output
