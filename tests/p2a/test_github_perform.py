"""Effects happen once: with lost answers, crashes at every call, and other people's things."""

import re
from dataclasses import replace
from inspect import signature
from typing import get_args

import pytest

from p2a.domain import Lease
from p2a.effects import (
    MAX_ANNOTATIONS,
    MAX_BODY,
    MAX_CHECK_TEXT,
    AddCommit,
    AddReaction,
    Annotation,
    AnnotationLevel,
    Conclusion,
    Effect,
    FileChange,
    OpenPull,
    Performed,
    PublishBranch,
    PutCheck,
    PutComment,
    PutReview,
    ReviewComment,
)
from p2a.errors import (
    BranchMoved,
    EditRefused,
    GitHubInvalid,
    GitHubUnavailable,
    LeaseLost,
    WorkflowCancelled,
)
from p2a.github.commit import Commit, TreeEntry
from p2a.github.gateway import Gateway
from p2a.github.perform import Performer
from p2a.github.publish_branch import commit_message, publish_branch
from p2a.github.put_check import check_content
from p2a.github.put_comment import comment_body
from p2a.github.review import EVENT, Review
from p2a.github.settle import Settler
from p2a.store.store import Store
from tests.fakes.github_gateway import BASE, Died, FakeGateway, a_pull
from tests.fakes.ledger import FakeLedger
from tests.fakes.stopwatch import Stopwatch
from tests.fakes.workflows import Clock, claimed

ID = "0123456789abcdef"
BRANCH = f"p2a/{ID}"
MARKER = f"<!-- p2a:workflow:{ID} -->"
LEASE = Lease(workflow_id=ID, owner="w1", token=1)

REACTION = AddReaction("eyes", number=3, comment_id=8)
COMMENT = PutComment(number=3, marker=MARKER, body="working")
SETTLER = Settler(sleep=lambda seconds: None, before_write=lambda: None)
PUBLISH = PublishBranch(
    branch=BRANCH,
    base_sha=BASE,
    message="Mend the cart",
    changes=(
        FileChange("src/cart.py", b"x = 1\n"),
        FileChange("bin/run", b"#!/bin/sh\n", executable=True),
        FileChange("logo.png", b"\x89PNG\0"),
        FileChange("old.py", None),
    ),
)
PULL = OpenPull(branch=BRANCH, base_ref="main", title="Mend the cart", body="why")


def annotations(count: int) -> tuple[Annotation, ...]:
    return tuple(
        Annotation("a.py", n + 1, n + 1, AnnotationLevel.WARNING, f"note {n}") for n in range(count)
    )


def a_check(count: int = 120, conclusion: Conclusion | None = Conclusion.SUCCESS) -> PutCheck:
    return PutCheck(
        head_sha="h" * 40,
        external_id=ID,
        name="p2a",
        title="82 of 100",
        summary="fine",
        text="all of it",
        conclusion=conclusion,
        annotations=annotations(count),
    )


CHECK = a_check()
REVIEW_MARKER = f"<!-- p2a:review:{ID} -->"
REVIEW = PutReview(
    number=3,
    marker=REVIEW_MARKER,
    commit_id="h" * 40,
    body="one finding",
    comments=(ReviewComment("src/cart.py", 3, 4, "mend it"),),
    body_alone="one finding: mend it",
)
ALL: tuple[Effect, ...] = (REACTION, COMMENT, PUBLISH, PULL, CHECK, REVIEW)
TOPIC = AddCommit(
    branch="topic", parent_sha=BASE, message="Mend", changes=(FileChange("a.py", b"x = 1\n"),)
)


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def ledger() -> FakeLedger:
    return FakeLedger()


@pytest.fixture
def performer(gateway: FakeGateway, ledger: FakeLedger) -> Performer:
    return Performer(gateway, ledger, LEASE, sleep=Stopwatch().sleep)


