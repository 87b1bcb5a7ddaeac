"""Every route of the REST API."""

from playground.call import Route
from playground.endpoints import (
    apps,
    branches,
    check_runs,
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
    pulls,
    reactions,
    repositories,
    review_comments,
    reviews,
    statuses,
    suites,
    users,
)
from playground.limits import Meter
from playground.webhooks import Webhooks

MODULES = (
    apps,
    branches,
    check_runs,
    collaborators,
    commits,
    comparisons,
    contents,
    git_objects,
    git_references,
    issue_comments,
    issues,
    labels,
    pulls,
    reactions,
    repositories,
    review_comments,
    reviews,
    statuses,
    suites,
    users,
)


def all_routes(*, webhooks: Webhooks, meter: Meter) -> tuple[Route, ...]:
    """Return the routes of all endpoints."""
    return (
        *(route for module in MODULES for route in module.ROUTES),
        *deliveries.routes(webhooks),
        *meta.routes(meter),
    )
