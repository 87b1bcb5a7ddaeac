"""What tokens cost: by the operator's own prices, else by the list of genai-prices."""

from collections.abc import Mapping
from decimal import Decimal

from genai_prices import calc_price
from pydantic_ai.usage import RequestUsage

from p2a.model_settings import Price
from p2a.vendors import split_model

_MILLION = Decimal(1_000_000)


def price_of(name: str, usage: RequestUsage, prices: Mapping[str, Price]) -> float | None:
    """Return dollars, None where the price of the model is not known: unknown, never zero."""
    own = prices.get(name)
    if own is not None:
        return float(
            (
                usage.input_tokens * Decimal(str(own.input_usd))
                + usage.output_tokens * Decimal(str(own.output_usd))
            )
            / _MILLION
        )
    vendor, model = split_model(name)
    try:
        return float(
            calc_price(
                usage, model_ref=model, provider_id=vendor.prices if vendor else None
            ).total_price
        )
    except (LookupError, ValueError, AssertionError):
        return None
