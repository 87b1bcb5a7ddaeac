"""Deliveries of an App's hook; no I/O."""

import json
from typing import Any

from playground.records import HookDelivery
from playground.shapes.moment import iso


def item(delivery: HookDelivery) -> dict[str, Any]:
    """Return a delivery as it stands in the list."""
    return {
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": iso(delivery.delivered_at),
        "redelivery": delivery.redelivery,
        "duration": delivery.duration,
        "status": delivery.status,
        "status_code": delivery.status_code,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": delivery.installation_id,
        "repository_id": delivery.repository_id,
        "throttled_at": None,
    }


def delivery(delivery: HookDelivery) -> dict[str, Any]:
    """Return a delivery with what was sent and what came back."""
    return item(delivery) | {
        "url": delivery.url,
        "request": {
            "headers": dict(delivery.request_headers),
            "payload": json.loads(delivery.request_body),
        },
        "response": {
            "headers": dict(delivery.response_headers),
            "payload": delivery.response_body,
        },
    }
