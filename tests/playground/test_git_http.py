"""Cloning, fetching and pushing with the real git client, and who may."""

import gzip
import hashlib
import os
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from playground.git_commit import NO_OBJECT
from tests.fakes.git_client import git
from tests.fakes.town import BASE, FULL_NAME, Town, open_town

MIB = 1024 * 1024


@pytest.fixture
def town(sample: Path) -> Iterator[Town]:
    """Return a playground with a public repository."""
    with open_town(sample) as opened:
        yield opened


@pytest.fixture
def private_town(sample: Path) -> Iterator[Town]:
    """Return a playground with a private repository."""
    with open_town(sample, private=True) as opened:
        yield opened


def commit(clone: Path, name: str, *, branch: str = "topic") -> str:
    """Commit a new file on a branch of a clone and return the commit's id."""
    git("checkout", "-q", "-B", branch, cwd=clone)
    (clone / name).write_text(name, encoding="utf-8")
    git("add", name, cwd=clone)
    git("commit", "-q", "-m", f"Add {name}", cwd=clone)
    return git("rev-parse", "HEAD", cwd=clone).strip()


def test_clone__public_needs_no_token(town: Town, tmp_path: Path) -> None:
    git("clone", "-q", town.git_url(), str(tmp_path / "clone"))
    assert git("rev-parse", "HEAD", cwd=tmp_path / "clone").strip() == town.head
    shallow = tmp_path / "shallow"
    git("clone", "-q", "--depth=1", "--filter=blob:none", town.git_url(), str(shallow))
    assert git("rev-list", "--count", "HEAD", cwd=shallow).strip() == "1"


def test_clone__private_by_who_may_read(private_town: Town, tmp_path: Path) -> None:
    town, target = private_town, str(tmp_path / "clone")
    stranger = town.playground.world.add_user("stranger")
    assert "terminal prompts disabled" in git("clone", town.git_url(), target, check=False)
    assert "not found" in git("clone", town.git_url(stranger.token), target, check=False)
    assert "Authentication failed" in git("clone", town.git_url("nonsense"), target, check=False)
    git("clone", "-q", town.git_url(town.reader.token), target)
    git("clone", "-q", town.git_url(town.app_token), str(tmp_path / "by-app"))
    anonymous = httpx.get(f"{town.git_url()}/info/refs?service=git-upload-pack")
    assert anonymous.status_code == 401
    assert anonymous.headers["WWW-Authenticate"] == 'Basic realm="GitHub"'
    bearer = httpx.get(
        f"{town.git_url()}/info/refs?service=git-upload-pack",
        headers={"Authorization": f"Bearer {town.reader.token}"},
    )
    assert bearer.status_code == 200
    assert bearer.headers["Content-Type"] == "application/x-git-upload-pack-advertisement"


