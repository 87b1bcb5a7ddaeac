"""The models in the environment: names, keys, addresses, prices and limits."""

import pytest

from p2a.domain import AgentType
from p2a.errors import ConfigurationInvalid
from p2a.model_settings import DailyLimits, ModelSettings, Price


def read(**environ: str) -> ModelSettings:
    return ModelSettings.from_environ(environ)


def test_from_environ__nothing_set() -> None:
    settings = read()
    assert settings.names == ("gemini/gemini-3-pro-preview",)
    assert (settings.keys, settings.urls, settings.by_agent) == ({}, {}, {})
    assert settings.daily == DailyLimits()


def test_from_environ__everything_set() -> None:
    settings = read(
        P2A_MODEL="gemini/x, openai/y",
        P2A_MODEL_REVIEWER="anthropic/z",
        OPENAI_API_KEY="ok",
        ANTHROPIC_API_KEY="ak",
        P2A_MODEL_PRICES="openai/y=1.25:10,openai/z=0:0",
        P2A_MODEL_CALLS_PER_MINUTE="30",
        P2A_BUDGET_USD="2.5",
        P2A_MAX_BUDGET_USD="10",
        P2A_DAILY_USD_PER_REPOSITORY="20",
        P2A_DAILY_USD_PER_USER="5",
        P2A_DAILY_CALLS_PER_REPOSITORY="400",
        P2A_DAILY_CALLS_PER_USER="100",
    )
    assert settings.names == ("gemini/x", "openai/y")
    assert settings.by_agent == {AgentType.REVIEWER: ("anthropic/z",)}
    assert settings.keys == {"openai": "ok", "anthropic": "ak"}
    assert settings.prices == {"openai/y": Price(1.25, 10), "openai/z": Price(0, 0)}
    assert settings.calls_per_minute == 30
    assert (settings.budget_usd, settings.most_budget_usd) == (2.5, 10)
    assert settings.daily == DailyLimits(20, 5, 400, 100)
    assert "ok" not in repr(settings)


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({"OPENAI_BASE_URL": "http://usual/v1/"}, "http://usual/v1"),
        ({"P2A_OPENAI_BASE_URL": "http://own", "OPENAI_BASE_URL": "http://usual"}, "http://own"),
        ({"P2A_MODEL_URL": "http://first", "OPENAI_BASE_URL": "http://usual"}, "http://first"),
        ({"P2A_MODEL": "gemini/x", "P2A_MODEL_URL": "http://first"}, None),
    ],
)
def test_urls__ours_go_before_the_vendors(environ: dict[str, str], url: str | None) -> None:
    assert read(**{"P2A_MODEL": "openai/x", **environ}).url_of("openai") == url


@pytest.mark.parametrize(
    "environ",
    [
        {"P2A_OPENAI_BASE_URL": "localhost:8000"},
        {"P2A_MODEL_PRICES": "openai/y"},
        {"P2A_MODEL_PRICES": "openai/y=1"},
        {"P2A_MODEL_PRICES": "openai/y=1:x"},
        {"P2A_MODEL_PRICES": "openai/y=1:-2"},
        {"P2A_BUDGET_USD": "0"},
        {"P2A_BUDGET_USD": "nan"},
        {"P2A_MAX_BUDGET_USD": "1e9"},
        {"P2A_DAILY_CALLS_PER_USER": "-1"},
        {"P2A_MODEL_CALLS_PER_MINUTE": "0"},
    ],
)
def test_from_environ__a_wrong_value_names_its_variable(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigurationInvalid, match=next(iter(environ))):
        read(**environ)


def test_required_key__a_server_of_ones_own_needs_none() -> None:
    settings = read(P2A_MODEL="openai/qwen3", P2A_OPENAI_BASE_URL="http://127.0.0.1:11434/v1")
    assert settings.required_key("openai/qwen3")
    with pytest.raises(ConfigurationInvalid, match="ANTHROPIC_API_KEY"):
        settings.required_key("anthropic/claude-sonnet-5")
