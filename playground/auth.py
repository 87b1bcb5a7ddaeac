"""From an Authorization header to the actor, as GitHub judges it."""

import base64
import binascii
from datetime import datetime
from typing import Any

import jwt
from jwt.types import Options

from playground import failure
from playground.actor import ANONYMOUS, Actor, ActorKind
from playground.failure import Failure
from playground.records import App
from playground.world import World

JWT_SECONDS = 600
"""How far ahead an App's JWT may expire."""
DRIFT_SECONDS = 60
"""How much the App's clock may be wrong."""

UNDECODABLE = "A JSON web token could not be decoded"
EXP_TOO_FAR = "'Expiration time' claim ('exp') is too far in the future"
EXP_INVALID = (
    "'Expiration time' claim ('exp') must be a numeric value representing the future time "
    "at which the assertion expires"
)
IAT_INVALID = (
    "'Issued at' claim ('iat') must be an Integer representing the time that the assertion "
    "was issued"
)
ISS_MISSING = "'Issuer' claim ('iss') must be an Integer"
APP_UNKNOWN = "Integration not found"


def actor_of(authorization: str | None, *, world: World, now: datetime) -> Actor:
    """Return who shows these credentials; call it under the world's lock.

    Raises:
        Failure: 401 for what is no valid token, 404 for a JWT of an unknown App.
    """
    if not authorization:
        return ANONYMOUS
    token = shown_token(authorization)
    if token is None:
        raise Failure(401, failure.BAD_CREDENTIALS)
    if token.count(".") == 2:
        return _app_actor(token, world=world, now=now)
    return _token_actor(token, world=world, now=now)


def shown_token(authorization: str) -> str | None:
    """Return the token in a Bearer, token or Basic header; None for another form."""
    scheme, _, value = authorization.strip().partition(" ")
    value = value.strip()
    if scheme.lower() in {"bearer", "token"}:
        return value or None
    if scheme.lower() != "basic":
        return None
    try:
        login, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    # `https://TOKEN@host` puts the token where the login goes.
    return password if password not in {"", "x-oauth-basic"} else login or None


def _token_actor(token: str, *, world: World, now: datetime) -> Actor:
    user_token = world.user_tokens.first(token=token)
    if user_token is not None:
        return Actor(ActorKind.USER, account_id=user_token.account_id, token_id=user_token.id)
    found = world.installation_tokens.first(token=token)
    installation = world.installations.get(found.installation_id) if found else None
    if found is None or installation is None or found.expires_at <= now:
        raise Failure(401, failure.BAD_CREDENTIALS)
    reach = frozenset(installation.repository_ids)
    if found.repository_ids is not None:
        reach &= frozenset(found.repository_ids)
    return Actor(
        ActorKind.INSTALLATION,
        account_id=world.apps.need(installation.app_id).bot_id,
        app_id=installation.app_id,
        installation_id=installation.id,
        permissions=found.permissions,
        repository_ids=reach,
        token_id=found.id,
    )


def _app_actor(token: str, *, world: World, now: datetime) -> Actor:
    try:
        unverified = jwt.decode(token, options={**_OWN_CHECKS, "verify_signature": False})
    except jwt.PyJWTError as error:
        raise Failure(401, UNDECODABLE) from error
    app = _issuer(unverified.get("iss"), world=world)
    try:
        claims = jwt.decode(token, app.public_key_pem, algorithms=["RS256"], options=_OWN_CHECKS)
    except jwt.PyJWTError as error:
        raise Failure(401, UNDECODABLE) from error
    _check_times(claims, now=now.timestamp())
    return Actor(ActorKind.APP, app_id=app.id)


# The times are judged by the world's clock, not by the library's.
_OWN_CHECKS: Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_iss": False,
}


def _issuer(iss: object, *, world: World) -> App:
    if not isinstance(iss, int | str) or isinstance(iss, bool) or iss == "":
        raise Failure(401, ISS_MISSING)
    app = world.apps.first(lambda one: str(iss) in {str(one.id), one.client_id})
    if app is None:
        raise Failure(404, APP_UNKNOWN)
    return app


def _check_times(claims: dict[str, Any], *, now: float) -> None:
    exp, iat = _moment(claims.get("exp")), _moment(claims.get("iat"))
    if exp is None or exp <= now - DRIFT_SECONDS:
        raise Failure(401, EXP_INVALID)
    if exp > now + JWT_SECONDS + DRIFT_SECONDS:
        raise Failure(401, EXP_TOO_FAR)
    if iat is None or iat > now + DRIFT_SECONDS:
        raise Failure(401, IAT_INVALID)


def _moment(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None  # type: ignore[arg-type]
