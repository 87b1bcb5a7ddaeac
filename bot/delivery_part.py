"""A delivery as the first part of its workflow's record."""

from datetime import datetime

from p2a.record.clean import Cleaner
from p2a.record.form import Event, packed
from p2a.record.lanes import MAIN
from p2a.trigger.delivery import Delivery

KIND = "delivery"


def delivery_part(delivery: Delivery, now: datetime, *, secret: str) -> bytes:
    """Return the delivery with its payload, secrets taken out, compressed as it is stored."""
    facts = {
        "event": delivery.event,
        "action": delivery.action,
        "guid": delivery.guid,
        "digest": delivery.digest,
        "payload": dict(delivery.payload),
    }
    request = Cleaner([secret]).value(facts)
    return packed([Event(0, now.isoformat(), MAIN, KIND, request)])
