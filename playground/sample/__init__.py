"""A small real Python project with a history, made anew wherever the demo needs one."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from playground.git_program import GitProgram

SUFFIX = ".sample"
"""On every stored file, so that no linter, type checker or test runner takes it for ours."""
AUTHOR = {"GIT_AUTHOR_NAME": "Ada Example", "GIT_AUTHOR_EMAIL": "ada@example.com"}
COMMITTER = {"GIT_COMMITTER_NAME": "Ada Example", "GIT_COMMITTER_EMAIL": "ada@example.com"}


@dataclass(frozen=True, slots=True)
class _Step:
    message: str
    date: str
    paths: tuple[str, ...]


HISTORY = (
    _Step(
        message="Start the uploader",
        date="2026-03-02T09:00:00+00:00",
        paths=("README.md", ".gitignore", "pyproject.toml"),
    ),
    _Step(
        message="Cut data into pieces",
        date="2026-03-03T10:30:00+00:00",
        paths=("src/uploader/errors.py", "src/uploader/pieces.py", "tests/test_pieces.py"),
    ),
    _Step(
        message="Send the pieces and return a receipt",
        date="2026-03-05T15:45:00+00:00",
        paths=("src/uploader/__init__.py", "src/uploader/client.py", "tests/test_client.py"),
    ),
)


def make_sample(path: Path) -> str:
    """Make a git repository of the sample at `path` (new or empty); return its newest commit.

    The dates are fixed, so the commits' ids are the same everywhere.
    """
    path.mkdir(parents=True, exist_ok=True)
    git = GitProgram(path / ".git")
    git.run("init", "--quiet", "--template=", "--initial-branch=main", str(path))
    for step in HISTORY:
        for name in step.paths:
            target = path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(sample_file(name))
        env = {"GIT_WORK_TREE": str(path), "GIT_AUTHOR_DATE": step.date}
        env |= AUTHOR | COMMITTER | {"GIT_COMMITTER_DATE": step.date}
        git.run("add", "--", *(str(path / name) for name in step.paths), env=env)
        git.run("commit", "--quiet", "--no-verify", "-m", step.message, env=env)
    return git.text("rev-parse", "HEAD")


def sample_file(name: str) -> bytes:
    """Return one file of the sample by its path in the repository."""
    return files(__package__).joinpath("files", f"{name}{SUFFIX}").read_bytes()


def sample_issue() -> Path:
    """Return the Markdown file of the issue that the demo's user opens."""
    return Path(__file__).with_name("issue.md")


def sample_script() -> Path:
    """Return the file of the model's replies to that issue."""
    return Path(__file__).with_name("script.json")
