"""The gateway and its effects against a playground: real HTTP, real git objects, faults in between."""

import logging
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from p2a.domain import Lease, Repository
from p2a.effects import (
    AddReaction,
    Annotation,
    AnnotationLevel,
    CheckAction,
    Conclusion,
    Effect,
    FileChange,
    OpenPull,
    Performed,
    PublishBranch,
    PutCheck,
    PutComment,
    PutStatus,
    StatusState,
)
from p2a.errors import EditRefused, GitHubForbidden, GitHubInvalid, GitHubNotFound
from p2a.github.connect import connect_app, installation_gateway
from p2a.github.gateway import Gateway
from p2a.github.pace import Pace
from p2a.github.perform import Performer
from p2a.github.settle import unhindered
from p2a.github.token import WITHOUT_CHECKS
from p2a.settings import Settings
from playground.faults import Fault
from playground.server import Playground
from playground.world import Login
from tests.contract.playground_contract import assert_contract
from tests.fakes.ledger import FakeLedger

ID = "0123456789abcdef"
BRANCH = f"p2a/{ID}"
MARKER = f"<!-- p2a:workflow:{ID} -->"
LEASE = Lease(workflow_id=ID, owner="w1", token=1)


@dataclass
class Scene:
    """A playground with a repository, an issue with a comment, and our gateway to it."""

    playground: Playground
    gateway: Gateway
    settings: Settings
    repository: Repository
    installation_id: int
    ann: Login
    head: str
    comment_id: int
    ledger: FakeLedger

    def performer(self, *, check: Callable[[], None] = unhindered) -> Performer:
        """Return a performer as a new process would have it; the ledger stays."""
        return Performer(self.gateway, self.ledger, LEASE, sleep=no_sleep, check=check)

    def get(self, path: str) -> Any:
        """Return what the API says to a person."""
        answer = requests.get(
            f"{self.playground.api_url}/repos/octo/shop/{path}",
            headers={"Authorization": f"Bearer {self.ann.token}"},
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Do something as a person."""
        answer = requests.post(
            f"{self.playground.api_url}/repos/octo/shop/{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.ann.token}"},
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json()

    def effects(self) -> tuple[Effect, ...]:
        """Return one effect of each kind, in the order of a workflow."""
        change = FileChange("cart.py", b"TOTAL = 2\n")
        logo = FileChange("logo.png", b"\x89PNG\0\xff")
        return (
            AddReaction("eyes", number=1, comment_id=self.comment_id),
            PutComment(number=1, marker=MARKER, body="working"),
            PublishBranch(BRANCH, self.head, "Mend the cart", (change, logo)),
            OpenPull(BRANCH, "main", "Mend the cart", "why"),
            PutCheck(
                head_sha=self.head,
                external_id=ID,
                name="p2a",
                title="82 of 100",
                summary="fine",
                text="all of it",
                conclusion=Conclusion.SUCCESS,
                annotations=tuple(
                    Annotation("cart.py", 1, 1, AnnotationLevel.NOTICE, f"note {n}")
                    for n in range(120)
                ),
            ),
        )


def no_sleep(seconds: float) -> None:
    """Do not wait: what is waited for is in the tests of the policy."""


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.org", *arguments]
    done = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.strip()


def source(folder: Path) -> Path:
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "cart.py").write_text("TOTAL = 1\n", encoding="utf-8")
    (folder / "old.py").write_text("x = 1\n", encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "Start")
    return folder


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    folder = source(tmp_path / "source")
    with Playground.start() as playground:
        world = playground.world
        ann = world.add_user("ann")
        record = world.add_repository("octo", "shop", folder)
        world.set_permission("octo/shop", "ann", "write")
        app = world.add_app("helper")
        installation_id = world.install(app, "octo/shop")
        settings = Settings(
            data_dir=tmp_path,
            database_url="sqlite://",
            github_url=playground.url,
            app_id=app.id,
            private_key=app.private_key_pem,
        )
        repository = Repository(id=record.id, owner="octo", name="shop")
        with open_gateway(settings, repository, installation_id) as gateway:
            there = Scene(
                playground=playground,
                gateway=gateway,
                settings=settings,
                repository=repository,
                installation_id=installation_id,
                ann=ann,
                head=git(folder, "rev-parse", "HEAD"),
                comment_id=0,
                ledger=FakeLedger(),
            )
            there.post("issues", {"title": "The total is wrong"})
            there.comment_id = there.post("issues/1/comments", {"body": "/p2a mend it"})["id"]
            yield there


def open_gateway(settings: Settings, repository: Repository, installation_id: int) -> Gateway:
    def clock() -> datetime:
        return datetime.now(UTC)

    return installation_gateway(
        settings,
        installation_id=installation_id,
        repository=repository,
        clock=clock,
        pace=Pace(clock=clock, sleep=no_sleep, write_gap=0),
    )


def assert_once(scene: Scene) -> None:
    """Hold what everybody may see afterwards: one of each, complete."""
    (reaction,) = scene.get(f"issues/comments/{scene.comment_id}/reactions")
    assert reaction["content"] == "eyes"
    ours = [one for one in scene.get("issues/1/comments") if one["user"]["type"] == "Bot"]
    assert [one["body"] for one in ours] == [f"{MARKER}\nworking"]
    branches = [one["name"] for one in scene.get("branches")]
    assert sorted(branches) == ["main", BRANCH]
    (pull,) = scene.get("pulls?state=all")
    assert pull["draft"]
    assert pull["head"]["ref"] == BRANCH
    (check,) = scene.get(f"commits/{scene.head}/check-runs?filter=all")["check_runs"]
    assert (check["status"], check["conclusion"]) == ("completed", "success")
    notes = [
        note["message"]
        for page in (1, 2)
        for note in scene.get(f"check-runs/{check['id']}/annotations?per_page=100&page={page}")
    ]
    assert notes == [f"note {n}" for n in range(120)]
    completions = [
        write
        for write in scene.playground.writes
        if "check-runs" in write.path and write.done and write.request.get("conclusion")
    ]
    assert len(completions) == 1


def test_r2__every_effect_once_and_by_the_contract(scene: Scene) -> None:
    done = [scene.performer().perform(effect) for effect in scene.effects()]
    assert [scene.performer().perform(effect) for effect in scene.effects()] == done
    assert_once(scene)
    assert all(one.url.startswith(scene.playground.url) for one in done[1:])
    commit = scene.get(f"commits/{BRANCH}")
    assert commit["sha"] == done[2].external_id
    assert commit["commit"]["message"] == f"Mend the cart\n\nP2A-Workflow: {ID}"
    assert commit["commit"]["verification"]["verified"]
    assert {file["filename"] for file in commit["files"]} == {"cart.py", "logo.png"}
    assert scene.gateway.read_file("cart.py", BRANCH) == b"TOTAL = 2\n"
    assert scene.gateway.read_file("logo.png", BRANCH) == b"\x89PNG\0\xff"
    assert assert_contract(scene.playground).exchanges > 30


MANY = 1_200


class Killed(BaseException):
    """The process is gone; nobody catches this."""


def a_large_check(scene: Scene, *, count: int = MANY) -> PutCheck:
    return PutCheck(
        head_sha=scene.head,
        external_id=ID,
        name="p2a",
        title="41 of 100",
        summary="many findings",
        text="details",
        conclusion=Conclusion.FAILURE,
        actions=(CheckAction("Fix this", "Let p2a mend these findings", "fix"),),
        annotations=tuple(
            Annotation("cart.py", n + 1, n + 2, AnnotationLevel.WARNING, f"note {n}")
            for n in range(count)
        ),
    )


def assert_all_annotations(scene: Scene, *, count: int = MANY) -> None:
    """Hold that one completed check run has each annotation once, in order."""
    (check,) = scene.get(f"commits/{scene.head}/check-runs?filter=all")["check_runs"]
    assert (check["status"], check["conclusion"]) == ("completed", "failure")
    assert check["output"]["annotations_count"] == count
    notes = [
        note["message"]
        for page in range(1, count // 100 + 2)
        for note in scene.get(f"check-runs/{check['id']}/annotations?per_page=100&page={page}")
    ]
    assert notes == [f"note {n}" for n in range(count)]
    batches = [
        len(write.request["output"].get("annotations", ()))
        for write in scene.playground.writes
        if "check-runs" in write.path and write.done
    ]
    assert sum(batches) == count
    assert max(batches) == 50
    assert_contract(scene.playground)


def test_m16__all_of_1200_annotations_in_batches(scene: Scene) -> None:
    scene.performer().perform(a_large_check(scene))
    assert_all_annotations(scene)
    assert sum("check-runs" in one.path for one in scene.playground.writes) == MANY // 50


@pytest.mark.parametrize("batches", [1, 2, 12, 23])
@pytest.mark.parametrize("is_known", [True, False])
def test_m16__killed_between_batches(scene: Scene, batches: int, *, is_known: bool) -> None:
    if is_known:
        scene.performer().perform(replace(a_large_check(scene, count=0), conclusion=None))
    left = [batches]

    def die() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    with pytest.raises(Killed):
        scene.performer(check=die).perform(a_large_check(scene))
    scene.performer().perform(a_large_check(scene))
    assert_all_annotations(scene)


def test_m16__every_fifth_answer_of_the_batches_is_lost(scene: Scene) -> None:
    for after in range(1, 20, 5):
        scene.playground.faults.add(Fault("drop_after", "PATCH", r"/check-runs/\d+$", after=after))
    scene.playground.faults.add(Fault("drop_after", "POST", r"/check-runs$"))
    scene.performer().perform(a_large_check(scene))
    assert scene.playground.faults.pending() == []
    assert_all_annotations(scene)


def test_m16__hostile_content_is_sent_within_the_limits(scene: Scene) -> None:
    odd = [("a\nb.py", 1, 1), ("/etc/passwd", 1, 1), ("../x.py", 1, 1), ("\udcff.py", 1, 1)]
    odd += [("", 1, 1), ("cart.py", 0, -5), ("cart.py", 9, 3)]
    long = "\N{GRINNING FACE}" * 70_000
    check = replace(
        a_large_check(scene),
        title=long,
        summary=long,
        text=long,
        annotations=tuple(
            Annotation(path, start, end, AnnotationLevel.NOTICE, long, title=long)
            for path, start, end in odd
        ),
    )
    scene.performer().perform(check)
    (run,) = scene.get(f"commits/{scene.head}/check-runs")["check_runs"]
    assert run["output"]["summary"].endswith(
        "*5 more annotations are left out; the report holds them all.*"
    )
    notes = scene.get(f"check-runs/{run['id']}/annotations")
    assert [(one["path"], one["start_line"], one["end_line"]) for one in notes] == [
        ("cart.py", 1, 1),
        ("cart.py", 9, 9),
    ]
    assert_contract(scene.playground)


def test_m16__refused_annotations_do_not_keep_the_run_from_its_end(scene: Scene) -> None:
    refusal = Fault("status", "PATCH", r"/check-runs/\d+$", status=422, after=1)
    scene.playground.faults.add(refusal)
    for _ in range(2):
        scene.performer().perform(a_large_check(scene))
        (run,) = scene.get(f"commits/{scene.head}/check-runs?filter=all")["check_runs"]
        assert (run["status"], run["conclusion"]) == ("completed", "failure")
    # What was refused once for all is asked again by a later try, from where it stopped.
    assert run["output"]["annotations_count"] == MANY


def test_check__goes_from_queued_to_completed(scene: Scene) -> None:
    seen = []
    queued = replace(a_large_check(scene, count=0), conclusion=None, actions=(), is_queued=True)
    for effect in (queued, replace(queued, is_queued=False), a_large_check(scene, count=3)):
        scene.performer().perform(effect)
        (run,) = scene.get(f"commits/{scene.head}/check-runs?filter=all")["check_runs"]
        seen.append((run["status"], run["conclusion"]))
    assert seen == [("queued", None), ("in_progress", None), ("completed", "failure")]
    (record,) = scene.playground.world.check_runs.all()
    assert [one.identifier for one in record.actions] == ["fix"]


def test_status__set_once_by_an_app_that_may_not_write_checks(scene: Scene) -> None:
    world = scene.playground.world
    app = world.add_app("poor", permissions=WITHOUT_CHECKS)
    settings = replace(scene.settings, app_id=app.id, private_key=app.private_key_pem)
    pending = PutStatus(scene.head, "p2a/quality", StatusState.PENDING, "being measured")
    done = replace(pending, state=StatusState.SUCCESS, description="82 of 100\n" + "x" * 200)
    scene.playground.faults.add(Fault("drop_after", "POST", "/statuses/", after=1))
    with open_gateway(settings, scene.repository, world.install(app, "octo/shop")) as gateway:
        for effect in (pending, pending, done, done):
            Performer(gateway, scene.ledger, LEASE, sleep=no_sleep).perform(effect)
            scene.ledger.results[effect.key] = None  # as if each had died before the ledger
        with pytest.raises(GitHubForbidden, match="checks=write"):
            Performer(gateway, scene.ledger, LEASE, sleep=no_sleep).perform(a_large_check(scene))
    statuses = scene.get(f"commits/{scene.head}/statuses")
    assert [one["state"] for one in statuses] == ["success", "pending"]
    assert len(statuses[0]["description"]) == 140
    assert_contract(scene.playground)


def test_a16__a_shared_comment_of_another_workflow_is_taken_over(scene: Scene) -> None:
    first = PutComment(1, "<!-- p2a:quality -->", "82 of 100", is_shared=True)
    scene.performer().perform(first)
    other = FakeLedger()
    performer = Performer(
        scene.gateway, other, replace(LEASE, workflow_id="f" * 16), sleep=no_sleep
    )
    assert performer.perform(replace(first, body="90 of 100")).adopted
    ours = [one for one in scene.get("issues/1/comments") if one["user"]["type"] == "Bot"]
    assert [one["body"] for one in ours] == ["<!-- p2a:quality -->\n90 of 100"]


WRITES = [
    ("POST", r"/issues/comments/\d+/reactions"),
    ("POST", r"/issues/1/comments"),
    ("POST", r"/git/blobs"),
    ("POST", r"/git/trees"),
    ("POST", r"/git/commits"),
    ("POST", r"/git/refs"),
    ("POST", r"/pulls"),
    ("POST", r"/check-runs"),
    ("PATCH", r"/check-runs/\d+"),
]


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "status"])
def test_q11__answer_lost_for_each_kind_of_write(
    scene: Scene, method: str, path: str, kind: str
) -> None:
    scene.playground.faults.add(Fault(kind, method=method, path=f"{path}$", status=502))
    for effect in scene.effects():
        scene.performer().perform(effect)
    assert scene.playground.faults.pending() == []
    assert_once(scene)


def test_q11__lost_edit_of_a_comment(scene: Scene) -> None:
    scene.performer().perform(PutComment(1, MARKER, "first"))
    scene.playground.faults.add(Fault("drop_after", method="PATCH", path=r"/issues/comments/"))
    for effect in scene.effects():
        scene.performer().perform(effect)
    assert_once(scene)


def test_q09__results_never_reached_the_ledger(scene: Scene) -> None:
    for effect in scene.effects():
        scene.performer().perform(effect)
        scene.ledger.results[effect.key] = None
        assert scene.performer().perform(effect).adopted is not isinstance(effect, AddReaction)
    assert_once(scene)


def test_q14__token_expires_in_the_middle(scene: Scene) -> None:
    scene.playground.faults.add(Fault("expire_token", method="POST", path=r"/git/trees"))
    for effect in scene.effects():
        scene.performer().perform(effect)
    assert scene.playground.faults.pending() == []
    assert_once(scene)


@pytest.mark.parametrize("kind", ["rate_limit", "secondary_limit"])
def test_q12__limit_in_the_middle(scene: Scene, kind: str) -> None:
    fault = Fault(kind, method="POST", path=r"/pulls$", seconds=30)
    scene.playground.faults.add(fault)
    for effect in scene.effects():
        scene.performer().perform(effect)
    assert scene.playground.faults.pending() == []
    assert_once(scene)


def test_r2__somebody_else_carries_our_marker(scene: Scene) -> None:
    scene.post("issues/1/comments", {"body": f"{MARKER}\nmine now"})
    scene.ledger.results["comment:1"] = None
    done = scene.performer().perform(PutComment(1, MARKER, "working"))
    assert not done.adopted
    bodies = [one["body"] for one in scene.get("issues/1/comments")]
    assert bodies[1:] == [f"{MARKER}\nmine now", f"{MARKER}\nworking"]


def test_r2__somebody_else_made_our_branch(scene: Scene) -> None:
    scene.post("git/refs", {"ref": f"refs/heads/{BRANCH}", "sha": scene.head})
    with pytest.raises(EditRefused, match="not ours"):
        scene.performer().perform(scene.effects()[2])
    assert scene.gateway.branch_sha(BRANCH) == scene.head


def test_r2__somebody_else_opened_the_pull_request(scene: Scene) -> None:
    scene.performer().perform(scene.effects()[2])
    scene.post("pulls", {"title": "mine", "head": BRANCH, "base": "main"})
    with pytest.raises(GitHubInvalid, match="somebody else"):
        scene.performer().perform(scene.effects()[3])


def test_q15__no_commits_between(scene: Scene) -> None:
    scene.post("git/refs", {"ref": f"refs/heads/{BRANCH}", "sha": scene.head})
    with pytest.raises(GitHubInvalid, match="No commits between"):
        scene.performer().perform(scene.effects()[3])


def test_q15__file_that_is_not_there_is_deleted(scene: Scene) -> None:
    effect = PublishBranch(BRANCH, scene.head, "x", (FileChange("nowhere.py", None),))
    with pytest.raises(GitHubInvalid):
        scene.performer().perform(effect)


def test_branch__deletes_and_keeps_the_mode(scene: Scene) -> None:
    run = FileChange("bin/run", b"#!/bin/sh\n", executable=True)
    changes = (FileChange("old.py", None), run)
    done = scene.performer().perform(PublishBranch(BRANCH, scene.head, "x", changes))
    tree = scene.get(f"git/trees/{done.external_id}?recursive=1")["tree"]
    modes = {entry["path"]: entry["mode"] for entry in tree if entry["type"] == "blob"}
    assert modes == {"bin/run": "100755", "cart.py": "100644"}


def test_comment__65_536_characters(scene: Scene) -> None:
    scene.performer().perform(PutComment(1, MARKER, "é" * 70_000))
    body = scene.get("issues/1/comments")[-1]["body"]
    assert len(body) <= 65_536
    assert "cut" in body


def test_gateway__facts(scene: Scene) -> None:
    gateway = scene.gateway
    facts = gateway.repository_facts()
    assert (facts.repository, facts.default_branch) == (scene.repository, "main")
    assert gateway.permission("ann") == "write"
    assert gateway.permission("octo") == "admin"
    assert gateway.permission("nobody") == "none"
    assert gateway.branch_sha("main") == scene.head
    assert gateway.find_ref("p2a/none") is None
    with pytest.raises(GitHubNotFound):
        gateway.branch_sha("p2a/none")
    assert gateway.read_file("cart.py", scene.head) == b"TOTAL = 1\n"
    assert gateway.read_file("none.py", "main") is None
    assert gateway.check(1) is None


def test_gateway__pull(scene: Scene) -> None:
    for effect in scene.effects()[2:4]:
        scene.performer().perform(effect)
    number = scene.get("pulls")[0]["number"]
    pull = scene.gateway.pull(number)
    assert pull == scene.gateway.find_pull(BRANCH)
    assert (pull.head_ref, pull.base_ref, pull.base_sha) == (BRANCH, "main", scene.head)
    assert pull.head_repository_id == scene.repository.id
    assert (pull.is_ours, pull.is_draft, pull.is_merged, pull.state) == (True, True, False, "open")


def test_gateway__git_token_reads_and_cannot_push(scene: Scene, tmp_path: Path) -> None:
    token = scene.gateway.git_credentials()
    url = scene.gateway.git_url.replace("://", f"://x-access-token:{token}@")
    git(tmp_path, "clone", "--quiet", url, "copy")
    copy = tmp_path / "copy"
    git(copy, "commit", "--quiet", "--allow-empty", "-m", "x")
    with pytest.raises(subprocess.CalledProcessError):
        git(copy, "push", "--quiet", "origin", "HEAD:refs/heads/x")


def test_app__facts_and_installation(scene: Scene) -> None:
    with connect_app(scene.settings, clock=lambda: datetime.now(UTC)) as app:
        facts = app.facts()
        assert (facts.id, facts.login) == (scene.settings.app_id, "helper[bot]")
        assert facts.permissions["checks"] == "write"
        installation = app.installation_of("octo", "shop")
        assert installation.id == scene.installation_id
        assert (installation.account, installation.is_suspended) == ("octo", False)
        with pytest.raises(GitHubNotFound):
            app.installation_of("octo", "other")


def test_w23__repository_taken_out_of_the_installation(scene: Scene) -> None:
    scene.playground.world.uninstall_from(scene.installation_id, "octo/shop")
    with pytest.raises(GitHubInvalid, match="installation"):
        scene.performer().perform(scene.effects()[0])


def test_q15__permission_that_the_app_was_not_given(scene: Scene, tmp_path: Path) -> None:
    world = scene.playground.world
    poor = world.add_app("poor", permissions={"contents": "read", "issues": "write"})
    settings = Settings(
        data_dir=tmp_path,
        database_url="sqlite://",
        github_url=scene.playground.url,
        app_id=poor.id,
        private_key=poor.private_key_pem,
    )
    installation_id = world.install(poor, "octo/shop")
    with open_gateway(settings, scene.repository, installation_id) as gateway:
        performer = Performer(gateway, FakeLedger(), LEASE, sleep=no_sleep)
        assert performer.perform(scene.effects()[1]) != Performed("")
        with pytest.raises(GitHubForbidden) as caught:
            performer.perform(scene.effects()[4])
    assert "checks=write" in caught.value.next_step


def test_s12__tokens_stay_out_of_the_logs(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for effect in scene.effects():
        scene.performer().perform(effect)
    scene.gateway.git_credentials()
    tokens = [one.token for one in scene.playground.world.installation_tokens.all()]
    assert len(tokens) >= 2
    assert not [token for token in tokens if token in caplog.text]