def assert_once(gateway: FakeGateway) -> None:
    """Hold what the trace of every workflow must show: one of each."""
    assert gateway.reactions == {("eyes", 3, 8)}
    assert len(gateway.comments) == 1
    assert list(gateway.refs) == [BRANCH]
    assert len(gateway.pulls) == 1
    assert len(gateway.checks) == 1
    assert gateway.annotations == [f"note {n}" for n in range(120)]
    assert gateway.completions == 1
    assert [one.body for one in gateway.reviews] == [f"{REVIEW_MARKER}\none finding"]
    assert gateway.review_comments == list(REVIEW.comments)


def test_perform__all(gateway: FakeGateway, ledger: FakeLedger, performer: Performer) -> None:
    done = [performer.perform(effect) for effect in ALL]
    assert_once(gateway)
    assert [one.adopted for one in done] == [False] * 6
    assert [ledger.results[effect.key] for effect in ALL] == done
    assert done[2].external_id == gateway.refs[BRANCH]
    assert done[3] == Performed("1", "http://hub/pull/1")


def test_perform__again_does_nothing_new(gateway: FakeGateway, performer: Performer) -> None:
    first = [performer.perform(effect) for effect in ALL]
    assert [performer.perform(effect) for effect in ALL] == first
    assert_once(gateway)


VERBS = (
    "repository_facts",
    "add_reaction",
    "create_comment",
    "commit",
    "create_blob",
    "create_tree",
    "create_commit",
    "create_ref",
    "create_pull",
    "create_check",
    "update_check",
    "create_review",
)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("number", [0, 1])
def test_q09__process_dies_after_the_call_and_before_the_ledger(
    gateway: FakeGateway, ledger: FakeLedger, verb: str, number: int
) -> None:
    gateway.faults[verb] = [*[""] * number, "die"]
    for _ in range(3):
        performer = Performer(gateway, ledger, LEASE, sleep=Stopwatch().sleep)
        try:
            for effect in ALL:
                performer.perform(effect)
            break
        except Died:
            continue
    assert_once(gateway)


@pytest.mark.parametrize(
    "verb",
    [
        "create_comment",
        "create_ref",
        "create_pull",
        "create_check",
        "update_check",
        "create_review",
    ],
)
@pytest.mark.parametrize("fault", ["lose", "fail"])
def test_q11__unknown_outcome_is_looked_up(
    gateway: FakeGateway, performer: Performer, verb: str, fault: str
) -> None:
    gateway.faults[verb] = [fault]
    for effect in ALL:
        performer.perform(effect)
    assert_once(gateway)


def test_q11__second_batch_is_lost(gateway: FakeGateway, performer: Performer) -> None:
    gateway.faults["update_check"] = ["", "lose"]
    for effect in ALL:
        performer.perform(effect)
    assert_once(gateway)


@pytest.mark.parametrize(
    ("verb", "effect"),
    [
        ("create_comment", COMMENT),
        ("create_ref", PUBLISH),
        ("create_pull", PULL),
        ("create_check", CHECK),
        ("update_check", CHECK),
        ("create_review", REVIEW),
    ],
)
def test_q10__fails_for_ever(
    gateway: FakeGateway, performer: Performer, verb: str, effect: Effect
) -> None:
    gateway.faults[verb] = ["fail"] * 9
    with pytest.raises(GitHubUnavailable):
        performer.perform(effect)
    assert gateway.calls.count(verb) == 3


def test_r4__lost_lease_stops_before_anything(
    gateway: FakeGateway, ledger: FakeLedger, performer: Performer
) -> None:
    ledger.lost = True
    for effect in ALL:
        with pytest.raises(LeaseLost):
            performer.perform(effect)
    assert gateway.calls == []


def test_r4__next_owner_adopts_what_the_first_left(
    gateway: FakeGateway, store: Store, clock: Clock
) -> None:
    first = claimed(store, seconds=1)
    gateway.faults["create_comment"] = ["die"]
    with pytest.raises(Died):
        Performer(gateway, store, first, sleep=clock.forward).perform(COMMENT)
    clock.forward(2)
    second = store.claim(first.workflow_id, owner="second", seconds=60)
    assert second is not None
    with pytest.raises(LeaseLost):
        Performer(gateway, store, first, sleep=clock.forward).perform(COMMENT)
    done = Performer(gateway, store, second, sleep=clock.forward).perform(COMMENT)
    assert done.adopted
    assert store.effects(first.workflow_id) == {COMMENT.key: done}
    assert len(gateway.comments) == 1


