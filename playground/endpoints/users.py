"""REST: accounts."""

from playground import failure
from playground.actor import ActorKind
from playground.call import Answer, Call, Route
from playground.failure import Failure
from playground.shapes import user


def _me(call: Call) -> Answer:
    if call.actor.kind in {ActorKind.INSTALLATION, ActorKind.APP}:
        raise Failure(403, failure.NOT_INTEGRATION)
    return Answer(200, user.private(call.account(), call.view))


def _one(call: Call) -> Answer:
    account = call.world.account_named(call.params["username"])
    if account is None:
        raise failure.not_found()
    return Answer(200, user.public(account, call.view))


ROUTES = (
    Route("GET", "/user", _me),
    Route("GET", "/users/{username}", _one),
)
