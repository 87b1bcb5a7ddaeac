"""Signed links to the files that a workflow leaves."""

from datetime import timedelta

from p2a.links import artifact_path, trajectory_path
from worker.progress import Link
from worker.run import Run

GOOD_FOR = timedelta(days=30)
NO_PUBLIC_URL = (
    "links to the graph and the report stand here once the operator has set P2A_PUBLIC_URL"
)
PAGE_ARTIFACT = "ccg.html"
GRAPH_ARTIFACT = "ccg.json"
REPORT_ARTIFACT = "report.json"
STEPS = "Step by step"
IN_JOB = "Graph and report: the artifact of this job"
SHOWN = {
    PAGE_ARTIFACT: "Code context graph",
    GRAPH_ARTIFACT: "JSON",
    REPORT_ARTIFACT: "Report (JSON)",
}


def links_of(run: Run) -> tuple[Link, ...]:
    """Return links to the files that are stored; none where no public URL is configured."""
    if run.settings.job_url is not None:
        return (Link(IN_JOB, run.settings.job_url),)
    stored = [name for name in SHOWN if run.store.artifact(run.workflow.id, name) is not None]
    urls = [(SHOWN[name], artifact_url(run, name)) for name in stored]
    urls.append((STEPS, trajectory_url(run)))
    return tuple(Link(label, url) for label, url in urls if url)


def trajectory_url(run: Run) -> str | None:
    """Return a signed link to the page of the workflow's steps; None where there is none."""
    if run.settings.public_url is None or not run.settings.record:
        return None
    path = trajectory_path(
        run.store.signing_key(), workflow_id=run.workflow.id, expires=_expires(run)
    )
    return f"{run.settings.public_url}{path}"


def artifact_url(run: Run, name: str) -> str | None:
    """Return a signed link to a file, or the job's page; None where neither is configured."""
    if run.settings.job_url is not None:
        return run.settings.job_url
    if run.settings.public_url is None:
        return None
    path = artifact_path(
        run.store.signing_key(), workflow_id=run.workflow.id, name=name, expires=_expires(run)
    )
    return f"{run.settings.public_url}{path}"


def _expires(run: Run) -> int:
    # Counted from the workflow's start, so that a repeated publication gives the same text.
    start = run.workflow.started_at or run.workflow.created_at
    return int((start + GOOD_FOR).timestamp())