def test_push__branch_tells_and_opens_a_suite(town: Town, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git("clone", "-q", town.git_url(town.writer.token), str(clone))
    old, new = town.head, commit(clone, "x.txt")
    git("push", "-q", "origin", "topic", cwd=clone)
    assert town.store.branch("topic") == new
    assert town.told == [("push", None), ("check_suite", "requested")]
    [payload] = town.payloads_of("push")
    assert (payload["ref"], payload["before"], payload["after"]) == (
        "refs/heads/topic",
        NO_OBJECT,
        new,
    )
    assert [one["id"] for one in payload["commits"]] == [new]
    assert payload["pusher"]["name"] == "mona"
    git("push", "-q", "origin", ":topic", "HEAD:refs/tags/v1", cwd=clone)
    assert town.store.branch("topic") is None
    assert sorted(payload["ref"] for payload in town.payloads_of("push")[1:]) == [
        "refs/heads/topic",
        "refs/tags/v1",
    ]
    assert town.head == old


def test_push__moves_pull_requests_and_their_reference(town: Town, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git("clone", "-q", town.git_url(town.app_token), str(clone))
    first = commit(clone, "x.txt")
    git("push", "-q", "origin", "topic", cwd=clone)
    repository = town.repository(town.app_token)
    pull = repository.create_pull(base="main", head="topic", title="t")
    second = commit(clone, "y.txt")
    git("push", "-q", "origin", "topic", cwd=clone)
    synchronized = town.payloads_of("pull_request")[-1]
    assert (synchronized["before"], synchronized["after"]) == (first, second)
    assert synchronized["sender"]["login"] == "p2a[bot]"
    git("fetch", "-q", "origin", f"refs/pull/{pull.number}/head", cwd=clone)
    assert git("rev-parse", "FETCH_HEAD", cwd=clone).strip() == second


def test_push__refused_to_pull_references_and_the_default_branchs_deletion(
    town: Town, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    git("clone", "-q", town.git_url(town.owner.token), str(clone))
    commit(clone, "x.txt")
    refused = git("push", "origin", "HEAD:refs/pull/1/head", cwd=clone, check=False)
    assert "hidden ref" in refused
    assert "rejected" in git("push", "origin", ":main", cwd=clone, check=False)
    assert town.told == []


def test_push__who_may(town: Town, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git("clone", "-q", town.git_url(), str(clone))
    commit(clone, "x.txt")
    world = town.playground.world
    readonly = world.add_app("readonly", permissions={"contents": "read"})
    anonymous = git("push", town.git_url(), "topic", cwd=clone, check=False)
    assert "terminal prompts disabled" in anonymous
    denied = git("push", town.git_url(town.reader.token), "topic", cwd=clone, check=False)
    assert "Permission to octo/uploader.git denied to rita." in denied
    assert "403" in denied
    git("push", "-q", town.git_url(town.app_token), "topic", cwd=clone)
    town.app, town.installation_id = readonly, world.install(readonly, FULL_NAME)
    by_app = git("push", town.git_url(town.app_token), "topic:other", cwd=clone, check=False)
    assert "403" in by_app
    assert [ref.name for ref in town.store.refs("refs/heads/")] == [
        "refs/heads/main",
        "refs/heads/topic",
    ]


def test_push__a_stale_one_is_rejected_and_not_told(town: Town, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for clone in (one, two):
        git("clone", "-q", town.git_url(town.writer.token), str(clone))
        commit(clone, f"{clone.name}.txt")
    git("push", "-q", "origin", "topic", cwd=one)
    town.told.clear()
    town.events.clear()
    assert "rejected" in git("push", "origin", "topic", cwd=two, check=False)
    assert town.told == []
    git("push", "-q", "--force", "origin", "topic", cwd=two)
    assert town.payloads_of("push")[-1]["forced"] is True


def test_push__sent_twice_is_told_once(town: Town) -> None:
    line = f"{NO_OBJECT} {town.head} refs/heads/twice\0 report-status\n".encode()
    # No object is missing there, so the pack that follows is an empty one.
    pack = b"PACK" + bytes([0, 0, 0, 2]) + bytes(4)
    body = b"%04x%b0000%b%b" % (len(line) + 4, line, pack, hashlib.sha1(pack).digest())
    for report in (b"ok refs/heads/twice", b"ng refs/heads/twice"):
        answer = httpx.post(
            f"{town.git_url(town.writer.token)}/git-receive-pack",
            content=body,
            headers={"Content-Type": "application/x-git-receive-pack-request"},
        )
        assert report in answer.content
    assert [payload["ref"] for payload in town.payloads_of("push")] == ["refs/heads/twice"]


def test_large__pushed_in_chunks_and_cloned_without_being_held(town: Town, tmp_path: Path) -> None:
    size, held = 16 * MIB, 6 * MIB
    clone = tmp_path / "clone"
    git("clone", "-q", town.git_url(town.writer.token), str(clone))
    sha = commit(clone, "small.txt")
    (clone / "big.bin").write_bytes(os.urandom(size))
    git("add", "big.bin", cwd=clone)
    git("commit", "-q", "-m", "Add something big", cwd=clone)
    tracemalloc.start()
    try:
        git("push", "-q", "origin", "topic", cwd=clone)
        git("clone", "-q", "-b", "topic", town.git_url(), str(tmp_path / "again"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (tmp_path / "again" / "big.bin").stat().st_size == size
    assert git("rev-parse", "HEAD~", cwd=tmp_path / "again").strip() == sha
    assert peak < held


def test_gzip__a_zipped_request_is_read(town: Town) -> None:
    want = f"want {town.head}\n"
    body = f"{len(want) + 4:04x}{want}00000009done\n".encode()
    answer = httpx.post(
        f"{town.git_url()}/git-upload-pack",
        content=gzip.compress(body),
        headers={
            "Content-Type": "application/x-git-upload-pack-request",
            "Content-Encoding": "gzip",
        },
    )
    assert answer.status_code == 200
    assert b"PACK" in answer.content
    broken = httpx.post(
        f"{town.git_url()}/git-upload-pack",
        content=b"no gzip",
        headers={
            "Content-Type": "application/x-git-upload-pack-request",
            "Content-Encoding": "gzip",
        },
    )
    assert b"PACK" not in broken.content


def test_other_paths__of_git_are_refused(town: Town) -> None:
    url = town.git_url()
    assert httpx.get(f"{url}/info/refs").status_code == 403
    assert httpx.get(f"{url}/info/refs?service=git-evil").status_code == 403
    assert httpx.get(f"{url}/HEAD").status_code == 404
    gone = f"{town.playground.url}/octo/gone.git/info/refs?service=git-upload-pack"
    assert httpx.get(gone).status_code == 401
    by_user = httpx.get(gone, auth=("x-access-token", town.reader.token))
    assert by_user.status_code == 404


def test_archived__is_read_only(town: Town, tmp_path: Path) -> None:
    world = town.playground.world
    world.repositories.put(replace(world.named(FULL_NAME), archived=True))
    clone = tmp_path / "clone"
    git("clone", "-q", town.git_url(town.owner.token), str(clone))
    commit(clone, "x")
    assert "archived" in git("push", "origin", "topic", cwd=clone, check=False)
    body = {"ref": "refs/heads/x", "sha": town.head}
    assert town.http(town.owner.token).post(f"{BASE}/git/refs", json=body).status_code == 403
