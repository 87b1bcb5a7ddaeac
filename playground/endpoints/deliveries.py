"""REST: what an App's hook was sent, and sending it again."""

from functools import partial
from urllib.parse import urlencode

from playground import failure
from playground.call import Answer, Call, Route
from playground.page_links import PageOf
from playground.records import HookDelivery
from playground.shapes import delivery as shape
from playground.webhooks import Webhooks


def _list(call: Call) -> Answer:
    """Answer newest first; the list is paged by a cursor, not by numbers."""
    mine = call.world.deliveries.where(app_id=call.app().id)
    wanted = [one for one in reversed(mine) if _has_status(one, call.query.get("status"))]
    cursor = call.query.get("cursor", "")
    if cursor:
        if not cursor.isascii() or not cursor.isdigit():
            raise failure.invalid("Hook", "invalid", field="cursor")
        wanted = [one for one in wanted if one.id <= int(cursor)]
    size = PageOf.asked(call.query, total=len(wanted)).size
    headers = {}
    if len(wanted) > size:
        query = urlencode({**call.query, "per_page": size, "cursor": wanted[size].id})
        headers["Link"] = f'<{call.view.links.api()}{call.path}?{query}>; rel="next"'
    return Answer(200, [shape.item(one) for one in wanted[:size]], headers)


def _has_status(delivery: HookDelivery, status: str | None) -> bool:
    good = delivery.status == "OK"
    return {"success": good, "failure": not good}.get(status or "", True)


def _one(call: Call) -> Answer:
    return Answer(200, shape.delivery(_mine(call)))


def _again(call: Call, webhooks: Webhooks) -> Answer:
    webhooks.redeliver(_mine(call))
    return Answer(202, {})


def _mine(call: Call) -> HookDelivery:
    delivery = call.world.deliveries.get(call.number("delivery_id"))
    if delivery is None or delivery.app_id != call.app().id:
        raise failure.not_found()
    return delivery


def routes(webhooks: Webhooks) -> tuple[Route, ...]:
    """Return the routes; redeliveries go out through `webhooks`."""
    one = "/app/hook/deliveries/{delivery_id}"
    return (
        Route("GET", "/app/hook/deliveries", _list),
        Route("GET", one, _one),
        Route("POST", f"{one}/attempts", partial(_again, webhooks=webhooks)),
    )
