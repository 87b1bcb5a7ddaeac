"""Run a shell command of the developer on a copy of the tree, in the sandbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from p2a.errors import SandboxUnavailable
from p2a.sandbox.interface import (
    Limits,
    Mount,
    Sandbox,
    SandboxCommand,
    SandboxResult,
    StoppableSandbox,
)
from p2a.sandbox.toolbox import PythonEnvironment
from p2a.scratch import scratch
from p2a.secret_forms import redact
from p2a.tape import Tape
from p2a.tree import Entry
from quality.tree import make_links
from worker.records import CommandRecord
from worker.taped_sandbox import TapedSandbox
from worker.workspace import Workspace

TREE = "/work"
TAIL_CHARACTERS = 12_000
COMMAND_SECONDS = 120.0
MAX_SHOWN_COMMAND = 500
MAX_KEPT_OUTPUT = 2_000
"""Characters of a command's output that its record keeps."""

# `python` and `pytest` mean the interpreter and the tools that the suite runs with.
_SHELL = """\
python() {{ {python} "$@"; }}
python3() {{ {python} "$@"; }}
pytest() {{ {python} -m pytest "$@"; }}
"""


@dataclass(frozen=True, slots=True)
class Laboratory:
    """Where foreign code is run, or why it is not."""

    sandbox: StoppableSandbox | None
    python: PythonEnvironment | None = None
    reason: str = ""
    """Why there is no sandbox; empty when there is one."""

    def by_way_of(self, tape: Tape) -> "Laboratory":
        """Return this laboratory with its commands on a tape."""
        if self.sandbox is None:
            return self
        return replace(self, sandbox=TapedSandbox(self.sandbox, tape))

    def required(self, *, check: Callable[[], None]) -> tuple[Sandbox, PythonEnvironment]:
        """Return the sandbox and its Python; what `check` raises ends what runs in it.

        Raises:
            SandboxUnavailable: there is none.
        """
        if self.sandbox is None or self.python is None:
            raise SandboxUnavailable(
                "foreign code is not run", why=self.reason, next_step="run `p2a doctor`"
            )
        return self.sandbox.stopped_by(check), self.python


@dataclass(frozen=True, slots=True)
class Ran:
    """What the model is told of a command, and what is stored of it."""

    told: str
    record: CommandRecord


def run_in_copy(
    laboratory: Laboratory,
    workspace: Workspace,
    command: str,
    *,
    links: Mapping[str, Entry],
    seconds: float,
    check: Callable[[], None],
) -> Ran:
    """Run `sh -c command` on a copy of the tree, its links made, and return what came of it.

    What `check` raises ends the command and is raised from here.
    """
    shown = redact(command)[:MAX_SHOWN_COMMAND]
    try:
        sandbox, python = laboratory.required(check=check)
    except SandboxUnavailable as error:
        reason = error.why or error.what
        return Ran(f"error: {error}", CommandRecord(command=shown, reason=reason))
    with scratch("run") as folder:
        copy = folder / "tree"
        workspace.copy_to(copy)
        make_links(copy, links)
        limits = replace(Limits(), wall_seconds=min(seconds, COMMAND_SECONDS))
        prelude = _SHELL.format(python=python.python)
        result = sandbox.run(
            SandboxCommand(
                argv=("/bin/sh", "-c", prelude + command),
                cwd=TREE,
                mounts=(Mount(copy, TREE, writable=True), *python.mounts),
                env=_environment(python.env),
                limits=limits,
            )
        )
    record = CommandRecord(
        command=shown,
        exit_code=result.exit_code,
        ending=result.ending.value,
        seconds=result.seconds,
        output=redact(result.output[-TAIL_CHARACTERS:])[-MAX_KEPT_OUTPUT:],
        backend=result.backend,
    )
    return Ran(_told(result), record)


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    # A package in `src/` is found without being installed.
    paths = [part for part in (f"{TREE}/src", TREE, env.get("PYTHONPATH", "")) if part]
    return {**env, "PYTHONPATH": ":".join(paths)}


def _told(result: SandboxResult) -> str:
    ending = (
        f"exit code {result.exit_code}" if result.exit_code is not None else result.ending.value
    )
    output = result.output
    cut = "" if len(output) <= TAIL_CHARACTERS else "[the beginning is cut]\n"
    return f"{ending} after {result.seconds:.1f} s\n{cut}{output[-TAIL_CHARACTERS:]}"