@pytest.mark.parametrize("effect", ALL)
def test_perform__check_stops_before_the_write(
    gateway: FakeGateway, ledger: FakeLedger, effect: Effect
) -> None:
    def cancelled() -> None:
        raise WorkflowCancelled("stopped by ann")

    performer = Performer(gateway, ledger, LEASE, sleep=Stopwatch().sleep, check=cancelled)
    with pytest.raises(WorkflowCancelled):
        performer.perform(effect)
    assert set(gateway.calls) <= {"repository_facts", "commit"}


def test_reaction__comment_is_gone(performer: Performer) -> None:
    assert performer.perform(replace(REACTION, comment_id=404)) == Performed("")


def test_comment__edited_in_place(gateway: FakeGateway, performer: Performer) -> None:
    first = performer.perform(COMMENT)
    assert performer.perform(replace(COMMENT, body="done")) == first
    (comment,) = gateway.comments.values()
    assert comment.body == f"{MARKER}\ndone"


def test_comment__adopted_and_brought_up_to_date(
    gateway: FakeGateway, ledger: FakeLedger, performer: Performer
) -> None:
    gateway.create_comment(3, f"{MARKER}\nold")
    ledger.results[COMMENT.key] = None
    assert performer.perform(COMMENT).adopted
    (comment,) = gateway.comments.values()
    assert comment.body == f"{MARKER}\nworking"


def test_comment__deleted_by_a_person_comes_back_once(
    gateway: FakeGateway, performer: Performer
) -> None:
    first = performer.perform(COMMENT)
    gateway.comments.clear()
    second = performer.perform(COMMENT)
    assert second.external_id != first.external_id
    assert len(gateway.comments) == 1
    gateway.comments.clear()
    assert performer.perform(COMMENT) == second
    assert gateway.comments == {}


def test_review__lines_that_github_does_not_take_move_into_its_text(
    gateway: FakeGateway, performer: Performer
) -> None:
    gateway.outside = {"src/cart.py"}
    performer.perform(REVIEW)
    (review,) = gateway.reviews
    assert review.body == f"{REVIEW_MARKER}\none finding: mend it"
    assert gateway.review_comments == []


def test_review__that_github_takes_in_no_form_is_an_error(
    gateway: FakeGateway, performer: Performer
) -> None:
    def refuse(*args: object, **values: object) -> Review:
        raise GitHubInvalid("no", why="commit_id is not part of the pull request")

    gateway.create_review = refuse  # type: ignore[method-assign]
    with pytest.raises(GitHubInvalid):
        performer.perform(replace(REVIEW, comments=()))


def test_m18__nothing_can_approve_merge_close_label_or_delete() -> None:
    effects = [one.__name__ for one in get_args(Effect)]
    verbs = [name for name in dir(Gateway) if not name.startswith("_") and name != "close"]
    assert "create_review" in verbs
    powers = r"(?i)approve|merge|close|label|delete|dispatch|release|dismiss|submit"
    assert [name for name in [*effects, *verbs] if re.search(powers, name)] == []
    assert "event" not in signature(Gateway.create_review).parameters
    assert EVENT == "COMMENT"


def test_p12__no_verb_takes_a_repository() -> None:
    verbs = [getattr(Gateway, name) for name in dir(Gateway) if not name.startswith("_")]
    names = {name for verb in verbs if callable(verb) for name in signature(verb).parameters}
    assert "number" in names
    assert names & {"repository", "owner", "repo", "name_of_repository", "url", "path_of"} == set()


def test_comment__body_keeps_the_marker_within_the_limit() -> None:
    body = comment_body(replace(COMMENT, body=f"{MARKER}\n```\n" + "x" * MAX_BODY))
    assert len(body) <= MAX_BODY
    assert body.startswith(f"{MARKER}\n```\nx")
    assert body.endswith("```\n\n*(cut: the text was too long for GitHub)*")
    assert body.count(MARKER) == 1


