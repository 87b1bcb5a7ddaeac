"""A record as its page shows it: the steps in their order, each with what it asked and got; no I/O."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from p2a.inert import ELLIPSIS, shorten, shorten_start
from p2a.record.form import Event, Record

MOST_CHARACTERS = 20_000
"""Of one text on the page; the record holds it whole."""
MOST_OF_A_TITLE = 100
"""Characters of the line that a folded call or command stands behind."""
BETWEEN = "between the steps"
CUT = "\n[{count} more characters: they are in the record]"
_ROLES = {
    "system-prompt": "system",
    "user-prompt": "user",
    "tool-return": "tool",
    "retry-prompt": "user",
    "text": "model",
    "thinking": "model, thinking",
    "tool-call": "model, call",
}
ABOUT = ("path", "source", "command", "text", "summary")
"""Arguments that tell what a call of a tool is about."""
_HIDDEN = frozenset({"Cf", "Cc", "Co", "Cs"})
"""Unicode's categories of characters that nobody sees."""


@dataclass(frozen=True, slots=True)
class Said:
    """A foldable text with who said it."""

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a step did."""

    kind: str
    """`model`, `tool`, `command`, `github` or `stop`."""
    title: str
    facts: tuple[str, ...] = ()
    """Short: tokens, money, how it ended."""
    texts: tuple[Said, ...] = ()
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a try."""

    name: str
    seconds: float
    ending: str
    items: tuple[Item, ...]
    is_bad: bool

    @property
    def shown(self) -> str:
        """Return how long it took and how many calls of which kind it made."""
        counts = Counter(item.kind for item in self.items)
        took = [f"{self.seconds:.1f} s"] if self.name != BETWEEN else []
        return " · ".join([*took, *(f"{count} {kind}" for kind, count in counts.items())])


