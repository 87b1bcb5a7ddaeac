"""Check of the models: their names, keys and addresses; costs no tokens."""

import json
from collections.abc import Mapping
from http.client import HTTPException
from importlib.util import find_spec
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from p2a.doctor.finding import Finding, Grade, bad_part, bad_setting, ok, warn
from p2a.model_settings import ModelSettings
from p2a.settings import Settings
from p2a.vendors import VENDORS, Vendor, split_model

SDK = "pydantic_ai"
ANTHROPIC_VERSION = "2023-06-01"
_PART = "model"
_ANSWER_SECONDS = 15


def check_model(settings: Settings) -> Finding:
    """Ask the vendor of each model whether the key opens it; the first trouble is what is told."""
    findings = [_check(settings.models, name) for name in settings.models.all_names()]
    trouble = next((each for each in findings if each.grade is not Grade.OK), None)
    return trouble or ok(_PART, "; ".join(each.found for each in findings))


def _check(models: ModelSettings, name: str) -> Finding:
    vendor, model = split_model(name)
    if vendor is None or not model:
        known = ", ".join(f"{each}/NAME" for each in VENDORS)
        return bad_setting(_PART, f"P2A_MODEL: {name!r} is not known", f"use {known}")
    base = (models.url_of(vendor.name) or vendor.default_url).rstrip("/")
    key = models.keys.get(vendor.name, "")
    if not key and not (vendor.is_compatible and models.url_of(vendor.name)):
        return warn(
            _PART,
            f"{name}, but {vendor.key_variable} is not set: no agents; `p2a check` and "
            "`p2a graph` need no model",
            f"set {vendor.key_variable}",
        )
    if find_spec(SDK) is None:
        return bad_part(
            _PART,
            f"{name}, but its SDK is not installed here",
            "in your copy of the repository: pip install '.[worker]'",
        )
    return _ask(vendor, name, base=base, key=key)


def _ask(vendor: Vendor, name: str, *, base: str, key: str) -> Finding:
    model = name.partition("/")[2]
    path, headers = _question(vendor, model, key=key)
    request = Request(base + path, headers=headers)  # noqa: S310 (http or https: the settings take nothing else)
    try:
        with urlopen(request, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310 (as above)
            told = json.load(answer)
    except HTTPError as error:
        with error:
            return _refused(error.code, base, name, vendor.key_variable)
    except (URLError, HTTPException, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return bad_part(_PART, f"{base} does not answer: {reason}", "check the network")
    if vendor.is_compatible and model not in _listed(told):
        return _refused(404, base, name, vendor.key_variable)
    return ok(_PART, f"{name} at {base}, the key is accepted")


def _question(vendor: Vendor, model: str, *, key: str) -> tuple[str, Mapping[str, str]]:
    """Return path and headers of the request that tells of a model."""
    name = quote(model, safe="")
    match vendor.name:
        case "openai":
            # Compatible servers list their models; not all of them tell of a single one.
            return "/models", {"Authorization": f"Bearer {key}"} if key else {}
        case "anthropic":
            return f"/v1/models/{name}", {"x-api-key": key, "anthropic-version": ANTHROPIC_VERSION}
        case _:
            return f"/v1beta/models/{name}", {"x-goog-api-key": key}


def _listed(told: Any) -> set[str]:
    models = told.get("data") if isinstance(told, dict) else None
    return {str(each.get("id")) for each in models or () if isinstance(each, dict)}


def _refused(status: int, base: str, name: str, variable: str) -> Finding:
    if status == 404:
        return bad_setting(_PART, f"{base} knows no model {name!r}", "correct P2A_MODEL")
    if status in {400, 401, 403}:
        return bad_setting(_PART, f"{base} does not accept the key", f"correct {variable}")
    return bad_part(_PART, f"{base} answers with status {status}", "try again later")