def test_branch__tree_and_message(gateway: FakeGateway, performer: Performer) -> None:
    sha = performer.perform(PUBLISH).external_id
    commit = gateway.commits[sha]
    assert commit.message == f"Mend the cart\n\nP2A-Workflow: {ID}"
    assert commit.parents == (BASE,)
    blob = next(iter(gateway.blobs))
    assert gateway.blobs[blob] == b"\x89PNG\0"
    assert gateway.trees[commit.tree] == (
        TreeEntry("src/cart.py", text="x = 1\n"),
        TreeEntry("bin/run", executable=True, text="#!/bin/sh\n"),
        TreeEntry("logo.png", sha=blob),
        TreeEntry("old.py"),
    )


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a" * 300_000, b"nul\0"])
def test_branch__blob_for_what_json_cannot_carry(
    gateway: FakeGateway, performer: Performer, content: bytes
) -> None:
    performer.perform(replace(PUBLISH, changes=(FileChange("a", content),)))
    assert list(gateway.blobs.values()) == [content]


def test_branch__blobs_once_the_inline_room_is_used_up(
    gateway: FakeGateway, performer: Performer
) -> None:
    changes = tuple(FileChange(f"f{n}", b"x" * 250_000) for n in range(20))
    performer.perform(replace(PUBLISH, changes=changes))
    (tree,) = gateway.trees.values()
    assert sum(entry.text is not None for entry in tree) == 16


@pytest.mark.parametrize("is_retry", [False, True])
def test_branch__somebody_elses(
    gateway: FakeGateway, ledger: FakeLedger, performer: Performer, *, is_retry: bool
) -> None:
    gateway.commits["f" * 40] = Commit("f" * 40, "t" * 40, (), "theirs")
    gateway.refs[BRANCH] = "f" * 40
    if is_retry:
        ledger.results[PUBLISH.key] = None
    with pytest.raises(EditRefused, match="not ours"):
        performer.perform(PUBLISH)
    assert gateway.refs == {BRANCH: "f" * 40}


def test_branch__ours_stands_there_on_a_first_try(
    gateway: FakeGateway, performer: Performer
) -> None:
    done = performer.perform(PUBLISH)
    tree = gateway.commits[done.external_id].tree
    message = f"x\n\nP2A-Workflow: {ID}"
    gateway.commits["f" * 40] = Commit("f" * 40, tree, (PUBLISH.base_sha,), message)
    gateway.refs[BRANCH] = "f" * 40
    again = publish_branch(gateway, PUBLISH, workflow_id=ID, settler=SETTLER, is_retry=False)
    assert again == Performed("f" * 40, f"http://hub/tree/{BRANCH}", True)


@pytest.mark.parametrize(
    ("tree", "parent"), [("t" * 40, PUBLISH.base_sha), ("same", "e" * 40), ("t" * 40, "e" * 40)]
)
def test_branch__a_trailer_alone_makes_no_commit_ours(
    gateway: FakeGateway, performer: Performer, tree: str, parent: str
) -> None:
    made = gateway.commits[performer.perform(PUBLISH).external_id].tree
    message = f"x\n\nP2A-Workflow: {ID}"
    there = Commit("f" * 40, made if tree == "same" else tree, (parent,), message)
    gateway.commits["f" * 40] = there
    gateway.refs[BRANCH] = "f" * 40
    with pytest.raises(EditRefused, match="is not ours"):
        publish_branch(gateway, PUBLISH, workflow_id=ID, settler=SETTLER, is_retry=True)


@pytest.mark.parametrize(
    "branch",
    [
        "main",
        "refs/heads/main",
        "-D",
        "x/../../y",
        "p2a/other",
        f"{BRANCH}/x",
        f"{BRANCH}-../x",
        f"{BRANCH}-a\n",
        f"refs/heads/{BRANCH}",
        "",
    ],
)
def test_m09__branch_of_another_name(
    gateway: FakeGateway, performer: Performer, branch: str
) -> None:
    with pytest.raises(EditRefused, match="may write p2a/"):
        performer.perform(replace(PUBLISH, branch=branch))
    assert gateway.refs == {}


