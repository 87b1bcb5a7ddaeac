"""The developer's tools: each declared once by its name, the form of its arguments and a function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ccg.graph import Graph
from p2a.errors import EditRefused
from p2a.invisible import restored, shown
from worker.edits import readable_path
from worker.errors import ChangeTooBig
from worker.graph_questions import Question
from worker.graph_questions import answer as answer_about
from worker.model.interface import ToolAnswer, ToolCall, ToolSpec
from worker.repeats import Repeats
from worker.search import MAX_HITS, Hit, find_pattern, find_text
from worker.workspace import Workspace

MAX_LINES = 400
MAX_CHARACTERS = 40_000
MAX_LISTED = 500
MAX_ANSWER = 60_000
"""Characters of any answer, escapes counted."""
MAX_COMMAND = 2_000

BuildGraph = Callable[[], Graph]
"""Return the code context graph of the tree as it is now."""
RunCommand = Callable[[str], str]
"""Run a shell command on a copy of the tree and return what is to be told about it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A path that a model wanted to change and may not."""

    path: str
    reason: str


class ToolBench:
    """The tools on one work tree; errors are answers to the model, never exceptions."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        run: RunCommand,
        graph: BuildGraph,
        repeats: Repeats | None = None,
    ) -> None:
        self.workspace = workspace
        self.run = run
        self.graph = graph
        self.repeats = repeats or Repeats()
        self.summary: str | None = None
        """What `done` said; None until it was called."""
        self.refusals: list[Refusal] = []

    def answer(self, call: ToolCall) -> ToolAnswer:
        """Do what a call asks for and return the answer."""
        text = shown(self.repeats.noted(call, self._text(call)))
        if len(text) > MAX_ANSWER:
            text = f"{text[:MAX_ANSWER]}\n[cut at {MAX_ANSWER} characters]"
        return ToolAnswer(call_id=call.id, name=call.name, text=text)

    def _text(self, call: ToolCall) -> str:
        tool = _BY_NAME.get(call.name)
        if tool is None:
            return f"error: there is no tool {call.name[:100]!r}; there are: {', '.join(_BY_NAME)}"
        if call.arguments is None:
            return "error: the arguments are not a JSON object"
        try:
            return tool.use(self, call.arguments)
        except ValidationError as error:
            return f"error: {_faults(error)}"
        except EditRefused as error:
            if call.name in _CHANGING:
                self._note(_meant(call.arguments, error), error)
            return f"error: {error}"

    def _note(self, path: str, error: EditRefused) -> None:
        """Remember refused paths and what is too big (not failed matches): the report names them."""
        if isinstance(error, ChangeTooBig) or error.what.startswith("the path "):
            refusal = Refusal(path[:200], error.why or error.what)
            if refusal not in self.refusals:
                self.refusals.append(refusal)


