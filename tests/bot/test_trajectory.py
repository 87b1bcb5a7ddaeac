"""The page of a workflow's steps and its record, behind signed links of their own."""

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from p2a.links import artifact_path, record_path, trajectory_path
from p2a.record.clean import Cleaner
from p2a.record.clock import HeldClock
from p2a.record.recorder import Recorder
from tests.bot.conftest import Door
from tests.fakes.webhooks import comment_payload

TOKEN = "ghp_" + "Aq7Zr2Lm9Xc4Vb8Nk3Jd6Hf1Gs5Tw0Ye7Ui2"
EVIL = '</pre><script>alert(1)</script><img src="x" onerror="x">\u202e'


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)


def now() -> datetime:
    return datetime.now(UTC)


def recorded(door: Door, text: str) -> str:
    """Deliver a comment, then write down a step with a call of a model, a tool and a command."""
    payload = comment_payload()
    payload["comment"]["body"] += f" {TOKEN}"
    assert door.deliver(payload) == 202
    name = door.only_workflow_id()
    lease = door.store.claim(name, owner="test", seconds=60)
    assert lease is not None
    recorder = Recorder(door.store, lease, clock=HeldClock(now), cleaner=Cleaner())
    origin = {"repository": {"owner": "acme", "name": "shop"}, "number": 7}
    workflow = {"title": text, "prompt": text, "kind": "fix", "origin": origin}
    recorder.begin({"workflow": workflow}, at=now())
    with recorder.lane("developer"):
        _step(recorder, text)
    recorder.note("end", {"status": "COMPLETED"})
    recorder.flush()
    return name


def _step(recorder: Recorder, text: str) -> None:
    asked = {"parts": [{"part_kind": "user-prompt", "content": text}]}
    call = {"part_kind": "tool-call", "tool_name": "run", "args": {"command": text}}
    question = {"model": "openai/gpt-5", "earlier": 2, "messages": [asked]}
    recorder.exchange("model", question, lambda: {"parts": [call]})
    used: dict[str, Any] = {"input_tokens": 1200, "output_tokens": 34, "cost_usd": 0.25}
    recorder.note("usage", used)
    result = {"ending": "exited", "exit_code": 1, "output": text, "seconds": 1.5}
    command = {"argv": ["/bin/sh", "-c", "pytest -q"], "cwd": "/work", "env": {}}
    recorder.exchange("command", command, lambda: {"result": result, "files": {}})
    recorder.note(
        "tool", {"name": "run", "arguments": {"command": text}, "answer": f"said {TOKEN}"}
    )


def link(door: Door, path: Any, name: str, *, days: int = 1) -> str:
    expires = int((now() + timedelta(days=days)).timestamp())
    return str(path(door.store.signing_key(), workflow_id=name, expires=expires))


def test_d01__the_page_shows_every_call_and_hostile_texts_stay_texts(door: Door) -> None:
    name = recorded(door, EVIL)
    answer = door.client.get(link(door, trajectory_path, name))
    assert answer.status_code == 200
    assert not Tags(answer.text).found & {"script", "img", "iframe", "form"}
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "\u202e" not in answer.text
    for shown in ("1200 tokens in, 34 out", "$0.2500", "exit code 1", "pytest -q", r"\u{202e}"):
        assert shown in answer.text


def test_page__cuts_long_texts_at_a_word_and_says_so(door: Door) -> None:
    words = "find the lost pieces of an upload again and "
    text = words * 600
    page = door.client.get(link(door, trajectory_path, recorded(door, text))).text
    assert f"run {words * 2}find…" in page
    found = re.search(rf"({words}.*)…\n\[(\d+) more characters: they are in the record\]", page)
    assert found is not None
    kept, more = found[1].rpartition(words)[2], int(found[2])
    assert kept.split(" ")[-1] in words.split()
    assert 0 <= more - (len(text) - 20_000) <= 20


def test_record__holds_the_delivery_and_no_secret(door: Door) -> None:
    name = recorded(door, "add retry")
    answer = door.client.get(link(door, record_path, name))
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        lines = archive.read("record.jsonl").decode("ascii")
    assert lines.startswith('{"format":"p2a-record"')
    kinds = ["delivery", "begin", "model", "usage", "command", "tool", "end"]
    assert [kind for kind in kinds if f'"kind":"{kind}"' in lines] == kinds
    assert TOKEN not in lines
    assert len(TOKEN) * "*" in lines


def test_links__one_good_for_a_file_opens_neither_page_nor_record(door: Door) -> None:
    name = recorded(door, "add retry")
    expires = int((now() + timedelta(days=1)).timestamp())
    key = door.store.signing_key()
    _, _, query = artifact_path(
        key, workflow_id=name, name="report.json", expires=expires
    ).partition("?")
    page = link(door, trajectory_path, name).partition("?")[2]
    for path in (
        f"/workflows/{name}",
        f"/workflows/{name}?{query}",
        f"/records/{name}/record.zip?{query}",
        f"/records/{name}/record.zip?{page}",
        f"/workflows/{'0' * 16}?{page}",
        link(door, trajectory_path, name, days=-1),
    ):
        assert door.client.get(path).status_code == 404