def test_m09__second_branch_of_the_same_workflow(
    gateway: FakeGateway, performer: Performer
) -> None:
    performer.perform(replace(PUBLISH, branch=f"{BRANCH}-2"))
    assert list(gateway.refs) == [f"{BRANCH}-2"]


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a/../b", "./a", ".git/config", "a/.GIT/x", "a//b", "a\0"]
)
def test_branch__path_outside_of_a_work_tree(
    gateway: FakeGateway, performer: Performer, path: str
) -> None:
    with pytest.raises(EditRefused):
        performer.perform(replace(PUBLISH, changes=(FileChange(path, b""),)))
    assert gateway.trees == {}


@pytest.fixture
def topic(gateway: FakeGateway) -> FakeGateway:
    gateway.refs["topic"] = BASE
    return gateway


@pytest.mark.parametrize("verb", ["create_tree", "create_commit", "forward_ref"])
@pytest.mark.parametrize("fault", ["lose", "fail", "die"])
def test_commit__is_added_once_whatever_is_lost(
    topic: FakeGateway, ledger: FakeLedger, verb: str, fault: str
) -> None:
    topic.faults[verb] = [fault]
    for _ in range(3):
        try:
            done = Performer(topic, ledger, LEASE, sleep=Stopwatch().sleep).perform(TOPIC)
            break
        except (Died, GitHubUnavailable):
            continue
    commit = topic.commits[topic.refs["topic"]]
    assert commit.sha == done.external_id
    assert commit.parents == (BASE,)
    assert commit.message == f"Mend\n\nP2A-Workflow: {ID}"


def test_commit__of_a_killed_try_is_found_below_what_was_pushed_on_top(
    topic: FakeGateway, ledger: FakeLedger
) -> None:
    topic.faults["forward_ref"] = ["die"]
    with pytest.raises(Died):
        Performer(topic, ledger, LEASE, sleep=Stopwatch().sleep).perform(TOPIC)
    ours = topic.refs["topic"]
    topic.commits["f" * 40] = Commit("f" * 40, "t" * 40, (ours,), "theirs, on top")
    topic.refs["topic"] = "f" * 40
    done = Performer(topic, ledger, LEASE, sleep=Stopwatch().sleep).perform(TOPIC)
    assert done == Performed(ours, f"http://hub/commit/{ours}", adopted=True)
    assert topic.refs["topic"] == "f" * 40


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_commit__a_moved_branch_is_left_alone(
    topic: FakeGateway, performer: Performer, when: str
) -> None:
    topic.commits["f" * 40] = Commit("f" * 40, "t" * 40, (BASE,), "theirs")
    if when == "before":
        topic.refs["topic"] = "f" * 40
    else:
        topic.pushes = {"topic": "f" * 40}
    with pytest.raises(BranchMoved, match="moved while the change was made"):
        performer.perform(TOPIC)
    assert topic.refs["topic"] == "f" * 40


@pytest.mark.parametrize("branch", ["main", "guarded"])
def test_s7__no_commit_goes_to_a_default_or_protected_branch(
    gateway: FakeGateway, performer: Performer, branch: str
) -> None:
    gateway.refs[branch], gateway.protected = BASE, {"guarded"}
    with pytest.raises(EditRefused, match="is not written"):
        performer.perform(replace(TOPIC, branch=branch))
    assert gateway.refs[branch] == BASE


def test_commit__to_a_deleted_branch_is_told(performer: Performer) -> None:
    with pytest.raises(BranchMoved, match="is gone"):
        performer.perform(TOPIC)


def test_branch__nothing_to_publish(performer: Performer) -> None:
    with pytest.raises(EditRefused, match="nothing to publish"):
        performer.perform(replace(PUBLISH, changes=()))


def test_branch__message_with_our_trailer_already() -> None:
    message = f"Mend\n\nSigned: me\nP2A-Workflow: {ID}\n"
    assert commit_message(message, ID) == message.rstrip()


