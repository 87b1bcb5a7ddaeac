"""What a repository wants installed for its tests, as its own settings say it; no I/O."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setup:
    """Requirements, and names of what the repository has of them; all may be empty."""

    requirements: tuple[str, ...] = ()
    """Names with versions, as `requests>=2`."""
    files: tuple[str, ...] = ()
    """Requirements files, relative to the root of the repository."""
    extras: tuple[str, ...] = ()
    """Optional dependencies of its pyproject.toml."""
    groups: tuple[str, ...] = ()
    """Dependency groups of its pyproject.toml (PEP 735)."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be installed."""
        return not (self.requirements or self.files or self.extras or self.groups)
