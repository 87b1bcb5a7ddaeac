"""Check runs and their annotations; no I/O."""

from typing import Any

from playground.records import Annotation, CheckRun
from playground.shapes import pull
from playground.shapes.app import performed
from playground.shapes.links import node_id
from playground.shapes.moment import iso
from playground.shapes.view import View


def run(run: CheckRun, view: View) -> dict[str, Any]:
    """Return a check run; its annotations have a list of their own."""
    below = view.below(run.repository_id)
    url = below.api(f"check-runs/{run.id}")
    html = below.html(f"runs/{run.id}")
    return {
        "id": run.id,
        "name": run.name,
        "node_id": node_id("CR", run.id),
        "head_sha": run.head_sha,
        "external_id": run.external_id,
        "url": url,
        "html_url": html,
        "details_url": run.details_url or html,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": iso(run.started_at),
        "completed_at": iso(run.completed_at),
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": len(run.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": run.suite_id},
        "app": performed(run.app_id, view),
        "pull_requests": pull.of_head(run.repository_id, run.head_sha, view),
    }


def annotation(annotation: Annotation, run: CheckRun, view: View) -> dict[str, Any]:
    """Return one remark of a check run."""
    return {
        "path": annotation.path,
        "blob_href": view.below(run.repository_id).html(f"blob/{run.head_sha}/{annotation.path}"),
        "start_line": annotation.start_line,
        "end_line": annotation.end_line,
        "start_column": annotation.start_column,
        "end_column": annotation.end_column,
        "annotation_level": annotation.annotation_level,
        "title": annotation.title,
        "message": annotation.message,
        "raw_details": annotation.raw_details,
    }
