"""GitHub's recorded example payloads: none is an error, only the wanted ones leave a row."""

import json

from sqlalchemy import text

from p2a.trigger.decide import is_wanted
from tests.bot.conftest import Door
from tests.contract.node import MODULES

EXAMPLES = MODULES / "@octokit" / "webhooks-examples"


def examples() -> list[tuple[str, bytes]]:
    """Return the payloads of all versions of GitHub as (event, body), each once."""
    indexes = sorted(EXAMPLES.glob("*/index.json"))
    assert indexes, "run `make install` first: it brings the recorded payloads"
    found = {
        (event["name"], json.dumps(payload).encode())
        for index in indexes
        for event in json.loads(index.read_text(encoding="utf-8"))
        for payload in event["examples"]
    }
    return sorted(found)


def test_w13__only_wanted_deliveries_leave_a_row(open_door: Door) -> None:
    payloads = examples()
    assert len(payloads) >= 400
    for number, (event, body) in enumerate(payloads):
        assert open_door.deliver(body, event=event, guid=f"example-{number}") == 202
    with open_door.engine.connect() as connection:
        rows = connection.execute(text("SELECT DISTINCT event, action FROM delivery")).all()
    assert ("pull_request", "opened") in {tuple(row) for row in rows}
    assert all(is_wanted(event, action) for event, action in rows)
