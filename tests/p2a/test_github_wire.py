"""The policy over a real wire: PyGithub talks to a server that fails to order."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from p2a.domain import Repository
from p2a.errors import (
    ConfigurationInvalid,
    GitHubError,
    GitHubForbidden,
    GitHubInvalid,
    GitHubNotFound,
    GitHubRateLimited,
    GitHubUnauthorized,
    GitHubUnavailable,
)
from p2a.github.connect import connect_app, installation_gateway
from p2a.github.gateway import Gateway
from p2a.github.pace import BURST, Pace
from p2a.settings import Settings
from tests.fakes.app_key import app_key
from tests.fakes.hub import DROP, Hub, Reply
from tests.fakes.stopwatch import Stopwatch

APP = {"id": 7, "slug": "helper", "permissions": {"checks": "write"}, "events": ["issues"]}
TOKENS = "POST /app/installations/5/access_tokens"
PERMISSION = "GET /repos/octo/shop/collaborators/ann/permission"
COMMENTS = "POST /repos/octo/shop/issues/3/comments"
COMMENT = {"id": 11, "body": "hi", "html_url": "http://x/11"}
WRITER = Reply(200, {"permission": "write", "role_name": "maintain"})
# A key that signs, but not in the way that GitHub asks for.
OTHER_KIND = (
    ed25519.Ed25519PrivateKey.generate()
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode()
)
REPOSITORY = Repository(id=99, owner="octo", name="shop")


def token(number: int, now: datetime, *, minutes: int = 60) -> Reply:
    end = (now + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
    return Reply(201, {"token": f"ghs_{number}", "expires_at": end, "permissions": {}})


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def hub(watch: Stopwatch) -> Iterator[Hub]:
    with Hub() as running:
        running.plan("GET /app", Reply(200, APP))
        running.plan(TOKENS, token(1, watch.now), token(2, watch.now, minutes=116))
        yield running


def settings(url: str, tmp_path: Path, *, key: str | None = None) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url="sqlite://",
        github_url=url,
        app_id=7,
        private_key=key or app_key(),
    )


@pytest.fixture
def gateway(hub: Hub, watch: Stopwatch, tmp_path: Path) -> Iterator[Gateway]:
    with installation_gateway(
        settings(hub.url, tmp_path),
        installation_id=5,
        repository=REPOSITORY,
        clock=watch,
        sleep=watch.sleep,
    ) as opened:
        yield opened


def test_gateway__asks_with_a_token_for_one_repository(hub: Hub, gateway: Gateway) -> None:
    hub.plan(PERMISSION, WRITER)
    assert gateway.permission("ann") == "maintain"
    assert gateway.app_login == "helper[bot]"
    asked = hub.last(TOKENS)
    assert asked.body["repository_ids"] == [99]
    assert asked.body["permissions"]["contents"] == "write"
    claims = jwt.decode(
        asked.headers["authorization"].removeprefix("Bearer "),
        options={"verify_signature": False},
    )
    assert claims["iss"] == "7"
    assert claims["exp"] - claims["iat"] <= 600
    assert hub.last(PERMISSION).headers["authorization"] == "Bearer ghs_1"
    assert hub.last(PERMISSION).headers["x-github-api-version"] == "2022-11-28"


def test_gateway__git_gets_a_token_that_only_reads(hub: Hub, gateway: Gateway) -> None:
    assert gateway.git_credentials() == "ghs_1"
    assert gateway.git_credentials() == "ghs_1"
    assert hub.count(TOKENS) == 1
    assert hub.last(TOKENS).body["permissions"] == {"contents": "read", "metadata": "read"}
    assert gateway.git_url == f"{hub.url}/octo/shop.git"


def test_token__renewed_before_its_end(hub: Hub, gateway: Gateway, watch: Stopwatch) -> None:
    hub.plan(PERMISSION, WRITER)
    gateway.permission("ann")
    watch.now += timedelta(minutes=56)
    gateway.permission("ann")
    assert hub.last(PERMISSION).headers["authorization"] == "Bearer ghs_2"


def test_token__asked_for_less_when_the_app_holds_less(
    hub: Hub, gateway: Gateway, watch: Stopwatch
) -> None:
    refusal = "The permissions requested are not granted to this installation."
    refused = Reply(422, {"message": refusal})
    hub.plan(TOKENS, refused, token(1, watch.now))
    hub.plan(PERMISSION, WRITER)
    assert gateway.permission("ann") == "maintain"
    assert "checks" not in hub.last(TOKENS).body["permissions"]
    assert hub.last(TOKENS).body["permissions"]["statuses"] == "write"
    watch.now += timedelta(minutes=56)
    hub.plan(TOKENS, refused, refused, token(2, watch.now))
    assert gateway.permission("ann") == "maintain"
    assert hub.last(TOKENS).body == {"repository_ids": [99]}


def test_token__repository_not_in_the_installation(hub: Hub, gateway: Gateway) -> None:
    reason = "There is at least one repository that does not exist or is not accessible"
    hub.plan(TOKENS, Reply(422, {"message": reason}))
    with pytest.raises(GitHubInvalid, match="not accessible"):
        gateway.permission("ann")
    assert hub.count(TOKENS) == 1


def test_q14__401_once_gets_one_new_token(hub: Hub, gateway: Gateway) -> None:
    hub.plan(COMMENTS, Reply(401, {"message": "Bad credentials"}), Reply(201, COMMENT))
    assert gateway.create_comment(3, "hi").id == 11
    assert hub.last(COMMENTS).headers["authorization"] == "Bearer ghs_2"
    assert hub.count(COMMENTS) == 2


def test_q14__401_for_ever_is_terminal_after_one_new_token(hub: Hub, gateway: Gateway) -> None:
    hub.plan(PERMISSION, Reply(401, {"message": "Bad credentials"}))
    with pytest.raises(GitHubUnauthorized, match="p2a doctor"):
        gateway.permission("ann")
    assert hub.count(PERMISSION) == 2
    assert hub.count(TOKENS) == 2


def test_app__401_for_the_key_is_terminal_at_once(
    hub: Hub, watch: Stopwatch, tmp_path: Path
) -> None:
    hub.plan("GET /app", Reply(401, {"message": "A JSON web token could not be decoded"}))
    with pytest.raises(GitHubUnauthorized, match="JSON web token"):
        installation_gateway(
            settings(hub.url, tmp_path), installation_id=5, repository=REPOSITORY, clock=watch
        )
    assert hub.count("GET /app") == 1


@pytest.mark.parametrize("key", ["no key", app_key()[:200], OTHER_KIND])
def test_app__key_that_is_none(watch: Stopwatch, tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="P2A_GITHUB_PRIVATE_KEY"):
        connect_app(settings("http://127.0.0.1:9", tmp_path, key=key), clock=watch)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_q10__read_fails_once(hub: Hub, gateway: Gateway, watch: Stopwatch, status: int) -> None:
    hub.plan(PERMISSION, Reply(status, "<html>oops</html>"), WRITER)
    assert gateway.permission("ann") == "maintain"
    assert 0.5 <= watch.sleeps[0] < 1.0


@pytest.mark.parametrize("reply", [Reply(500, ""), DROP])
def test_q10__read_fails_for_ever(
    hub: Hub, gateway: Gateway, watch: Stopwatch, reply: Reply
) -> None:
    hub.plan(PERMISSION, reply)
    with pytest.raises(GitHubUnavailable) as caught:
        gateway.permission("ann")
    assert caught.value.transient
    assert hub.count(PERMISSION) == 4
    assert len(watch.sleeps) == 3
    assert watch.sleeps == sorted(watch.sleeps)


def test_c03__permission_500_is_no_permission(hub: Hub, gateway: Gateway) -> None:
    hub.plan(PERMISSION, Reply(500, {"message": "Server Error"}))
    with pytest.raises(GitHubUnavailable):
        gateway.permission("ann")


def test_c03__permission_404_is_none(hub: Hub, gateway: Gateway) -> None:
    hub.plan(PERMISSION, Reply(404, {"message": "Not Found"}))
    assert gateway.permission("ann") == "none"


@pytest.mark.parametrize(
    ("data", "level"),
    [
        ({"permission": "admin", "role_name": "admin"}, "admin"),
        ({"permission": "write", "role_name": "release-manager"}, "write"),
        ({"permission": "read"}, "read"),
        ({"permission": "owner of all"}, "none"),
    ],
)
def test_permission__levels(hub: Hub, gateway: Gateway, data: dict[str, Any], level: str) -> None:
    hub.plan(PERMISSION, Reply(200, data))
    assert gateway.permission("ann") == level


@pytest.mark.parametrize("body", ["", "<html>", [], {"other": 1}])
def test_permission__answer_of_another_form(hub: Hub, gateway: Gateway, body: Any) -> None:
    hub.plan(PERMISSION, Reply(200, body))
    with pytest.raises(GitHubUnavailable, match="cannot be read"):
        gateway.permission("ann")


@pytest.mark.parametrize("reply", [DROP, Reply(502, "")])
def test_q11__write_with_a_lost_answer_is_not_repeated(
    hub: Hub, gateway: Gateway, reply: Reply
) -> None:
    hub.plan(COMMENTS, reply)
    with pytest.raises(GitHubUnavailable):
        gateway.create_comment(3, "hi")
    assert hub.count(COMMENTS) == 1


def test_q11__edit_is_repeated(hub: Hub, gateway: Gateway) -> None:
    edit = "PATCH /repos/octo/shop/issues/comments/11"
    hub.plan(edit, DROP, Reply(500, ""), Reply(200, COMMENT))
    assert gateway.edit_comment(11, "hi") is not None
    assert hub.count(edit) == 3


def test_wire__write_that_never_left_is_repeated(watch: Stopwatch, tmp_path: Path) -> None:
    with Hub() as gone:
        pass
    with (
        connect_app(settings(gone.url, tmp_path), clock=watch, sleep=watch.sleep) as app,
        pytest.raises(GitHubUnavailable, match="could not be reached"),
    ):
        app.facts()
    assert len(watch.sleeps) == 3


@pytest.mark.parametrize("status", [403, 429])
def test_q12__retry_after_is_obeyed(
    hub: Hub, gateway: Gateway, watch: Stopwatch, status: int
) -> None:
    limit = Reply(
        status,
        {"message": "You have exceeded a secondary rate limit."},
        {"Retry-After": "60"},
    )
    hub.plan(COMMENTS, limit, Reply(201, COMMENT))
    assert gateway.create_comment(3, "hi").id == 11
    assert max(watch.sleeps) == 60.0
    assert hub.count(COMMENTS) == 2


def test_q12__one_probe_only(hub: Hub, gateway: Gateway) -> None:
    hub.plan(PERMISSION, Reply(429, {"message": "slow down"}, {"Retry-After": "20"}))
    with pytest.raises(GitHubRateLimited) as caught:
        gateway.permission("ann")
    assert caught.value.retry_after == 20.0
    assert hub.count(PERMISSION) == 2


def test_q12__429_without_a_time_waits_a_minute(
    hub: Hub, gateway: Gateway, watch: Stopwatch
) -> None:
    hub.plan(PERMISSION, Reply(429, {"message": "Too Many Requests"}), WRITER)
    assert gateway.permission("ann") == "maintain"
    assert watch.sleeps == [60.0]


def test_q12__primary_limit_is_raised_and_remembered(
    hub: Hub, gateway: Gateway, watch: Stopwatch
) -> None:
    reset = int(watch.now.timestamp()) + 1800
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
    hub.plan(PERMISSION, Reply(403, {"message": "API rate limit exceeded"}, headers), WRITER)
    with pytest.raises(GitHubRateLimited) as caught:
        gateway.permission("ann")
    assert caught.value.retry_after == 1800.0
    assert watch.sleeps == []
    watch.now += timedelta(minutes=10)
    with pytest.raises(GitHubRateLimited) as again:
        gateway.permission("ann")
    assert again.value.retry_after == 1200.0
    assert hub.count(PERMISSION) == 1
    watch.now += timedelta(minutes=20)
    assert gateway.permission("ann") == "maintain"


def test_q12__many_writes_keep_a_second_between_them(
    hub: Hub, gateway: Gateway, watch: Stopwatch
) -> None:
    hub.plan(COMMENTS, Reply(201, COMMENT))
    for _ in range(BURST + 2):
        gateway.create_comment(3, "hi")
    assert watch.sleeps == [1.0, 1.0]


def test_q12__no_minute_has_more_than_80_writes(watch: Stopwatch) -> None:
    pace = Pace(clock=watch, sleep=watch.sleep)
    began, sent = watch.now, list[float]()
    while not sent or sent[-1] < 180:
        pace.enter(creates=True, longest_wait=60)
        sent.append((watch.now - began).total_seconds())
    assert max(sum(first <= other < first + 60 for other in sent) for first in sent) <= 80


def test_pace__a_silence_gives_the_burst_back_and_no_more(watch: Stopwatch) -> None:
    pace = Pace(clock=watch, sleep=watch.sleep, burst=2)
    for _ in range(3):
        pace.enter(creates=True, longest_wait=60)
    watch.now += timedelta(hours=1)
    for _ in range(3):
        pace.enter(creates=True, longest_wait=60)
    assert watch.sleeps == [1.0, 1.0]


def test_pace__sleep_may_end_the_waiting(watch: Stopwatch) -> None:
    def cancelled(seconds: float) -> None:
        raise InterruptedError(seconds)

    pace = Pace(clock=watch, sleep=cancelled, burst=1)
    pace.enter(creates=True, longest_wait=60)
    with pytest.raises(InterruptedError):
        pace.enter(creates=True, longest_wait=60)


def test_wire__503_with_a_time_over_the_bound_is_raised(
    hub: Hub, gateway: Gateway, watch: Stopwatch
) -> None:
    hub.plan(PERMISSION, Reply(503, "", {"Retry-After": "600"}))
    with pytest.raises(GitHubUnavailable):
        gateway.permission("ann")
    assert watch.sleeps == []


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (
            Reply(
                403,
                {"message": "Resource not accessible by integration"},
                {"X-Accepted-GitHub-Permissions": "issues=write; pull_requests=write"},
            ),
            GitHubForbidden,
            "issues=write; pull_requests=write",
        ),
        (
            Reply(403, {"message": "Unable to create comment because issue is locked."}),
            GitHubForbidden,
            "issue is locked",
        ),
        (Reply(404, {"message": "Not Found"}), GitHubNotFound, "deleted or renamed"),
        (Reply(410, {"message": "This issue was deleted"}), GitHubNotFound, "was deleted"),
        (Reply(307, {"message": "Moved"}, {"Location": "/x"}), GitHubNotFound, "307"),
        (
            Reply(
                422,
                {
                    "message": "Validation Failed",
                    "errors": [
                        {"resource": "IssueComment", "field": "data", "code": "unprocessable"},
                        {"message": "Body is too long (maximum is 65536 characters)"},
                        "plain",
                    ],
                },
            ),
            GitHubInvalid,
            "IssueComment data unprocessable; Body is too long .* plain",
        ),
        (Reply(422, {"message": "No", "errors": "commit missing"}), GitHubInvalid, "missing"),
        (Reply(409, {"message": "Git Repository is empty."}), GitHubInvalid, "is empty"),
        (Reply(400, "nonsense"), GitHubInvalid, "no reason that can be read"),
    ],
)
def test_q15__refusals_are_not_repeated(
    hub: Hub, gateway: Gateway, reply: Reply, kind: type[GitHubError], words: str
) -> None:
    hub.plan(COMMENTS, reply)
    with pytest.raises(kind, match=words) as caught:
        gateway.create_comment(3, "hi")
    assert caught.value.status == reply.status
    assert caught.value.what
    assert caught.value.why
    assert caught.value.next_step
    assert hub.count(COMMENTS) == 1


def test_wire__redirect_to_another_host_is_refused(hub: Hub, gateway: Gateway) -> None:
    moved = Reply(301, {}, {"Location": "http://evil.example/x"})
    hub.plan("GET /repos/octo/shop", moved)
    hub.plan(PERMISSION, moved)
    with pytest.raises(GitHubNotFound, match="elsewhere"):
        gateway.repository_facts()
    assert gateway.permission("ann") == "none"


def test_wire__header_that_is_no_number(hub: Hub, gateway: Gateway) -> None:
    headers = {"X-RateLimit-Remaining": "many", "X-RateLimit-Limit": "more"}
    hub.plan(PERMISSION, Reply(200, {"permission": "write"}, headers))
    with pytest.raises(GitHubUnavailable, match="cannot be read"):
        gateway.permission("ann")


def test_wire__pages(hub: Hub, gateway: Gateway) -> None:
    listing = "GET /repos/octo/shop/issues/3/comments"
    user = {"type": "Bot", "login": "helper[bot]"}
    first = [{**COMMENT, "id": number, "user": user} for number in range(100)]
    ours = {**COMMENT, "id": 500, "body": "<!-- m -->\nx", "user": user}
    hub.plan(listing, Reply(200, first), Reply(200, [ours]))
    found = gateway.find_comment(3, "<!-- m -->")
    assert found is not None
    assert found.id == 500
    assert hub.last(listing).query == {"page": "2", "per_page": "100"}


@pytest.mark.parametrize(
    "author",
    [
        {"user": {"type": "User", "login": "mallory"}},
        {"user": {"type": "Bot", "login": "other[bot]"}},
        {"user": None},
        {
            "user": {"type": "User", "login": "ann"},
            "performed_via_github_app": {"id": 7},
        },
        {
            "user": {"type": "Bot", "login": "helper[bot]"},
            "performed_via_github_app": {"id": 8},
        },
    ],
)
def test_r2__somebody_elses_comment_with_our_marker(
    hub: Hub, gateway: Gateway, author: dict[str, Any]
) -> None:
    forged = {**COMMENT, "body": "<!-- m --> mine", **author}
    hub.plan("GET /repos/octo/shop/issues/3/comments", Reply(200, [forged]))
    assert gateway.find_comment(3, "<!-- m -->") is None


def test_c18__another_repository_under_the_name(hub: Hub, gateway: Gateway) -> None:
    facts = {
        "id": 100,
        "full_name": "octo/shop",
        "default_branch": "main",
        "private": False,
        "html_url": "http://x",
        "clone_url": "http://x.git",
    }
    hub.plan("GET /repos/octo/shop", Reply(200, facts), Reply(200, {**facts, "id": 99}))
    with pytest.raises(GitHubNotFound, match="another repository"):
        gateway.repository_facts()
    assert gateway.repository_facts().default_branch == "main"


def test_s12__no_token_in_logs_or_errors(
    hub: Hub, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hub.plan(PERMISSION, Reply(404, {}), Reply(500, {}))
    gateway.permission("ann")
    with pytest.raises(GitHubUnavailable) as caught:
        gateway.permission("ann")
    assert "ghs_1" not in caplog.text
    assert "ghs_1" not in str(caught.value)
    assert "Bearer" not in caplog.text
