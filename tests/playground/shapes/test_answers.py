"""Every renderer's document is what GitHub describes for the operation that answers with it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from playground.git_commit import TreeEntry
from playground.git_diff import Comparison, FileChange
from playground.git_store import Reference
from playground.shapes import (
    app,
    blob,
    branch,
    check_run,
    check_suite,
    comment,
    commit,
    compare,
    contents,
    delivery,
    installation,
    issue,
    label,
    membership,
    meta,
    pull,
    pull_file,
    rate_limit,
    reaction,
    reference,
    repository,
    review,
    review_comment,
    status,
    tree,
    user,
)
from tests.contract.validator import Contract, Exchange
from tests.fakes import playground_world
from tests.fakes.playground_world import BASE, BLOB, HEAD, TREE, Scene

REPO = "/repos/ada/calc"
FILE = FileChange("old name.py", "modified", BLOB, 1, 2, "@@ -1,2 +1 @@\n-a\n-b\n+c")
MOVED = FileChange("new.py", "renamed", BLOB, previous_filename="old.py")
FILE_ENTRY = TreeEntry("100644", "blob", BLOB, 2, "src/a b.py")
ENTRIES = [FILE_ENTRY, TreeEntry("040000", "tree", TREE, None, "src")]
LINK_ENTRY = TreeEntry("120000", "blob", BLOB, 4, "link")
MODULE_ENTRY = TreeEntry("160000", "commit", HEAD, None, "module")

Case = tuple[str, str, int, Callable[[Scene], Any]]


def comparison(scene: Scene) -> dict[str, Any]:
    return compare.comparison(
        Comparison(BASE, HEAD, BASE, (HEAD,), 0),
        scene.repository,
        scene.view,
        base=playground_world.commit(BASE),
        merge_base=playground_world.commit(BASE),
        commits=[playground_world.commit(HEAD, parents=(BASE,))],
        files=[FILE, MOVED],
    )


def listed(name: str, documents: list[Any]) -> dict[str, Any]:
    return {"total_count": len(documents), name: documents}


def one_commit(scene: Scene) -> dict[str, Any]:
    author = playground_world.commit(HEAD, email="1+guest@users.noreply.github.com")
    return commit.commit(author, scene.repository, scene.view, files=[FILE])


CASES: list[Case] = [
    ("GET", "/app", 200, lambda s: app.own(s.app, s.view)),
    ("GET", "/apps/prompt2action", 200, lambda s: app.app(s.app, s.view)),
    ("GET", "/app/hook/config", 200, lambda s: app.hook_config(s.app)),
    ("GET", "/app/hook/deliveries", 200, lambda s: [delivery.item(s.delivery)]),
    ("GET", "/app/hook/deliveries/1", 200, lambda s: delivery.delivery(s.delivery)),
    (
        "GET",
        "/app/installations",
        200,
        lambda s: [installation.installation(s.installation, s.view)],
    ),
    (
        "POST",
        "/app/installations/1/access_tokens",
        201,
        lambda s: installation.token(s.token, s.view),
    ),
    (
        "GET",
        "/installation/repositories",
        200,
        lambda s: listed("repositories", [repository.repository(s.repository, s.view)]),
    ),
    ("GET", "/user", 200, lambda s: user.private(s.ada, s.view)),
    ("GET", "/users/ada", 200, lambda s: user.public(s.ada, s.view)),
    ("GET", "/users/prompt2action%5Bbot%5D", 200, lambda s: user.public(s.bot, s.view)),
    ("GET", REPO, 200, lambda s: repository.full(s.repository, s.view, permission="maintain")),
    ("GET", "/repos/guest/calc", 200, lambda s: repository.full(s.fork, s.view, permission="read")),
    (
        "GET",
        f"{REPO}/collaborators",
        200,
        lambda s: [user.collaborator(s.guest, s.view, permission="write")],
    ),
    (
        "GET",
        f"{REPO}/collaborators/guest/permission",
        200,
        lambda s: membership.permission(s.guest, s.view, level="triage"),
    ),
    (
        "GET",
        f"{REPO}/collaborators/nobody/permission",
        200,
        lambda s: membership.permission(s.team, s.view, level=None),
    ),
    ("GET", f"{REPO}/branches", 200, lambda s: [branch.short("main", BASE, s.repository, s.view)]),
    (
        "GET",
        f"{REPO}/branches/p2a/1",
        200,
        lambda s: branch.branch("p2a/1", playground_world.commit(HEAD), s.repository, s.view),
    ),
    ("GET", f"{REPO}/commits/p2a/1", 200, one_commit),
    ("GET", f"{REPO}/commits", 200, lambda s: [one_commit(s)]),
    ("GET", f"{REPO}/compare/main...p2a/1", 200, comparison),
    (
        "GET",
        f"{REPO}/contents/src/a%20b.py",
        200,
        lambda s: contents.file(FILE_ENTRY, b"hi", s.repository, s.view, ref="main"),
    ),
    (
        "GET",
        f"{REPO}/contents/src",
        200,
        lambda s: contents.directory(ENTRIES, s.repository, s.view, ref="main"),
    ),
    (
        "GET",
        f"{REPO}/contents/link",
        200,
        lambda s: contents.symlink(LINK_ENTRY, "a.py", s.repository, s.view, ref="main"),
    ),
    (
        "GET",
        f"{REPO}/contents/module",
        200,
        lambda s: contents.submodule(
            MODULE_ENTRY, "https://example.org/m.git", s.repository, s.view, ref="main"
        ),
    ),
    ("GET", f"{REPO}/labels", 200, lambda s: [label.label(s.label, s.view)]),
    ("GET", f"{REPO}/issues", 200, lambda s: [issue.issue(s.pull_issue, s.view)]),
    ("GET", f"{REPO}/issues/1", 200, lambda s: issue.issue(s.issue, s.view)),
    ("GET", f"{REPO}/issues/comments", 200, lambda s: [comment.comment(s.bot_comment, s.view)]),
    ("GET", f"{REPO}/issues/comments/7", 200, lambda s: comment.comment(s.pull_comment, s.view)),
    ("GET", f"{REPO}/issues/1/reactions", 200, lambda s: [reaction.reaction(s.reaction, s.view)]),
    ("GET", f"{REPO}/pulls", 200, lambda s: [pull.simple(s.pull, s.view)]),
    ("GET", f"{REPO}/pulls/2", 200, lambda s: pull.full(s.pull, s.view)),
    (
        "GET",
        f"{REPO}/pulls/2/files",
        200,
        lambda s: [pull_file.file(one, s.repository, s.view, ref=HEAD) for one in (FILE, MOVED)],
    ),
    ("GET", f"{REPO}/pulls/2/reviews", 200, lambda s: [review.review(s.review, s.view)]),
    (
        "GET",
        f"{REPO}/pulls/2/comments",
        200,
        lambda s: [review_comment.comment(s.review_comment, s.view)],
    ),
    (
        "GET",
        f"{REPO}/pulls/2/reviews/5/comments",
        200,
        lambda s: [review_comment.comment(s.review_comment, s.view)],
    ),
    ("GET", f"{REPO}/check-suites/5", 200, lambda s: check_suite.suite(s.suite, s.view)),
    (
        "GET",
        f"{REPO}/commits/{HEAD}/check-suites",
        200,
        lambda s: listed("check_suites", [check_suite.suite(s.suite, s.view)]),
    ),
    ("GET", f"{REPO}/check-runs/5", 200, lambda s: check_run.run(s.run, s.view)),
    (
        "GET",
        f"{REPO}/commits/p2a%2F1/check-runs",
        200,
        lambda s: listed("check_runs", [check_run.run(s.run, s.view)]),
    ),
    (
        "GET",
        f"{REPO}/check-runs/5/annotations",
        200,
        lambda s: [check_run.annotation(one, s.run, s.view) for one in s.run.annotations],
    ),
    (
        "GET",
        f"{REPO}/git/blobs/{BLOB}",
        200,
        lambda s: blob.blob(BLOB, b"x" * 100, s.repository, s.view),
    ),
    (
        "GET",
        f"{REPO}/git/trees/main",
        200,
        lambda s: tree.tree(TREE, [*ENTRIES, MODULE_ENTRY], s.repository, s.view),
    ),
    (
        "GET",
        f"{REPO}/git/commits/{HEAD}",
        200,
        lambda s: commit.git_commit(playground_world.commit(HEAD), s.repository, s.view),
    ),
    (
        "GET",
        f"{REPO}/git/ref/heads/p2a/1",
        200,
        lambda s: reference.reference(
            Reference("refs/heads/p2a/1", HEAD, "commit"), s.repository, s.view
        ),
    ),
    ("GET", f"{REPO}/commits/main/statuses", 200, lambda s: [status.status(s.status, s.view)]),
    (
        "GET",
        f"{REPO}/commits/main/status",
        200,
        lambda s: status.combined(HEAD, [s.status], s.repository, s.view),
    ),
    ("GET", "/rate_limit", 200, lambda s: rate_limit.rate_limit(limit=5000, used=1, reset=2)),
    ("GET", "/meta", 200, lambda s: meta.meta(s.view)),
]


@pytest.mark.parametrize(("method", "path", "code", "render"), CASES, ids=[c[1] for c in CASES])
def test_answer__is_as_github_describes_it(
    method: str,
    path: str,
    code: int,
    render: Callable[[Scene], Any],
    scene: Scene,
    contract: Contract,
) -> None:
    exchange = Exchange(method, path, code, answer=render(scene))
    report = contract.check([exchange])
    if method == "POST":
        report.violations = [one for one in report.violations if one.part == "answer"]
    assert report.violations == []


def test_written__file_and_deleted_file(scene: Scene, contract: Contract) -> None:
    new = playground_world.commit(HEAD)
    request = {"message": "Add", "content": "aGk=", "branch": "main"}
    written = contents.written(FILE_ENTRY, new, scene.repository, scene.view, ref="main")
    gone = contents.written(None, new, scene.repository, scene.view, ref="main")
    exchanges = [
        Exchange("PUT", f"{REPO}/contents/a.py", 201, request=request, answer=written),
        Exchange(
            "DELETE",
            f"{REPO}/contents/a.py",
            200,
            request={"message": "Remove", "sha": BLOB},
            answer=gone,
        ),
    ]
    assert contract.check(exchanges).violations == []


def test_addresses__have_the_base_with_its_port_and_prefix(tmp_path: Path) -> None:
    base = "http://127.0.0.1:4100/github"
    scene = playground_world.scene(tmp_path, base=base)
    document = pull.full(scene.pull, scene.view)
    assert document["url"] == f"{base}/api/v3/repos/ada/calc/pulls/2"
    assert document["html_url"] == f"{base}/ada/calc/pull/2"
    assert document["base"]["repo"]["clone_url"] == f"{base}/ada/calc.git"
    assert document["user"]["url"] == f"{base}/api/v3/users/prompt2action%5Bbot%5D"


@pytest.mark.parametrize(
    ("states", "verdict"),
    [
        ([], "pending"),
        (["success", "success"], "success"),
        (["success", "pending"], "pending"),
        (["pending", "error"], "failure"),
    ],
)
def test_combined__weighs_the_newest_of_each_context(
    states: list[str], verdict: str, scene: Scene
) -> None:
    given = [
        replace(scene.status, id=number, context=f"c{number}", state=state)
        for number, state in enumerate(states)
    ]
    older = [replace(one, id=one.id - 100, state="failure") for one in given]
    document = status.combined(HEAD, [*given, *older], scene.repository, scene.view)
    assert (document["state"], document["total_count"]) == (verdict, len(states))
