"""How the optional parts of p2a are installed; no I/O."""


def install_advice(*extras: str) -> str:
    """Return what to type to install extras of pyproject.toml: p2a comes from a copy of its repository."""
    return f"in your copy of p2a's repository: pip install '.[{','.join(extras)}]'"
