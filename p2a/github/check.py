"""Check runs: finding ours, making one and adding to it."""

from dataclasses import asdict, dataclass
from typing import Any

from p2a.effects import Annotation, CheckAction, Conclusion
from p2a.errors import GitHubNotFound
from p2a.github.endpoint import Endpoint
from p2a.github.request import Request


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check run as GitHub tells it now."""

    id: int
    url: str
    status: str
    conclusion: str | None
    annotations_count: int
    title: str
    summary: str
    text: str


@dataclass(frozen=True, slots=True)
class CheckContent:
    """What one request sends; a conclusion completes the run, annotations are appended."""

    name: str
    head_sha: str
    external_id: str
    title: str
    summary: str
    text: str = ""
    details_url: str | None = None
    conclusion: Conclusion | None = None
    annotations: tuple[Annotation, ...] = ()
    actions: tuple[CheckAction, ...] = ()
    is_queued: bool = False

    @property
    def status(self) -> str:
        """Return GitHub's word for how far the run is."""
        if self.conclusion is not None:
            return "completed"
        return "queued" if self.is_queued else "in_progress"


class CheckVerbs(Endpoint):
    """What we do with check runs."""

    def check(self, check_id: int) -> CheckRun | None:
        """Return a check run, None when it is gone."""
        request = Request("GET", self._path("check-runs", check_id), "read our check run")
        try:
            return self._wire.ask(request, _read_check)
        except GitHubNotFound:
            return None

    def find_check(self, head_sha: str, *, name: str, external_id: str) -> CheckRun | None:
        """Return our App's check run of this name and external id on a commit."""
        request = Request(
            "GET",
            self._path("commits", head_sha, "check-runs"),
            f"list the check runs of {head_sha[:12]}",
            parameters={"check_name": name, "filter": "all", "app_id": self._app_id},
        )
        for data in self._wire.pages(request, _check_runs):
            is_ours = (data.get("app") or {}).get("id") == self._app_id
            if is_ours and data.get("name") == name and data.get("external_id") == external_id:
                return _read_check(data)
        return None

    def create_check(self, content: CheckContent) -> CheckRun:
        """Make a check run; never repeated by itself."""
        fields = {"head_sha": content.head_sha, **_fields(content)}
        request = Request(
            "POST", self._path("check-runs"), "make the check run", body=fields, creates=True
        )
        return self._wire.ask(request, _read_check)

    def update_check(self, check_id: int, content: CheckContent) -> CheckRun:
        """Change a check run; repeated by itself only when it appends no annotations."""
        request = Request(
            "PATCH",
            self._path("check-runs", check_id),
            "update the check run",
            body=_fields(content),
            repeatable=not content.annotations,
            creates=True,
        )
        return self._wire.ask(request, _read_check)


def _check_runs(data: Any) -> list[Any]:
    return list(data["check_runs"])


def _fields(content: CheckContent) -> dict[str, Any]:
    output: dict[str, Any] = {"title": content.title, "summary": content.summary}
    if content.text:
        output["text"] = content.text
    if content.annotations:
        output["annotations"] = [_annotation(annotation) for annotation in content.annotations]
    fields = {
        "name": content.name,
        "external_id": content.external_id,
        "status": content.status,
        "output": output,
        # Without the field an update would leave the buttons of before.
        "actions": [asdict(action) for action in content.actions],
    }
    if content.details_url is not None:
        fields["details_url"] = content.details_url
    if content.conclusion is not None:
        fields["conclusion"] = content.conclusion.value
    return fields


def _annotation(annotation: Annotation) -> dict[str, Any]:
    fields = {
        "path": annotation.path,
        "start_line": annotation.start_line,
        "end_line": annotation.end_line,
        "annotation_level": annotation.level.value,
        "message": annotation.message,
    }
    return {**fields, "title": annotation.title} if annotation.title else fields


def _read_check(data: Any) -> CheckRun:
    output = data["output"]
    return CheckRun(
        id=int(data["id"]),
        url=data.get("html_url") or "",
        status=data["status"],
        conclusion=data.get("conclusion"),
        annotations_count=int(output["annotations_count"]),
        title=output.get("title") or "",
        summary=output.get("summary") or "",
        text=output.get("text") or "",
    )
