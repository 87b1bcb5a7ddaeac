"""A playground that answers or sends something wrong is found out."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import httpx
import pytest

from playground.server import Playground
from tests.contract.playground_contract import assert_answers, assert_contract
from tests.contract.validator import Report


@pytest.fixture
def playground() -> Iterator[Playground]:
    """Return a playground with one repository."""
    with Playground.start() as running:
        running.world.add_repository("ada", "calc")
        yield running


def ask(playground: Playground, path: str, **headers: str) -> int:
    address = f"{playground.api_url}{path}"
    return httpx.get(address, headers=headers, trust_env=False).status_code


def test_assert_contract__counts_and_prints(
    playground: Playground, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(playground, "/repos/ada/calc") == 200
    diff = {"Accept": "application/vnd.github.diff"}
    assert ask(playground, "/repos/ada/calc/pulls/1", **diff) == 404
    report = assert_contract(playground)
    assert report.operations == {"repos/get": 1, "pulls/get": 1}
    assert capsys.readouterr().out.splitlines() == [
        "contract: 2 exchanges checked, 0 violations",
        "contract: 0 webhook payloads checked, 0 violations",
    ]


def complaint_of(
    check: Callable[[Playground], Report],
    playground: Playground,
    capsys: pytest.CaptureFixture[str],
) -> str:
    with pytest.raises(AssertionError) as caught:
        check(playground)
    # What is wrong on purpose stays out of the test run's total.
    capsys.readouterr()
    return str(caught.value)


def test_assert_contract__a_wrong_request_fails_it(
    playground: Playground, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(playground, "/repositories/1") == 404
    complaint = complaint_of(assert_contract, playground, capsys)
    assert "GET /repositories/1 -> 404: operation: " in complaint
    assert_answers(playground)


def test_assert_answers__a_wrong_answer_fails_it(
    playground: Playground, capsys: pytest.CaptureFixture[str]
) -> None:
    with playground.world.lock:
        label = playground.world.labels.all()[0]
        playground.world.labels.put(replace(label, color=7))  # type: ignore[arg-type]
    assert ask(playground, "/repos/ada/calc/labels") == 200
    assert "0/color: 7 is not of type" in complaint_of(assert_answers, playground, capsys)


def test_assert_answers__a_wrong_payload_fails_it(
    playground: Playground, capsys: pytest.CaptureFixture[str]
) -> None:
    app = playground.world.add_app("p2a", webhook_url="http://127.0.0.1:9/", events=())
    assert playground.webhooks.settle()
    with playground.world.lock:
        sent = playground.world.deliveries.first(app_id=app.id)
        assert sent is not None
        playground.world.deliveries.put(replace(sent, request_body='{"hook": 7}'))
    assert "ping: hook: 7 is not of type" in complaint_of(assert_answers, playground, capsys)
