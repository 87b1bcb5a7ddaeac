"""Reviews and comments on diffs over REST."""

from typing import Any

import pytest
from github import GithubException
from github.PullRequest import PullRequest

from tests.fakes.town import BASE, Town


@pytest.fixture
def pull(town: Town) -> PullRequest:
    return open_pull(town)


@pytest.fixture(scope="module")
def still_pull(still_town: Town) -> PullRequest:
    return open_pull(still_town)


def open_pull(town: Town) -> PullRequest:
    """Open a pull request that changes the third line of the README."""
    repository = town.repository(town.writer.token)
    repository.create_git_ref("refs/heads/topic", town.head)
    readme = repository.get_contents("README.md")
    assert not isinstance(readme, list)
    text = readme.decoded_content.decode().replace("in pieces", "in many pieces")
    repository.update_file("README.md", "Say many", text, readme.sha, branch="topic")
    made = repository.create_pull(base="main", head="topic", title="Many")
    town.told.clear()
    return made


def test_review__with_comments_on_lines(town: Town, pull: PullRequest) -> None:
    reviewer = town.repository(town.app_token).get_pull(pull.number)
    review = reviewer.create_review(
        body="Look",
        event="REQUEST_CHANGES",
        comments=[
            {"path": "README.md", "line": 3, "side": "RIGHT", "body": "Why many?"},
            {"path": "README.md", "line": 3, "side": "LEFT", "body": "It was good."},
        ],
    )
    assert (review.state, review.user.login) == ("CHANGES_REQUESTED", "p2a[bot]")
    assert reviewer.get_review(review.id).body == "Look"
    assert [one.state for one in pull.get_reviews()] == ["CHANGES_REQUESTED"]
    right, left = pull.get_review_comments()
    assert right.diff_hunk.endswith("+Send files to a store in many pieces.")
    assert left.diff_hunk.endswith("-Send files to a store in pieces.")
    assert (right.line, right.side, left.side) == (3, "RIGHT", "LEFT")
    assert town.told == [
        ("pull_request_review_comment", "created"),
        ("pull_request_review_comment", "created"),
        ("pull_request_review", "submitted"),
    ]
    review.dismiss("Fine now")
    assert reviewer.get_review(review.id).state == "DISMISSED"


def test_review__pending_until_submitted(town: Town, pull: PullRequest) -> None:
    http = town.http(town.app_token)
    url = f"{BASE}/pulls/1/reviews"
    comment = {"path": "README.md", "position": 5, "body": "Hm"}
    pending = http.post(url, json={"comments": [comment]}).json()
    assert pending["state"] == "PENDING"
    assert town.http().get(url).json() == []
    assert town.http().get(f"{BASE}/pulls/1/comments").json() == []
    done = http.post(f"{url}/{pending['id']}/events", json={"event": "COMMENT"})
    assert done.json()["state"] == "COMMENTED"
    assert len(http.get(f"{url}/{pending['id']}/comments").json()) == 1
    assert http.post(f"{url}/{pending['id']}/events", json={"event": "COMMENT"}).status_code == 404


def test_review__refusals(town: Town, pull: PullRequest) -> None:
    with pytest.raises(GithubException) as own:
        pull.create_review(event="APPROVE")
    assert own.value.data["errors"] == ["Can not approve your own pull request"]
    http = town.http(town.app_token)
    url = f"{BASE}/pulls/1/reviews"
    assert http.post(url, json={"event": "COMMENT"}).status_code == 422
    assert http.post(url, json={"event": "SHRUG", "body": "x"}).status_code == 422
    assert http.post(url, json={"event": "APPROVE"}).status_code == 200
    bad = {"event": "COMMENT", "comments": [{"path": "README.md", "line": 999, "body": "x"}]}
    answer = http.post(url, json=bad).json()
    assert answer["errors"] == ["Line could not be resolved"]
    assert http.get(f"{url}/12").status_code == 404


def test_comment__single_reply_edit_delete(town: Town, pull: PullRequest) -> None:
    repository = town.repository(town.writer.token)
    commit = repository.get_commit(pull.head.sha)
    comment = pull.create_review_comment("Here", commit, "README.md", line=3, side="RIGHT")
    reply = pull.create_review_comment_reply(comment.id, "There")
    again = pull.create_review_comment_reply(reply.id, "Everywhere")
    assert (reply.in_reply_to_id, again.in_reply_to_id) == (comment.id, comment.id)
    assert reply.path == "README.md"
    comment.edit("Changed")
    assert pull.get_review_comment(comment.id).body == "Changed"
    again.delete()
    assert [one.body for one in repository.get_pulls_comments()] == ["Changed", "There"]
    assert [action for _, action in town.told] == [
        "created",
        "created",
        "created",
        "edited",
        "deleted",
    ]
    foreign = town.http(town.reader.token).patch(
        f"{BASE}/pulls/comments/{comment.id}", json={"body": "Mine"}
    )
    assert foreign.status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"path": "nope.md"},
        {"line": 1000},
        {"line": 3, "side": "MIDDLE"},
        {"line": None},
        {"start_line": 3},
        {"body": " "},
        {"body": "x" * 65_537},
        {"commit_id": "1" * 40},
        {"body": None},
    ],
)
def test_comment__refusals(
    still_town: Town, still_pull: PullRequest, change: dict[str, Any]
) -> None:
    body = {"body": "x", "path": "README.md", "line": 3, "commit_id": still_pull.head.sha} | change
    http = still_town.http(still_town.writer.token)
    assert http.post(f"{BASE}/pulls/1/comments", json=body).status_code == 422
    assert not still_town.playground.world.review_comments.all()


def test_comment__several_lines_and_a_whole_file(town: Town, pull: PullRequest) -> None:
    http = town.http(town.writer.token)
    body = {"body": "x", "path": "README.md", "commit_id": pull.head.sha}
    made = http.post(f"{BASE}/pulls/1/comments", json=body | {"start_line": 2, "line": 3})
    assert (made.json()["start_line"], made.json()["start_side"]) == (2, "RIGHT")
    whole = http.post(f"{BASE}/pulls/1/comments", json=body | {"subject_type": "file"})
    assert whole.json()["subject_type"] == "file"
