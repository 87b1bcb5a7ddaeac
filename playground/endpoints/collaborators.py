"""REST: who may do what on a repository."""

from playground import failure
from playground.actor import ActorKind
from playground.call import Answer, Call, Route
from playground.failure import Failure
from playground.records import Account, Repository
from playground.shapes import membership, user
from playground.shapes.view import View
from playground.state import LEVELS

NOT_A_USER = "{login} is not a user"
NEED_PUSH = "Must have push access to view {what}."
LEVEL_OF_WORD = {"pull": "read", "push": "write"} | {level: level for level in LEVELS[1:]}
"""The levels by the names that requests use."""


def _list(call: Call) -> Answer:
    repository = _readable(call, what="repository collaborators")
    least = LEVELS.index(LEVEL_OF_WORD.get(call.query.get("permission", "pull"), "read"))
    ids = [one.account_id for one in call.world.collaborators.where(repository_id=repository.id)]
    levels = {
        id: call.world.permission(repository, id)
        for id in dict.fromkeys([repository.owner_id, *ids])
    }
    accounts = [
        call.world.accounts.need(id)
        for id, level in levels.items()
        if LEVELS.index(level) >= least and call.world.accounts.need(id).kind == "User"
    ]

    def render(account: Account, view: View) -> object:
        return user.collaborator(account, view, permission=levels[account.id])

    return call.page(accounts, render)


def _check(call: Call) -> Answer:
    repository = _readable(call, what="repository collaborators")
    account = call.world.account_named(call.params["username"])
    if account is None:
        raise failure.not_found()
    named = call.world.collaborators.first(repository_id=repository.id, account_id=account.id)
    if named is None and account.id != repository.owner_id:
        raise failure.not_found()
    return Answer(204)


def _permission(call: Call) -> Answer:
    repository = _readable(call, what="collaborator permission")
    account = _user(call)
    level = call.world.permission(repository, account.id)
    shown = None if level == "none" else level
    return Answer(200, membership.permission(account, call.view, level=shown))


def _put(call: Call) -> Answer:
    repository = call.need("administration", "write", role="admin")
    account = _user(call)
    word = call.take("permission", str, "push")
    if word not in LEVEL_OF_WORD:
        raise failure.invalid("Repository", "invalid", field="permission")
    full_name = call.world.full_name(repository)
    call.world.set_permission(full_name, account.login, LEVEL_OF_WORD[word])
    return Answer(204)


def _delete(call: Call) -> Answer:
    repository = call.need("administration", "write", role="admin")
    account = _user(call)
    call.world.set_permission(call.world.full_name(repository), account.login, "none")
    return Answer(204)


def _readable(call: Call, *, what: str) -> Repository:
    repository = call.need("metadata")
    if call.actor.kind is ActorKind.ANONYMOUS:
        raise Failure(401, failure.REQUIRES_AUTHENTICATION)
    if call.actor.kind is ActorKind.USER and not call.has_role(repository, "write"):
        raise Failure(403, NEED_PUSH.format(what=what))
    return repository


def _user(call: Call) -> Account:
    login = call.params["username"]
    account = call.world.account_named(login)
    if account is None:
        raise failure.not_found()
    if account.kind != "User":
        raise Failure(404, NOT_A_USER.format(login=login))
    return account


_ALL = "/repos/{owner}/{repo}/collaborators"

ROUTES = (
    Route("GET", _ALL, _list),
    Route("GET", f"{_ALL}/{{username}}", _check),
    Route("PUT", f"{_ALL}/{{username}}", _put),
    Route("DELETE", f"{_ALL}/{{username}}", _delete),
    Route("GET", f"{_ALL}/{{username}}/permission", _permission),
)
