"""REST: what the server says of itself and of the caller's rate."""

from functools import partial

from playground.call import Answer, Call, Route
from playground.failure import Failure
from playground.limits import Meter
from playground.shapes import meta as shape
from playground.shapes import rate_limit

NOT_LIMITED = "Rate limiting is not enabled."


def _meta(call: Call) -> Answer:
    return Answer(200, shape.meta(call.view))


def _rate_limit(call: Call, meter: Meter) -> Answer:
    rate = meter.rate(call.actor)
    if rate is None:
        raise Failure(404, NOT_LIMITED)
    return Answer(200, rate_limit.rate_limit(limit=rate.limit, used=rate.used, reset=rate.reset))


def routes(meter: Meter) -> tuple[Route, ...]:
    """Return the routes; the rate is read from the meter."""
    return (
        Route("GET", "/meta", _meta),
        Route("GET", "/rate_limit", partial(_rate_limit, meter=meter)),
    )
