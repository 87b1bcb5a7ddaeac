"""REST: repositories."""

from playground.actor import ActorKind
from playground.call import Answer, Call, Route
from playground.shapes import repository as shape


def _one(call: Call) -> Answer:
    repository = call.repository()
    level = None
    if call.actor.kind is ActorKind.USER:
        level = call.world.permission(repository, call.actor.account_id)
    return Answer(200, shape.full(repository, call.view, permission=level))


ROUTES = (Route("GET", "/repos/{owner}/{repo}", _one),)
