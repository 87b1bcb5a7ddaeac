"""The contract's check finds what is wrong: a check that cannot fail would be worth nothing."""

from typing import Any

import pytest

from tests.contract.validator import Contract, Exchange, Waiver

REPO = "/repos/ada/calc"
SHA = "a" * 40
LABEL = {
    "id": 1,
    "node_id": "LA_1",
    "url": "http://127.0.0.1:1/api/v3/repos/ada/calc/labels/bug",
    "name": "bug",
    "description": None,
    "color": "ededed",
    "default": False,
}
REFERENCE = {
    "ref": "refs/heads/main",
    "node_id": "REF_1",
    "url": "http://127.0.0.1:1/api/v3/repos/ada/calc/git/refs/heads/main",
    "object": {"type": "commit", "sha": SHA, "url": "http://127.0.0.1:1/api/v3/x"},
}
REFUSED = {"message": "Not Found", "documentation_url": "https://docs.github.com/rest"}
ANNOTATION = {
    "path": "a.py",
    "start_line": 1,
    "end_line": 1,
    "annotation_level": "warning",
    "message": "Long",
}


def wrong(contract: Contract, exchange: Exchange) -> list[tuple[str, str]]:
    report = contract.check([exchange])
    assert report.exchanges == 1
    return [(one.part, one.complaint) for one in report.violations]


GOOD: list[Exchange] = [
    Exchange("POST", f"{REPO}/labels", 201, request={"name": "bug"}, answer=LABEL),
    Exchange("GET", f"{REPO}/labels", 200, query={"per_page": "30", "page": "2"}, answer=[LABEL]),
    Exchange("GET", f"{REPO}/git/ref/heads/main", 200, answer=REFERENCE),
    Exchange("GET", f"{REPO}/git/ref/heads%2Fmain", 200, answer=REFERENCE),
    Exchange("GET", f"{REPO}/git/matching-refs/heads/p2a/1", 200, answer=[REFERENCE]),
    Exchange("PATCH", f"{REPO}/git/refs/heads/main", 200, request={"sha": SHA}, answer=REFERENCE),
    Exchange("DELETE", f"{REPO}/git/refs/heads/p2a/1", 204),
    Exchange("GET", f"{REPO}/issues/7", 404, answer=REFUSED),
    Exchange("POST", f"{REPO}/check-runs/5/rerequest", 201, answer={}),
]


@pytest.mark.parametrize("exchange", GOOD, ids=lambda one: one.name)
def test_check__right_exchanges_pass(exchange: Exchange, contract: Contract) -> None:
    assert wrong(contract, exchange) == []


def request(method: str, path: str, body: Any = None, **query: str) -> Exchange:
    return Exchange(method, path, 404, query=query, request=body, answer=REFUSED)


def check(**more: Any) -> dict[str, Any]:
    return {"name": "p2a", "head_sha": SHA, "status": "in_progress"} | more


def output(**more: Any) -> dict[str, Any]:
    return {"title": "92", "summary": "Good"} | more


WRONG_REQUESTS: list[tuple[str, Exchange]] = [
    ("operation", request("GET", "/repositories/7")),
    ("operation", request("POST", f"{REPO}/issues/1/comment", {"body": "x"})),
    ("operation", request("PUT", f"{REPO}/issues/1", {"title": "x"})),
    ("path", request("GET", f"{REPO}/issues/one")),
    ("path", request("GET", f"{REPO}/check-runs/last")),
    ("query", request("GET", f"{REPO}/issues", state="opened")),
    ("query", request("GET", f"{REPO}/issues", per_page="many")),
    ("query", request("GET", f"{REPO}/issues", perpage="100")),
    ("query", request("GET", f"{REPO}/commits/main/check-runs", filter="newest")),
    ("request", request("POST", f"{REPO}/issues")),
    ("request", request("POST", f"{REPO}/issues", b"{")),
    ("request", request("POST", f"{REPO}/issues", {"body": "no title"})),
    ("request", request("POST", f"{REPO}/issues", {"title": "x", "label": ["bug"]})),
    ("request", request("POST", f"{REPO}/issues/1/comments", {"text": "x"})),
    ("request", request("POST", f"{REPO}/issues/1/comments", {"body": None})),
    ("request", request("PATCH", f"{REPO}/issues/1", {"state": "done"})),
    ("request", request("POST", f"{REPO}/issues/1/reactions", {"content": "thumbs_up"})),
    ("request", request("POST", f"{REPO}/pulls", {"title": "x", "head": "a"})),
    ("request", request("POST", f"{REPO}/pulls", {"head": "a", "base": "b", "draft": "yes"})),
    ("request", request("POST", f"{REPO}/check-runs", {"name": "p2a"})),
    ("request", request("POST", f"{REPO}/check-runs", check(status="running"))),
    ("request", request("POST", f"{REPO}/check-runs", check(output={"title": "no summary"}))),
    (
        "request",
        request("POST", f"{REPO}/check-runs", check(output=output(annotations=[ANNOTATION] * 51))),
    ),
    (
        "request",
        request(
            "POST",
            f"{REPO}/check-runs",
            check(output=output(annotations=[ANNOTATION | {"annotation_level": "error"}])),
        ),
    ),
    ("request", request("POST", f"{REPO}/check-runs", check(output=output(summary="x" * 65_536)))),
    ("request", request("POST", f"{REPO}/statuses/{SHA}", {"state": "good"})),
    ("request", request("POST", f"{REPO}/git/refs", {"ref": "refs/heads/x"})),
    ("request", request("POST", f"{REPO}/git/trees", {"base_tree": SHA})),
    ("request", request("POST", f"{REPO}/git/commits", {"message": "x"})),
    (
        "request",
        request("POST", "/app/installations/5/access_tokens", {"permissions": {"checks": "admin"}}),
    ),
    ("request", request("GET", f"{REPO}/issues/1", {"body": "in a GET"})),
]


