"""A change with a secret in it is not pushed, and nobody is told the secret."""

import pytest

from p2a.domain import WorkflowKind, WorkflowStatus
from p2a.effects import FileChange
from p2a.errors import EditRefused
from tests.fakes.workshop import reply, small_script
from tests.worker.conftest import OpenWorkshop
from worker.new_secrets import refuse_secrets

TOKEN = "ghp_" + "Zk3vQ9XbT7mRwL2nHsD8" + "yJfCgA4eUoPiKx0V"
PEM = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEowIBAAKCAQEAz7Qk" * 4 + "\n"


@pytest.mark.parametrize("secret", [TOKEN, PEM, "AKIA" + "QZ7XW4NVLT2MRB5K"])
def test_refuse_secrets__m11_says_where_and_not_what(secret: str) -> None:
    change = FileChange("config.txt", f"first\nkey = {secret}\n".encode())
    with pytest.raises(EditRefused, match=r"config\.txt:[23]") as caught:
        refuse_secrets([change], lambda path: None)
    assert secret.strip() not in str(caught.value)


def test_refuse_secrets__m11_looks_at_the_path_of_a_new_file() -> None:
    change = FileChange(f"keys/{TOKEN}.txt", b"nothing\n")
    with pytest.raises(EditRefused, match=r"a GitHub token in the path keys/\*\*\*\.txt") as caught:
        refuse_secrets([change], lambda path: None)
    assert TOKEN not in str(caught.value)
    refuse_secrets([change], lambda path: b"there before\n")
    refuse_secrets([FileChange(change.path, None)], lambda path: None)


def test_refuse_secrets__lets_pass_what_the_base_has_and_examples() -> None:
    changes = [
        FileChange("old.py", f"# moved\nKEY = '{TOKEN}'\n".encode()),
        FileChange("example.py", b"KEY = 'AKIAIOSFODNN7EXAMPLE'\n"),
        FileChange("gone.py", None),
        FileChange("logo.png", b"\x89PNG\x00\xff"),
    ]
    before = {"old.py": f"KEY = '{TOKEN}'\n".encode()}
    refuse_secrets(changes, before.get)
    with pytest.raises(EditRefused, match=r"GitHub token at old\.py:2\. "):
        refuse_secrets(changes, lambda path: None)


def test_fix__m11_a_secret_in_generated_code_is_not_pushed(open_workshop: OpenWorkshop) -> None:
    call = {"path": "src/uploader/keys.py", "content": f"TOKEN = '{TOKEN}'\n"}
    developer = [
        reply("DEVELOPER", 0, calls=[("write", call)]),
        reply("DEVELOPER", 1, calls=[("done", {"summary": "A key."})]),
    ]
    workshop = open_workshop(small_script(DEVELOPER=developer))
    name = workshop.command(WorkflowKind.FIX, "add the key")
    assert workshop.perform(name) is WorkflowStatus.FAILED
    assert workshop.get("pulls?state=all") == []
    assert [branch["name"] for branch in workshop.get("branches")] == ["main"]
    comments = "\n".join(workshop.bot_comments())
    assert "what looks like a secret" in comments
    assert "src/uploader/keys.py:1" in comments
    assert TOKEN not in comments