def test_q15__refused_branch(gateway: FakeGateway, performer: Performer) -> None:
    def refuse(branch: str, sha: str) -> None:
        raise GitHubInvalid("no", why="Object does not exist")

    gateway.create_ref = refuse  # type: ignore[method-assign]
    with pytest.raises(GitHubInvalid):
        performer.perform(PUBLISH)


def test_q15__pull_exists_and_is_ours(gateway: FakeGateway, performer: Performer) -> None:
    gateway.pulls.append(a_pull(BRANCH, number=12))
    assert performer.perform(PULL).external_id == "12"
    assert len(gateway.pulls) == 1


@pytest.mark.parametrize("is_retry", [False, True])
def test_q15__pull_exists_and_is_somebody_elses(
    gateway: FakeGateway, ledger: FakeLedger, performer: Performer, *, is_retry: bool
) -> None:
    gateway.pulls.append(a_pull(BRANCH, is_ours=False))
    if is_retry:
        ledger.results[PULL.key] = None
    with pytest.raises(GitHubInvalid, match="somebody else"):
        performer.perform(PULL)


def test_q15__no_drafts_in_this_plan(gateway: FakeGateway, performer: Performer) -> None:
    gateway.has_drafts = False
    performer.perform(PULL)
    assert [pull.is_draft for pull in gateway.pulls] == [False]


def test_q15__pull_refused(gateway: FakeGateway, performer: Performer) -> None:
    def refuse(**_: object) -> None:
        raise GitHubInvalid("no", why=f"No commits between main and {BRANCH}")

    gateway.create_pull = refuse  # type: ignore[assignment, method-assign]
    with pytest.raises(GitHubInvalid):
        performer.perform(PULL)


def test_check__grows_and_ends(gateway: FakeGateway, performer: Performer) -> None:
    started = performer.perform(a_check(0, conclusion=None))
    assert gateway.checks[1].status == "in_progress"
    assert performer.perform(CHECK) == started
    assert gateway.completions == 1
    assert len(gateway.annotations) == 120
    before = len(gateway.calls)
    performer.perform(CHECK)
    assert gateway.calls[before:] == ["check"]


def test_check__small_one_is_one_request(gateway: FakeGateway, performer: Performer) -> None:
    performer.perform(a_check(50))
    assert gateway.calls == ["repository_facts", "create_check"]


def test_check__other_end_after_a_retry_of_the_workflow(
    gateway: FakeGateway, performer: Performer
) -> None:
    performer.perform(a_check(0, conclusion=Conclusion.NEUTRAL))
    performer.perform(a_check(0))
    assert gateway.checks[1].conclusion == "success"
    assert len(gateway.checks) == 1


def test_check__gone_and_made_anew(gateway: FakeGateway, performer: Performer) -> None:
    performer.perform(a_check(0))
    gateway.checks.clear()
    performer.perform(a_check(0))
    assert len(gateway.checks) == 1


def test_check__gone_between_two_batches(gateway: FakeGateway, performer: Performer) -> None:
    gateway.faults["update_check"] = ["fail"]
    gateway.check = lambda check_id: None  # type: ignore[method-assign]
    with pytest.raises(GitHubInvalid, match="gone"):
        performer.perform(CHECK)


def test_check__content_within_limits() -> None:
    odd = Annotation("a.py", 0, -4, AnnotationLevel.FAILURE, "\x1b[31m ", title="t" * 300)
    effect = replace(
        a_check(0),
        title="two\nlines" + "x" * 400,
        summary="é" * MAX_CHECK_TEXT,
        text="",
        annotations=(odd, *annotations(MAX_ANNOTATIONS + 1)),
        annotations_left_out=3,
    )
    content = check_content(effect)
    assert len(content.summary.encode()) <= MAX_CHECK_TEXT
    assert content.summary.endswith("*5 more annotations are left out; the report holds them all.*")
    assert len(content.title) == 255
    assert "\n" not in content.title
    assert len(content.annotations) == MAX_ANNOTATIONS
    first = content.annotations[0]
    assert (first.start_line, first.end_line, first.message) == (1, 1, "(no message)")
    assert len(first.title) == 255


def test_check__summary_is_never_empty() -> None:
    assert check_content(replace(a_check(0), summary="")).summary == "(no summary)"
