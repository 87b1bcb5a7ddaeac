from pathlib import Path

from playground.faults import Fault
from tests.fakes.git_client import git
from tests.playground.conftest import REPOSITORY, Scene


def test_push_log__a_push_over_http_is_logged_and_told(scene: Scene, tmp_path: Path) -> None:
    url = scene.playground.url.replace("://", f"://x-access-token:{scene.writer.token}@")
    git("init", "--quiet", "--initial-branch=main", cwd=tmp_path)
    (tmp_path / "read me.txt").write_text("hello\n")
    git("add", ".", cwd=tmp_path)
    git("commit", "--quiet", "--message=First", cwd=tmp_path)
    git("push", "--quiet", f"{url}/olga/demo.git", "main", cwd=tmp_path)
    sha = git("rev-parse", "HEAD", cwd=tmp_path)
    (write,) = scene.playground.writes
    assert (write.actor, write.method, write.path, write.response_id) == (
        "wim",
        "PUSH",
        "olga/demo",
        sha,
    )
    assert write.request == {"ref": "refs/heads/main", "before": "0" * 40, "after": sha}
    assert len(scene.settled().named("push")) == 1
    clone = tmp_path / "clone"
    clone.mkdir()
    git("clone", "--quiet", f"{scene.playground.url}/olga/demo.git", ".", cwd=clone)
    assert (clone / "read me.txt").read_text() == "hello\n"


def test_push_log__references_moved_by_rest_are_no_pushes(scene: Scene) -> None:
    client = scene.client(scene.writer.token)
    path = f"{REPOSITORY}/contents/a.txt"
    made = client.put(path, json={"message": "m", "content": "eA==", "branch": "main"})
    assert made.status_code == 201, made.text
    assert [write.method for write in scene.playground.writes] == ["PUT"]
    assert len(scene.settled().named("push")) == 1


def test_push_log__answer_of_a_push_may_be_lost(scene: Scene, tmp_path: Path) -> None:
    scene.playground.faults.add(Fault("drop_after", "POST", r"git-receive-pack$"))
    url = scene.playground.url.replace("://", f"://x-access-token:{scene.writer.token}@")
    git("init", "--quiet", "--initial-branch=main", cwd=tmp_path)
    git("commit", "--quiet", "--allow-empty", "--message=First", cwd=tmp_path)
    said = git("push", f"{url}/olga/demo.git", "main", cwd=tmp_path, check=False)
    assert "error:" in said or "fatal:" in said
    # git's HTTP library may ask once more by itself; nothing moves a second time.
    sha = git("rev-parse", "HEAD", cwd=tmp_path)
    assert [(one.method, one.response_id) for one in scene.playground.writes] == [("PUSH", sha)]
    assert len(scene.settled().named("push")) == 1
