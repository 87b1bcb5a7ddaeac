"""Every route of the REST API."""

from playground.call import Route
from playground.endpoints import (
    apps,
    branches,
    collaborators,
    commits,
    comparisons,
    contents,
    deliveries,
    git_objects,
    git_references,
    issue_comments,
    issues,
    labels,
    meta,
    reactions,
    repositories,
    statuses,
    users,
)
from playground.limits import Meter
from playground.webhooks import Webhooks

MODULES = (
    apps,
    branches,
    collaborators,
    commits,
    comparisons,
    contents,
    git_objects,
    git_references,
    issue_comments,
    issues,
    labels,
    reactions,
    repositories,
    statuses,
    users,
)


def all_routes(*, webhooks: Webhooks, meter: Meter) -> tuple[Route, ...]:
    """Return the routes of all endpoints."""
    return (
        *(route for module in MODULES for route in module.ROUTES),
        *deliveries.routes(webhooks),
        *meta.routes(meter),
    )