@dataclass(frozen=True, slots=True)
class Try:
    """One worker's work on the workflow."""

    number: int
    at: str
    steps: tuple[Step, ...]
    status: str


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A whole workflow."""

    workflow_id: str
    title: str
    repository: str
    number: int
    kind: str
    prompt: str
    tries: tuple[Try, ...]
    calls: int
    input_tokens: int
    output_tokens: int
    cost: str


def trajectory_of(record: Record) -> Trajectory:
    """Return what the page shows of a record."""
    begins = [event for event in record.events if event.kind == "begin"]
    workflow: Mapping[str, Any] = begins[0].request["workflow"] if begins else {}
    origin = workflow.get("origin", {})
    repository = origin.get("repository", {})
    used = [event.request for event in record.events if event.kind == "usage"]
    costs = [one["cost_usd"] for one in used]
    known = sum(cost for cost in costs if cost is not None)
    return Trajectory(
        workflow_id=record.workflow_id,
        title=shown(str(workflow.get("title", ""))),
        repository=f"{repository.get('owner', '')}/{repository.get('name', '')}",
        number=int(origin.get("number", 0)),
        kind=str(workflow.get("kind", "")),
        prompt=shown(str(workflow.get("prompt", ""))),
        tries=tuple(_tries(record.events)),
        calls=len(used),
        input_tokens=sum(one["input_tokens"] for one in used),
        output_tokens=sum(one["output_tokens"] for one in used),
        cost="price unknown" if None in costs else f"${known:.4f}",
    )


def shown(text: str) -> str:
    """Return a text with a visible code for each character that nobody sees, cut when very long."""
    start = shorten(text, MOST_CHARACTERS)
    visible = "".join(map(_visible, start))
    more = len(text) - len(start) + len(ELLIPSIS)
    return visible + CUT.format(count=more) if start != text else visible


def _visible(char: str) -> str:
    if char in "\n\t" or unicodedata.category(char) not in _HIDDEN:
        return char
    return f"\\u{{{ord(char):x}}}"


def _tries(events: Sequence[Event]) -> Iterator[Try]:
    starts = [place for place, event in enumerate(events) if event.kind == "begin"]
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(events)], strict=True), 1):
        part = events[start:end]
        lanes: dict[str, list[Event]] = {}
        for event in part[1:]:
            lanes.setdefault(event.lane, []).append(event)
        ends = [event.request["status"] for event in part if event.kind == "end"]
        steps = tuple(
            step for name, lane in lanes.items() if (step := _step(name, lane)) is not None
        )
        yield Try(number, _clock(part[0].at), steps, str(ends[-1]) if ends else "it broke off")


def _step(name: str, events: Sequence[Event]) -> Step | None:
    items = tuple(_items(events))
    if name == "main" and not items:
        return None
    first, last = (datetime.fromisoformat(event.at) for event in (events[0], events[-1]))
    finish = next((event.request for event in events if event.kind == "finish"), {})
    error = str(finish.get("error", ""))
    return Step(
        name=BETWEEN if name == "main" else name,
        seconds=(last - first).total_seconds(),
        ending=shown(error or str(finish.get("signal", ""))),
        items=items,
        is_bad=bool(error),
    )


def _items(events: Sequence[Event]) -> Iterator[Item]:
    for place, event in enumerate(events):
        match event.kind:
            case "model":
                following = events[place + 1] if place + 1 < len(events) else None
                used = following.request if following and following.kind == "usage" else {}
                yield _model(event, used)
            case "tool":
                yield _tool(event)
            case "command":
                yield _command(event)
            case "github":
                yield _github(event)
            case "stop":
                yield Item("stop", "ended from outside", (), (_error(event),), is_bad=True)


def _model(event: Event, used: Mapping[str, Any]) -> Item:
    facts = [f"{event.request['earlier']} messages before"] if event.request["earlier"] else []
    if used:
        cost = used["cost_usd"]
        facts += [f"{used['input_tokens']} tokens in, {used['output_tokens']} out"]
        facts += ["price unknown" if cost is None else f"${cost:.4f}"]
    asked = [said for message in event.request["messages"] for said in _said(message)]
    got = [_error(event)] if event.error is not None else list(_said(event.answer))
    return Item(
        "model",
        str(event.request["model"]),
        tuple(facts),
        (*asked, *got),
        is_bad=event.error is not None,
    )


def _said(message: Mapping[str, Any]) -> Iterator[Said]:
    for part in message.get("parts", ()):
        kind = str(part.get("part_kind", ""))
        who = _ROLES.get(kind, kind)
        if kind == "tool-call":
            yield Said(who, shown(f"{part['tool_name']} {_json(part.get('args'))}"))
        elif part.get("content"):
            content = part["content"]
            yield Said(who, shown(content if isinstance(content, str) else _json(content)))


def _tool(event: Event) -> Item:
    answer = str(event.request["answer"])
    arguments = event.request["arguments"] or {}
    about = next((str(arguments[key]) for key in ABOUT if arguments.get(key)), "")
    words = f"{event.request['name']} {about}".strip().replace("\n", " ")
    title = shown(shorten(words, MOST_OF_A_TITLE))
    texts = (Said("arguments", shown(_json(arguments))), Said("result", shown(answer)))
    return Item("tool", title, (), texts, is_bad=answer.startswith("error:"))


def _command(event: Event) -> Item:
    argv = [str(word) for word in event.request["argv"]]
    texts = [Said("command", shown("\n".join(argv)))]
    if event.error is not None:
        return Item("command", _end(argv[-1]), (), (*texts, _error(event)), is_bad=True)
    result = event.answer["result"]
    code = result["exit_code"]
    ending = str(result["ending"]) if code is None else f"exit code {code}"
    texts += [Said("output", shown(str(result["output"])))]
    texts += [Said(name, shown(text)) for name, text in event.answer["files"].items()]
    facts = (ending, f"{result['seconds']:.1f} s")
    title = _end(" ".join(argv).strip().splitlines()[-1])
    return Item("command", title, facts, tuple(texts), is_bad=code != 0)


def _end(command: str) -> str:
    """Return the end of a command, which says more of it than the start."""
    return shown(shorten_start(command, MOST_OF_A_TITLE))


def _github(event: Event) -> Item:
    title = shown(f"{event.request['verb']} {event.request['path']}")
    texts = [Said("sent", shown(_json(event.request["body"])))] if "body" in event.request else []
    if event.error is not None:
        return Item("github", title, (), (*texts, _error(event)), is_bad=True)
    if "failure" in event.answer:
        state = event.answer["failure"].get("state", {})
        said = Said("refused", shown(f"{state.get('what', '')}\n{state.get('why', '')}"))
        return Item("github", title, ("refused",), (*texts, said), is_bad=True)
    body = event.answer.get("body", event.answer.get("text"))
    texts.append(Said("answer", shown(_json(body))))
    return Item("github", title, (str(event.answer["status"]),), tuple(texts))


def _error(event: Event) -> Said:
    error = event.error or {}
    state = error.get("state", {})
    told = f"{state.get('what', '')}\n{state.get('why', '')}".strip()
    return Said("error", shown(told or str(error.get("unforeseen", ""))))


def _json(value: Any) -> str:
    """Return JSON as people read it: texts of several lines as they are."""
    if isinstance(value, str):
        return value
    return json.dumps(value, indent=2, ensure_ascii=False).replace("\\n", "\n")


def _clock(at: str) -> str:
    return f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M:%S} UTC"