class Arguments(BaseModel):
    """The arguments of a tool: no field more than declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="after")
    def _holds_no_nul(self) -> "Arguments":
        """Refuse what no file, name or command can hold."""
        if any("\0" in value for value in self.__dict__.values() if isinstance(value, str)):
            raise ValueError("a text holds a NUL character")
        return self


class ListArguments(Arguments):
    """Of `list`."""

    path: str = Field(default="", description="a folder; empty for the whole repository")


class ReadArguments(Arguments):
    """Of `read`."""

    path: str = Field(description="the file's path from the repository's root")
    first_line: int = Field(default=1, ge=1)
    last_line: int | None = Field(default=None, ge=1)


class SearchArguments(Arguments):
    """Of `search`."""

    text: str = Field(min_length=1, max_length=1_000, description="what to find, exactly")
    path: str = Field(default="", description="only below this folder")
    regex: bool = Field(default=False, description="text is a POSIX extended regular expression")


class EditArguments(Arguments):
    """Of `edit`."""

    path: str
    old: str = Field(description="the exact text to replace; it must stand there exactly once")
    new: str


class WriteArguments(Arguments):
    """Of `write`."""

    path: str
    content: str = Field(description="the whole file")


class DeleteArguments(Arguments):
    """Of `delete`."""

    path: str


class MoveArguments(Arguments):
    """Of `move`."""

    path: str
    to: str = Field(description="the new path; nothing may stand there")


class RunArguments(Arguments):
    """Of `run`."""

    command: str = Field(min_length=1, max_length=MAX_COMMAND, description="for sh -c")


class GraphArguments(Arguments):
    """Of `graph`."""

    question: Question = Field(
        description="tests: that reach it; impact: the blast radius, who can be affected by a change"
    )
    symbol: str = Field(min_length=1, max_length=300, description="a dotted name or its last parts")


class DoneArguments(Arguments):
    """Of `done`."""

    summary: str = Field(min_length=1, description="what was changed and why")


ArgumentsT = TypeVar("ArgumentsT", bound=Arguments)


@dataclass(frozen=True, slots=True)
class Tool(Generic[ArgumentsT]):
    """A tool: what the model sees and what is done."""

    name: str
    description: str
    arguments: type[ArgumentsT]
    function: Callable[[ToolBench, ArgumentsT], str]

    def use(self, bench: ToolBench, arguments: Any) -> str:
        """Check the arguments and do it.

        Raises:
            ValidationError: the arguments are not of the declared form.
            EditRefused: it may not or cannot be done.
        """
        return self.function(bench, self.arguments.model_validate(dict(arguments)))

    @property
    def spec(self) -> ToolSpec:
        """Return the tool as a model sees it."""
        return ToolSpec(self.name, self.description, self.arguments.model_json_schema())


def _list(bench: ToolBench, arguments: ListArguments) -> str:
    below = arguments.path.strip("/")
    if below:
        readable_path(below)
    paths = [path for path in bench.workspace.paths() if not below or path.startswith(f"{below}/")]
    if not paths:
        return "no files there"
    more = len(paths) - MAX_LISTED
    return "\n".join(paths[:MAX_LISTED]) + (f"\n[{more} more]" if more > 0 else "")


def _read(bench: ToolBench, arguments: ReadArguments) -> str:
    lines = bench.workspace.read_text(arguments.path).splitlines(keepends=True)
    first = arguments.first_line
    last = min(arguments.last_line or len(lines), len(lines), first + MAX_LINES - 1)
    text = "".join(lines[first - 1 : last])
    note = "" if len(text) <= MAX_CHARACTERS else f"\n[cut at {MAX_CHARACTERS} characters]"
    head = f"{arguments.path}, lines {first} to {last} of {len(lines)}:\n"
    return head + text[:MAX_CHARACTERS] + note


def _search(bench: ToolBench, arguments: SearchArguments) -> str:
    below = arguments.path.strip("/")
    if below:
        readable_path(below)
    find = find_pattern if arguments.regex else find_text
    hits = find(bench.workspace, arguments.text, below=below)
    if not hits:
        return "nothing found"
    note = f"\n[cut at {MAX_HITS} lines]" if len(hits) >= MAX_HITS else ""
    return "\n".join(_shown(hit) for hit in hits)[:MAX_CHARACTERS] + note


def _edit(bench: ToolBench, arguments: EditArguments) -> str:
    text = bench.workspace.read_text(arguments.path)
    old, new = (restored(part, like=text) for part in (arguments.old, arguments.new))
    bench.workspace.edit(arguments.path, old=old, new=new)
    return f"edited {arguments.path}"


def _write(bench: ToolBench, arguments: WriteArguments) -> str:
    bench.workspace.write_text(arguments.path, arguments.content)
    return f"wrote {arguments.path}"


def _delete(bench: ToolBench, arguments: DeleteArguments) -> str:
    bench.workspace.delete(arguments.path)
    return f"deleted {arguments.path}"


def _move(bench: ToolBench, arguments: MoveArguments) -> str:
    bench.workspace.move(arguments.path, arguments.to)
    return f"moved {arguments.path} to {arguments.to}"


def _run(bench: ToolBench, arguments: RunArguments) -> str:
    return bench.run(arguments.command)


def _graph(bench: ToolBench, arguments: GraphArguments) -> str:
    return answer_about(bench.graph(), arguments.question, arguments.symbol)


def _done(bench: ToolBench, arguments: DoneArguments) -> str:
    bench.summary = arguments.summary
    return "noted"


TOOLS: tuple[Tool[Any], ...] = (
    Tool("list", "List the repository's files.", ListArguments, _list),
    Tool("read", "Read a text file, whole or by lines.", ReadArguments, _read),
    Tool("search", "Find lines by exact text, or by a pattern.", SearchArguments, _search),
    Tool(
        "graph", "Ask who calls, overrides, tests or depends on a symbol.", GraphArguments, _graph
    ),
    Tool("edit", "Replace one exact occurrence in a file.", EditArguments, _edit),
    Tool("write", "Make a file or replace it whole.", WriteArguments, _write),
    Tool("delete", "Delete a file.", DeleteArguments, _delete),
    Tool("move", "Move or rename a file as it is.", MoveArguments, _move),
    Tool("run", "Run a command on a copy of the tree, without a network.", RunArguments, _run),
    Tool("done", "Say that the change is complete.", DoneArguments, _done),
)
SPECS: tuple[ToolSpec, ...] = tuple(tool.spec for tool in TOOLS)
_BY_NAME = {tool.name: tool for tool in TOOLS}
_CHANGING = frozenset({"edit", "write", "delete", "move"})


def _meant(arguments: Mapping[str, Any], error: EditRefused) -> str:
    """Return which path of a call an error is about."""
    path, to = str(arguments.get("path", "")), str(arguments.get("to", ""))
    return to if to and f"{to[:200]!r}" in error.what else path


def _shown(hit: Hit) -> str:
    return f"{hit.path}:{hit.line}: {hit.text}"


def _faults(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False)
    return "; ".join(
        f"{'.'.join(str(part)[:100] for part in fault['loc'])}: {fault['msg']}"
        for fault in faults[:5]
    )
