import subprocess
from pathlib import Path

from playground.faults import Fault
from tests.playground.conftest import REPOSITORY, Scene

ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "wim",
    "GIT_AUTHOR_EMAIL": "wim@example.org",
    "GIT_COMMITTER_NAME": "wim",
    "GIT_COMMITTER_EMAIL": "wim@example.org",
}


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**ENVIRONMENT, "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_push_log__a_push_over_http_is_logged_and_told(scene: Scene, tmp_path: Path) -> None:
    url = scene.playground.url.replace("://", f"://x-access-token:{scene.writer.token}@")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    (tmp_path / "read me.txt").write_text("hello\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=First")
    git(tmp_path, "push", "--quiet", f"{url}/olga/demo.git", "main")
    sha = git(tmp_path, "rev-parse", "HEAD")
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
    git(clone, "clone", "--quiet", f"{scene.playground.url}/olga/demo.git", ".")
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
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message=First")
    done = subprocess.run(
        ["git", "push", f"{url}/olga/demo.git", "main"],
        cwd=tmp_path,
        env={**ENVIRONMENT, "HOME": str(tmp_path)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode != 0
    # git's HTTP library may ask once more by itself; nothing moves a second time.
    sha = git(tmp_path, "rev-parse", "HEAD")
    assert [(one.method, one.response_id) for one in scene.playground.writes] == [("PUSH", sha)]
    assert len(scene.settled().named("push")) == 1
