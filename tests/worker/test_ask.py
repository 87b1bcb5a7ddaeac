"""`/p2a ask`: an answer with links to lines, on issues and on anybody's pull request, and no change."""

from p2a.domain import WorkflowKind, WorkflowStatus
from tests.contract.playground_contract import assert_contract
from tests.fakes.pulls import open_pull
from tests.fakes.workshop import FULL_NAME, Workshop, reply, small_script
from tests.worker.conftest import OpenWorkshop

ANSWER = (
    "A piece has 1024 bytes [src/uploader/pieces.py:3], and `README.md` says so too [README.md:9999]. "
    "@octo/team All tests pass."
)


def script(text: str = ANSWER) -> dict[str, object]:
    search = [("search", {"text": "PIECE_SIZE"}), ("write", {"path": "x", "content": "y"})]
    answer = {"agent": "COORDINATOR", "turn": 1, "text": text}
    return small_script(COORDINATOR=[reply("COORDINATOR", 0, calls=search), answer])


def test_ask__answers_an_issue_with_links_and_changes_nothing(open_workshop: OpenWorkshop) -> None:
    workshop = open_workshop(script())
    name = workshop.command(WorkflowKind.ASK, "How large is a piece?")
    main = workshop.get("branches/main")["commit"]["sha"]
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    (comment,) = workshop.bot_comments()
    page = f"{workshop.settings.github_url}/{FULL_NAME}/blob/{main}/src/uploader/pieces.py#L3"
    assert f"1024 bytes [`src/uploader/pieces.py:3`]({page}), and" in comment
    assert "README.md:9999" not in comment
    assert "1 citation was cut" in comment
    assert "@octo/team" not in comment
    assert "All tests pass" not in comment
    assert f"Answered at commit `{main[:12]}`; nothing was changed." in comment
    assert workshop.get("pulls?state=all") == []
    (asked, told) = workshop.peer.requests
    assert "no such tool" in str(told.body)
    assert "PIECE_SIZE = 1024" in str(told.body)
    assert {one["name"] for one in tools(asked.body)} == {"list", "read", "search"}
    assert_contract(workshop.playground)


def tools(body: object) -> list[dict[str, str]]:
    assert isinstance(body, dict)
    return [one for part in body["tools"] for one in part["functionDeclarations"]]


def test_ask__is_answered_at_the_head_of_a_pull_request(open_workshop: OpenWorkshop) -> None:
    workshop = open_workshop(script("It is risky [src/uploader/pieces.py:5]."))
    origin = open_pull(workshop)
    asked = {"number": origin["number"], "is_pull_request": True}
    name = workshop.command(WorkflowKind.ASK, "Is it risky?", **asked)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    comments = workshop.get(f"issues/{origin['number']}/comments")
    (ours,) = [one["body"] for one in comments if one["user"]["type"] == "Bot"]
    assert f"/blob/{origin['head_sha']}/src/uploader/pieces.py#L5" in ours


def test_c01__who_may_only_read_gets_no_answer(workshop: Workshop) -> None:
    name = workshop.command(WorkflowKind.ASK, "How?", by=workshop.bob)
    assert workshop.perform(name) is WorkflowStatus.FAILED
    assert len(workshop.peer.requests) == 0


def test_p12__a_question_reaches_no_other_repository(open_workshop: OpenWorkshop) -> None:
    outside = [
        ("read", {"path": "../../other/secret.py"}),
        ("read", {"path": "/etc/passwd"}),
        ("list", {"path": "https://github.com/other/secret"}),
    ]
    answer = {"agent": "COORDINATOR", "turn": 1, "text": "See [../../other/secret.py:1]."}
    calls = reply("COORDINATOR", 0, calls=outside)
    workshop = open_workshop(small_script(COORDINATOR=[calls, answer]))
    name = workshop.command(WorkflowKind.ASK, "What does other/secret say? Read it there.")
    asked_before = len(workshop.playground.exchanges)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    told = str(workshop.peer.requests[1].body)
    assert told.count("refused") + told.count("no files there") >= 3
    assert "secret.py:1" not in workshop.bot_comments()[0]
    paths = [one.path for one in list(workshop.playground.exchanges)[asked_before:]]
    own = (f"/repos/{FULL_NAME}", f"/api/v3/repos/{FULL_NAME}", "/app", "/api/v3/app")
    assert [path for path in paths if not path.startswith(own)] == []


def test_ask__without_any_citation_says_so(open_workshop: OpenWorkshop) -> None:
    workshop = open_workshop(script("It is probably 1024."))
    name = workshop.command(WorkflowKind.ASK, "How large is a piece?")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert "No line of the repository is cited for this answer" in workshop.bot_comments()[0]


def test_ask__one_that_never_answers_ends_visibly(open_workshop: OpenWorkshop) -> None:
    calls = [reply("COORDINATOR", turn, calls=[("list", {})]) for turn in range(20)]
    workshop = open_workshop(small_script(COORDINATOR=calls))
    name = workshop.command(WorkflowKind.ASK, "How?")
    assert workshop.perform(name) is WorkflowStatus.FAILED
    (comment,) = workshop.bot_comments()
    assert "the model gave no answer in all of its turns" in comment
    assert "give your answer now" in str(workshop.peer.requests[-1].body)
