"""REST: an App, its installations and their access tokens."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex

from playground import failure
from playground.call import Answer, Call, Route
from playground.failure import Failure
from playground.records import Installation, InstallationToken, Repository
from playground.shapes import app as app_shape
from playground.shapes import installation as shape
from playground.shapes import repository as repository_shape
from playground.shapes.view import View

TOKEN_LIFE = timedelta(hours=1)
NOT_GRANTED = "The permissions requested are not granted to this installation."
NOT_ACCESSIBLE = (
    "There is at least one repository that does not exist or is not accessible to the parent "
    "installation."
)
_GRANTS = ("none", "read", "write", "admin")


def _own(call: Call) -> Answer:
    return Answer(200, app_shape.own(call.app(), call.view))


def _by_slug(call: Call) -> Answer:
    app = call.world.app_slugged(call.params["app_slug"])
    if app is None:
        raise failure.not_found()
    return Answer(200, app_shape.app(app, call.view))


def _installations(call: Call) -> Answer:
    mine = call.world.installations.where(app_id=call.app().id)
    return call.page(mine, shape.installation)


def _installation(call: Call) -> Answer:
    return Answer(200, shape.installation(_mine(call), call.view))


def _repository_installation(call: Call) -> Answer:
    app = call.app()
    found = call.world.repository_named(call.params["owner"], call.params["repo"])
    installations = call.world.installations_on(found.id) if found else []
    installation = next((one for one in installations if one.app_id == app.id), None)
    if installation is None:
        raise failure.not_found()
    return Answer(200, shape.installation(installation, call.view))


def _new_token(call: Call) -> Answer:
    installation = _mine(call)
    token = InstallationToken(
        id=call.world.next_id(),
        token=f"ghs_{token_hex(18)}",
        installation_id=installation.id,
        permissions=_narrowed(call, installation.permissions),
        repository_ids=_chosen(call, installation),
        created_at=call.world.now(),
        expires_at=call.world.now() + TOKEN_LIFE,
    )
    call.world.installation_tokens.put(token)
    return Answer(201, shape.token(token, call.view))


def _mine(call: Call) -> Installation:
    installation = call.world.installations.get(call.number("installation_id"))
    if installation is None or installation.app_id != call.app().id:
        raise failure.not_found()
    return installation


def _narrowed(call: Call, granted: Mapping[str, str]) -> dict[str, str]:
    asked = call.take("permissions", dict)
    if not asked:
        return dict(granted)
    for name, level in asked.items():
        if level not in _GRANTS or _GRANTS.index(level) > _GRANTS.index(granted.get(name, "none")):
            raise Failure(422, NOT_GRANTED)
    return {"metadata": "read", **asked}


def _chosen(call: Call, installation: Installation) -> tuple[int, ...] | None:
    names = call.strings("repositories")
    ids = call.take("repository_ids", list)
    if names is None and ids is None:
        return None
    inside = [call.world.repositories.need(id) for id in installation.repository_ids]
    by_name = {repository.name.lower(): repository.id for repository in inside}
    chosen = [*(ids or []), *(by_name.get(name.lower()) for name in names or [])]
    if not set(chosen) <= set(installation.repository_ids):
        raise Failure(422, NOT_ACCESSIBLE)
    return tuple(dict.fromkeys(chosen)) or None


def _revoke(call: Call) -> Answer:
    _installation_of_token(call)
    if call.actor.token_id is not None:
        call.world.installation_tokens.remove(call.actor.token_id)
    return Answer(204)


def _reached(call: Call) -> Answer:
    installation = _installation_of_token(call)
    reach = call.actor.repository_ids
    repositories = [call.world.repositories.need(id) for id in sorted(reach)]

    def render(repository: Repository, view: View) -> object:
        return repository_shape.repository(repository, view)

    extra = {"repository_selection": installation.repository_selection}
    return call.page(repositories, render, key="repositories", extra=extra)


def _installation_of_token(call: Call) -> Installation:
    if not call.actor.is_installation:
        raise Failure(
            403,
            "You must authenticate with an installation access token in order to "
            "list repositories for an installation.",
        )
    return call.world.installations.need(call.actor.installation_id)


def _hook_config(call: Call) -> Answer:
    return Answer(200, app_shape.hook_config(call.app()))


def _set_hook_config(call: Call) -> Answer:
    app = call.app()
    changed = replace(
        app,
        webhook_url=call.take("url", str, app.webhook_url),
        webhook_secret=call.take("secret", str, app.webhook_secret),
        webhook_content_type=call.take("content_type", str) or app.webhook_content_type,
        updated_at=call.world.now(),
    )
    return Answer(200, app_shape.hook_config(call.world.apps.put(changed)))


_ONE = "/app/installations/{installation_id}"

ROUTES = (
    Route("GET", "/app", _own),
    Route("GET", "/app/hook/config", _hook_config),
    Route("PATCH", "/app/hook/config", _set_hook_config),
    Route("GET", "/app/installations", _installations),
    Route("GET", _ONE, _installation),
    Route("POST", f"{_ONE}/access_tokens", _new_token),
    Route("GET", "/apps/{app_slug}", _by_slug),
    Route("GET", "/installation/repositories", _reached),
    Route("DELETE", "/installation/token", _revoke),
    Route("GET", "/repos/{owner}/{repo}/installation", _repository_installation),
)
