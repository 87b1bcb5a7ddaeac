"""One step of a job: from inputs and event to the runner's files and an exit code."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TextIO

from action.environment import Runner
from action.inputs import Inputs, Mode
from action.outcome import Outcome
from action.runner import error_line, resume_line, stop_line
from p2a import inert
from p2a.effects import Conclusion
from p2a.errors import EnvironmentMissing, P2AError
from p2a.extras import install_advice
from p2a.model_settings import DEFAULT_MODEL
from p2a.settings import Settings
from p2a.vendors import split_model

NEUTRAL = {"conclusion": str(Conclusion.NEUTRAL)}
NO_AGENT = "the mode agent needs packages that are not installed"


def run_step(environ: Mapping[str, str], log: TextIO) -> int:
    """Do what the inputs say, and tell the runner; return the step's exit code.

    Raises:
        Exception: a fault of ours; the outputs say `neutral` then.
    """
    runner = Runner.from_environ(environ)
    with no_commands(log):
        try:
            outcome = _run(runner, environ, tell=lambda text: _say(log, text))
        except P2AError as error:
            outcome = _failure(error)
        except Exception:
            runner.write_outputs(Outcome(1, NEUTRAL).all_outputs())
            raise
        log.write(outcome.text)
    log.writelines(f"{line}\n" for line in outcome.commands)
    runner.write_summary(outcome.summary)
    runner.write_outputs(outcome.all_outputs())
    return outcome.exit_code


@contextmanager
def no_commands(log: TextIO) -> Iterator[None]:
    """Let nothing that is written meanwhile, ours or another's words, be a command to the runner."""
    token = secrets.token_hex(16)
    log.write(f"{stop_line(token)}\n")
    log.flush()
    try:
        yield
    finally:
        log.write(f"\n{resume_line(token)}\n")
        log.flush()


def _run(runner: Runner, environ: Mapping[str, str], *, tell: Callable[[str], None]) -> Outcome:
    inputs, event = Inputs.from_environ(environ), runner.read_event()
    folder = runner.make_folder()
    settings = Settings.from_environ(
        {
            "P2A_GITHUB_URL": environ.get("GITHUB_SERVER_URL", ""),
            **environ,
            **_model_variables(inputs, environ),
            "P2A_DATA_DIR": str(folder / "data"),
        }
    )
    settings = replace(
        settings,
        # Not the operator's: each job has a database of its own.
        database_url=f"sqlite:///{folder / 'data' / 'p2a.db'}",
        job_url=runner.job_url,
    )
    files = folder / "files"
    files.mkdir()
    if inputs.mode is Mode.CHECK:
        from action.check_mode import CheckMode  # each mode pays for its own packages only

        return CheckMode(inputs, event, runner, settings, files, tell).run()
    try:
        from action.agent_mode import AgentMode
    except ModuleNotFoundError as error:
        raise EnvironmentMissing(
            NO_AGENT, why=str(error), next_step=install_advice("worker")
        ) from error
    return AgentMode(inputs, event, runner, settings, files, tell).run()


def _model_variables(inputs: Inputs, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that the inputs stand for: the key is that of the first model's vendor."""
    names = inputs.model or environ.get("P2A_MODEL", "") or DEFAULT_MODEL
    vendor, _ = split_model(names.split(",")[0].strip())
    key = {vendor.key_variable: inputs.model_key} if vendor and inputs.model_key else {}
    return {"P2A_MODEL": names, **key}


def _failure(error: P2AError) -> Outcome:
    summary = f"### p2a: {inert.line(error.what)}\n\n{inert.prose(str(error))}\n"
    return Outcome(error.exit_code, NEUTRAL, summary=summary, commands=(error_line(str(error)),))


def _say(log: TextIO, text: str) -> None:
    log.write(f"p2a: {inert.console(text)}\n")
    log.flush()
