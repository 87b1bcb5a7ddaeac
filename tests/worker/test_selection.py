"""Who takes part: by capability, by the operator's word and by the repository's."""

from dataclasses import replace

import pytest

from p2a.domain import Agent, AgentType, WorkflowKind, WorkflowStatus
from p2a.errors import ConfigurationInvalid
from tests.fakes.workshop import Workshop
from tests.worker.test_gate import push
from worker.coordinator import FIX, Stage, without
from worker.records import TeamRecord
from worker.selection import BY_OPERATOR, BY_REPOSITORY, CAPABILITIES, choose

ALL = [
    Agent(AgentType(stage.value.upper()), frozenset({capability}))
    for stage, capability in CAPABILITIES.items()
]


def chosen(agents: list[Agent], *, here: str = "", repository: str = "") -> TeamRecord:
    return choose(
        agents, off_here={here} - {""}, off_by_repository={repository} - {""}, budget_usd=None
    )


def test_choose__gives_each_stage_its_own_agent() -> None:
    team = chosen(ALL)
    assert team.agents == {stage.value: stage.value.upper() for stage in CAPABILITIES}
    assert team.off == {}


def test_choose__takes_another_that_can_where_the_own_one_is_not_active() -> None:
    able = replace(ALL[2], capabilities=frozenset({"edit-files", "find-faults"}))
    asleep = replace(ALL[3], is_active=False)
    team = chosen([*ALL[:2], able, asleep, *ALL[4:]])
    assert team.agents["reviewer"] == "DEVELOPER"
    assert team.off == {}


def test_choose__leaves_a_stage_out_that_nobody_can_take() -> None:
    assert chosen([*ALL[:3], replace(ALL[3], is_active=False), *ALL[4:]]).off == {
        "reviewer": BY_OPERATOR
    }
    assert chosen(ALL, here="reviewer").off == {"reviewer": BY_OPERATOR}


def test_choose__of_what_a_repository_switches_off_nobody_does_the_work() -> None:
    able = replace(ALL[2], capabilities=frozenset({"edit-files", "find-faults"}))
    team = chosen([*ALL[:2], able, *ALL[3:]], repository="reviewer")
    assert team.off == {"reviewer": BY_REPOSITORY}
    assert "reviewer" not in team.agents


@pytest.mark.parametrize("needed", ["coordinator", "developer"])
def test_choose__needs_somebody_who_can_change_files(needed: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=f"the part of the {needed}"):
        chosen(ALL, here=needed)


def test_without__measures_always() -> None:
    left = without(FIX, {"reviewer", "quality"})
    assert Stage.REVIEWER not in left
    assert Stage.QUALITY in left


OFF = "agents: {planner: off, reviewer: off, tester: off, documenter: off, quality: off}\n"


def test_fix__leaves_out_who_is_off_and_says_so(workshop: Workshop) -> None:
    push(workshop, "main", {".p2a.yml": OFF})
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    agents = {one.agent for one in workshop.peer.requests}
    assert agents == {"COORDINATOR", "DEVELOPER"}
    (pull,) = workshop.get("pulls?state=all")
    assert "Note: The documenter took no part: switched off by" in pull["body"]
    assert "### Quality" in pull["body"]
    (comment,) = workshop.bot_comments()
    assert "Documenter" not in comment.partition("Note:")[0]


def test_plan__needs_a_planner(workshop: Workshop) -> None:
    push(workshop, "main", {".p2a.yml": "agents: {planner: off}\n"})
    key = f"plan:{workshop.repository.id}:7"
    name = workshop.command(WorkflowKind.FIX, "plan it", key=key)
    assert workshop.perform(name) is WorkflowStatus.FAILED
    assert workshop.peer.requests == ()
    assert "the planner does not take part here" in workshop.bot_comments()[0]


def test_budget__of_the_repository_holds(workshop: Workshop) -> None:
    push(workshop, "main", {".p2a.yml": "budget: 0.000001\n"})
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    assert workshop.perform(name) is WorkflowStatus.FAILED
    assert workshop.store.workflow(name).result["ending"] == "budget-reached"
    assert workshop.peer.requests == ()
    assert "Paused: the budget is reached" in workshop.bot_comments()[0]


def test_fix__with_a_faulty_file_of_the_base_asks_no_model(workshop: Workshop) -> None:
    push(workshop, "main", {".p2a.yml": "budget: lots\n"})
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    assert workshop.perform(name) is WorkflowStatus.FAILED
    assert workshop.peer.requests == ()
    assert "is no amount of dollars" in workshop.bot_comments()[0]