@pytest.mark.parametrize(
    ("part", "exchange"),
    WRONG_REQUESTS,
    ids=[f"{n}-{c[1].name}" for n, c in enumerate(WRONG_REQUESTS)],
)
def test_check__wrong_requests_are_found(part: str, exchange: Exchange, contract: Contract) -> None:
    assert {found for found, _ in wrong(contract, exchange)} == {part}


def label(**more: Any) -> Exchange:
    return Exchange("GET", f"{REPO}/labels/bug", 200, answer=LABEL | more)


WRONG_ANSWERS: list[Exchange] = [
    label(id="1"),
    label(name=None),
    label(color=None),
    label(default="no"),
    label(url="not an address"),
    Exchange("GET", f"{REPO}/labels/bug", 200, answer={"name": "bug"}),
    Exchange("GET", f"{REPO}/labels/bug", 200, answer=[LABEL]),
    Exchange("GET", f"{REPO}/labels/bug", 200),
    Exchange("GET", f"{REPO}/labels", 200, answer=LABEL),
    Exchange("GET", f"{REPO}/labels/bug", 201, answer=LABEL),
    Exchange("GET", f"{REPO}/labels/bug", 500, answer={"message": "Server Error"}),
    Exchange("GET", f"{REPO}/labels/bug", 418, answer={"detail": "not GitHub's form"}),
    Exchange("GET", f"{REPO}/labels/bug", 304, answer=LABEL),
    Exchange("DELETE", f"{REPO}/git/refs/heads/x", 204, answer={"deleted": True}),
    Exchange("GET", "/rate_limit", 200, answer={"rate": {"limit": 1, "remaining": 1, "reset": 1}}),
]


@pytest.mark.parametrize(
    "exchange", WRONG_ANSWERS, ids=[f"{n}-{one.name}" for n, one in enumerate(WRONG_ANSWERS)]
)
def test_check__wrong_answers_are_found(exchange: Exchange, contract: Contract) -> None:
    assert {part for part, _ in wrong(contract, exchange)} == {"answer"}


def test_check__waivers_are_counted(contract: Contract) -> None:
    names = ["bug"]
    report = contract.check(
        [
            Exchange("POST", f"{REPO}/issues/1/labels", 200, request=names, answer=[LABEL]),
            Exchange("GET", f"{REPO}/labels/bug", 401, answer=REFUSED),
            Exchange("GET", f"{REPO}/labels/bug", 304),
            Exchange("GET", f"{REPO}/pulls/2", 200, answer=b"diff --git", other_media=True),
        ]
    )
    assert report.violations == []
    assert report.waivers == {
        Waiver.BARE_LABELS: 1,
        Waiver.UNLISTED_REFUSAL: 1,
        Waiver.NOT_MODIFIED: 1,
        Waiver.OTHER_MEDIA: 1,
    }
    assert str(report) == "contract: 4 exchanges checked, 0 violations"


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        (f"{REPO}/statuses/main", []),
        (f"{REPO}/git/refs/heads/main", REFERENCE),
        (f"{REPO}/git/refs", [REFERENCE]),
        (f"{REPO}/contents", []),
        (f"{REPO}/contents/", []),
    ],
)
def test_check__old_paths_are_held_to_the_new_ones(
    path: str, answer: Any, contract: Contract
) -> None:
    report = contract.check([Exchange("GET", path, 200, answer=answer)])
    assert (report.violations, report.waivers) == ([], {Waiver.OLD_PATH: 1})
    assert wrong(contract, Exchange("GET", path, 200, answer="no")) != []


def test_check__another_media_type_excuses_no_status(contract: Contract) -> None:
    exchange = Exchange("GET", f"{REPO}/pulls/2", 502, answer=b"diff", other_media=True)
    assert [part for part, _ in wrong(contract, exchange)] == ["answer"]


def test_check__a_refusal_may_fit_both_forms_but_must_fit_one(contract: Contract) -> None:
    body = {"message": "Add", "content": "aGk="}
    path = f"{REPO}/contents/a.py"
    report = contract.check([Exchange("PUT", path, 409, request=body, answer=REFUSED)])
    assert (report.violations, report.waivers) == ([], {Waiver.OVERLAPPING_REFUSALS: 1})
    spoilt = Exchange("PUT", path, 409, request=body, answer=REFUSED | {"message": 7})
    assert wrong(contract, spoilt) != []


def test_check__brackets_of_bots_are_waived_in_addresses_only(contract: Contract) -> None:
    assert wrong(contract, label(url="http://127.0.0.1:1/users/p2a[bot]")) == []
    assert wrong(contract, label(url="http://127.0.0.1:1/users/p2a[b]")) != []


def test_description__names_its_source(contract: Contract) -> None:
    assert contract.source.startswith("npm @octokit/openapi@")
    assert len(contract.operations) > 90
