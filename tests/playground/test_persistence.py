from pathlib import Path

import httpx

from playground.records import Label, Repository
from playground.server import Playground
from playground.table import Archive, Table
from tests.fakes.hook_server import HookServer


def test_persistence__all_survives_a_restart(tmp_path: Path) -> None:
    with HookServer() as hook:
        with Playground.start(tmp_path) as first:
            owner = first.world.add_user("olga")
            first.world.add_repository("olga", "demo")
            app = first.world.add_app("p2a", webhook_url=hook.url, webhook_secret="s")
            first.world.install(app, "olga/demo")
            with api(first, owner.token) as client:
                issue = client.post("/repos/olga/demo/issues", json={"title": "T"}).json()
            assert first.webhooks.settle()
            deliveries = first.world.deliveries.all()
            writes = first.writes
        with Playground.start(tmp_path) as second:
            with api(second, owner.token) as client:
                again = client.get("/repos/olga/demo/issues/1").json()
                new = client.post("/repos/olga/demo/issues", json={"title": "U"}).json()
            assert (again["id"], again["title"], new["number"]) == (issue["id"], "T", 2)
            assert second.world.apps.all() == [app]
            assert second.world.deliveries.all()[: len(deliveries)] == deliveries
            assert second.writes[:1] == writes
            assert [write.id for write in second.writes] == [1, 2]
            assert second.webhooks.settle()
        assert len(hook.named("issues")) == 2


def api(playground: Playground, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=playground.api_url, headers=headers, trust_env=False)


def test_persistence__ids_are_never_given_again(tmp_path: Path) -> None:
    with Playground.start(tmp_path) as first:
        owner = first.world.add_user("olga")
        newest = first.world.next_id()
    with Playground.start(tmp_path) as second:
        assert second.world.next_id() > newest
        assert second.world.accounts.need(owner.id).login == "olga"


def test_persistence__unsent_deliveries_stay_unsent(tmp_path: Path) -> None:
    with HookServer() as hook:
        hook.release.clear()
        with Playground.start(tmp_path, webhook_seconds=0.2) as first:
            app = first.world.add_app("p2a", webhook_url=hook.url)
            first.world.add_repository("olga", "demo")
            first.world.install(app, "olga/demo")
            hook.wait_for(1)
        with Playground.start(tmp_path) as second:
            statuses = [one.status for one in second.world.deliveries.all()]
            assert "pending" not in statuses
            assert "failed: the server stopped before the delivery" in statuses
            assert second.webhooks.settle()
        assert len(hook.taken) == 1


def test_persistence__same_port_again(tmp_path: Path) -> None:
    with Playground.start(tmp_path) as first:
        port = int(first.url.rpartition(":")[2])
        with api(first, "") as client:
            client.headers.pop("Authorization")
            client.get("/meta")
    with Playground.start(tmp_path, port) as second:
        assert second.url == first.url


def test_table__put_get_where_remove(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "file")
    table = Table(Label, archive)
    one = table.put(Label(1, 7, "bug", "d73a4a", "broken", default=True))
    two = table.put(Label(2, 7, "new"))
    table.put(Label(3, 8, "other"))
    table.remove(3)
    assert (table.get(1), table.get(3), table.get(None)) == (one, None, None)
    assert table.where(lambda label: label.name == "new", repository_id=7) == [two]
    assert table.first(repository_id=9) is None
    assert Table(Label, archive).all() == [one, two]
    assert Table(Repository, archive).all() == []
    archive.close()
