"""Our adapters against a peer for the vendors' protocols that nobody here wrote."""

from collections.abc import Callable, Iterator

import pytest

from p2a.domain import AgentType
from p2a.model_settings import ModelSettings
from tests.fakes.aimock import FOLDER, aimock
from tests.fakes.model_vendors import PROTOCOLS, Protocol
from tests.fakes.supervisor import FakeSupervisor
from worker.model.interface import Finish, Model, ToolAnswer, ToolSpec
from worker.model.open import open_model
from worker.model.retry import RetryPolicy, TryAgain

SYSTEM = "You help."
SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "required": ["a"],
    "additionalProperties": False,
}
READ = ToolSpec(
    "read",
    "Read a file.",
    {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with aimock(FOLDER / "fixtures.json") as address:
        yield address


@pytest.fixture(params=PROTOCOLS, ids=lambda protocol: protocol.vendor)
def protocol(request: pytest.FixtureRequest) -> Protocol:
    found: Protocol = request.param
    return found


@pytest.fixture
def supervisor() -> FakeSupervisor:
    return FakeSupervisor()


@pytest.fixture
def model(url: str, protocol: Protocol, supervisor: FakeSupervisor) -> Iterator[Model]:
    settings = ModelSettings(
        names=(protocol.name,),
        keys={protocol.vendor: "any-key"},
        urls={protocol.vendor: url + protocol.path},
    )
    opened = open_model(
        settings,
        supervisor,
        AgentType.PLANNER,
        chance=lambda: 0.0,
        policy=RetryPolicy(attempts=2, longest_wait=120.0),
    )
    yield opened
    opened.close()


def test_send__a_plain_answer_with_usage(model: Model, supervisor: FakeSupervisor) -> None:
    reply = model.start(SYSTEM).send("say hello")
    assert (reply.text, reply.finish) == ("Hello.", Finish.STOP)
    assert reply.usage.input_tokens > 0
    assert supervisor.settled[0].usage == reply.usage


def test_send__a_structured_answer(model: Model) -> None:
    assert model.start(SYSTEM, schema=SCHEMA).send("answer in JSON").text == '{"a": 1}'


# A reason of its own invention, of which Google's SDK warns.
@pytest.mark.filterwarnings("ignore:FUNCTION_CALL is not a valid FinishReason")
@pytest.mark.parametrize(
    ("asked", "paths", "said"),
    [
        ("read the file", ["a.py"], "It holds x = 1."),
        ("read two files", ["a.py", "b.py"], "Both hold x = 1."),
    ],
)
def test_send__calls_of_tools(model: Model, asked: str, paths: list[str], said: str) -> None:
    conversation = model.start(SYSTEM, tools=[READ])
    reply = conversation.send(asked)
    assert [(call.name, dict(call.arguments or {})) for call in reply.calls] == [
        ("read", {"path": path}) for path in paths
    ]
    answers = [ToolAnswer(call.id, call.name, "x = 1") for call in reply.calls]
    assert conversation.send(answers).text == said


@pytest.mark.parametrize("asked", ["ask too often", "break"])
def test_q26__refusals_are_tried_again_and_end(
    model: Model, supervisor: FakeSupervisor, asked: str
) -> None:
    send: Callable[[str], object] = model.start(SYSTEM).send
    with pytest.raises(TryAgain):
        send(asked)
    assert len(supervisor.waits) == 1
    assert [call.outcome for call in supervisor.settled] == ["model-unavailable"] * 2
