"""What all scripted models share: who asks, and how many tokens a text is; no I/O."""

import re

CHARACTERS_PER_TOKEN = 4
_AGENT = re.compile(r"^Agent: ([A-Z_]+)[ \t]*\r?$", re.MULTILINE)


def agent_of(system: str) -> str:
    """Return the agent that a system prompt names, empty for none."""
    found = _AGENT.search(system)
    return found.group(1) if found else ""


def tokens_of(text: str) -> int:
    """Estimate the tokens of a text: one for each four characters, rounded up."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)
