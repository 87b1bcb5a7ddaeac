"""The pages' application: HTML in which nothing runs or loads, and a check run's buttons."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from playground import records
from playground.page import views
from playground.page.buttons import is_from_here, press
from playground.shapes.view import View
from playground.world import World

TEMPLATES = Path(__file__).parent / "templates"
REFRESH_SECONDS = 3
"""How often an open page reads itself anew while something happens."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def make_pages(world: World, _: View) -> Starlette:
    """Return the application for every path that is neither REST nor git."""
    pages = Pages(world)
    return Starlette(
        routes=[
            Route("/", pages.front),
            Route("/style.css", pages.style),
            Route("/{owner}/{name}", pages.repository),
            Route("/{owner}/{name}/issues", pages.repository),
            Route("/{owner}/{name}/pulls", pages.repository),
            Route("/{owner}/{name}/issues/{number:int}", pages.conversation),
            Route("/{owner}/{name}/pull/{number:int}", pages.conversation),
            Route("/{owner}/{name}/runs/{run:int}", pages.run),
            Route("/{owner}/{name}/runs/{run:int}/{button}", pages.press, methods=["POST"]),
        ]
    )


class Pages:
    """The handlers, which run in threads and read the world under its lock."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
        )

    def front(self, _: Request) -> Response:
        """Show all repositories."""
        return self._page("front.html.j2", repositories=views.repositories(self._world))

    def style(self, _: Request) -> Response:
        """Send the style sheet."""
        text = (TEMPLATES / "style.css").read_text(encoding="utf-8")
        return Response(text, media_type="text/css", headers=HEADERS)

    def repository(self, request: Request) -> Response:
        """Show a repository's issues and pull requests."""
        return self._with_repository(
            request,
            lambda found: self._page(
                "repository.html.j2",
                full_name=self._world.full_name(found),
                lines=views.issue_lines(self._world, found),
            ),
        )

    def conversation(self, request: Request) -> Response:
        """Show an issue or a pull request."""
        return self._with_repository(request, lambda found: self._conversation(request, found))

    def run(self, request: Request) -> Response:
        """Lead a check run's address to its pull request, or show it alone."""
        return self._with_repository(request, lambda found: self._run(request, found))

    def press(self, request: Request) -> Response:
        """Press a check run's button and lead back to it."""
        if not is_from_here(request):
            return PlainTextResponse("Only this page's own buttons count.\n", 403, headers=HEADERS)
        return self._with_repository(request, lambda found: self._press(request, found))

    def _press(self, request: Request, repository: records.Repository) -> Response:
        run: int = request.path_params["run"]
        button: str = request.path_params["button"]
        if not press(self._world, repository, run_id=run, identifier=button):
            return _not_found()
        return RedirectResponse(f"/{self._world.full_name(repository)}/runs/{run}", 303)

    def _conversation(self, request: Request, repository: records.Repository) -> Response:
        number: int = request.path_params["number"]
        shown = views.conversation(self._world, repository, number)
        if shown is None:
            return _not_found()
        place = "pull" if shown.is_pull else "issues"
        if f"/{place}/" not in request.url.path:
            return RedirectResponse(f"/{self._world.full_name(repository)}/{place}/{number}")
        name = self._world.full_name(repository)
        return self._page("conversation.html.j2", full_name=name, shown=shown)

    def _run(self, request: Request, repository: records.Repository) -> Response:
        with self._world.lock:
            run = self._world.check_runs.get(request.path_params["run"])
            if run is None or run.repository_id != repository.id:
                return _not_found()
            checks = views.checks_of(self._world, repository.id, run.head_sha)
        name = self._world.full_name(repository)
        shown = next(check for check in checks if check.id == run.id)
        return self._page("run.html.j2", full_name=name, check=shown, sha=run.head_sha)

    def _with_repository(
        self, request: Request, show: Callable[[records.Repository], Response]
    ) -> Response:
        owner, name = request.path_params["owner"], request.path_params["name"]
        found = self._world.repository_named(owner, name)
        return _not_found() if found is None else show(found)

    def _page(self, template: str, **values: Any) -> Response:
        refresh = REFRESH_SECONDS if views.is_moving(self._world) else None
        html = self._templates.get_template(template).render(refresh=refresh, **values)
        return HTMLResponse(html, headers=HEADERS)


def _not_found() -> Response:
    return PlainTextResponse("There is no such page here.\n", 404, headers=HEADERS)
