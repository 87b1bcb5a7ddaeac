"""The forms that secrets are known by, and where a text holds one; no I/O."""

import math
import re
import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecretForm:
    """A kind of secret: what people call it, and how it looks."""

    name: str
    marks: tuple[str, ...]
    """At least one of them is in every text that holds such a secret, whatever the case."""
    pattern: re.Pattern[str]
    """Its group `secret`, else the whole match, is what nobody may see."""
    is_certain: bool = True
    """Whether nothing else looks like it."""
    is_keyed: bool = True
    """Whether its random part is told from an example by its letters."""


# Each form is the one that its issuer documents, or that all its secrets in the open have.
FORMS = (
    SecretForm("an AWS access key", ("akia", "asia"), re.compile(r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b")),
    SecretForm(
        "an AWS secret key",
        ("secret",),
        re.compile(
            r"secret[_-]?access[_-]?key[\"']?\s{0,3}[=:]\s{0,3}[\"']?"
            r"(?P<secret>(?=[^\n]{0,39}\d)[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
            re.IGNORECASE,
        ),
    ),
    SecretForm(
        "a GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        re.compile(
            r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b|\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b"
        ),
    ),
    SecretForm("a GitLab token", ("glpat-",), re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}")),
    SecretForm(
        "an Anthropic or OpenAI key",
        ("sk-",),
        re.compile(
            r"\bsk-(?:ant-|proj-|svcacct-|admin-)?(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Z])"
            r"(?=[A-Za-z0-9_-]*[a-z])[A-Za-z0-9_-]{32,}"
        ),
    ),
    SecretForm("a Stripe key", ("_live_",), re.compile(r"\b(?:sk|rk)_live_[A-Za-z0-9]{16,}\b")),
    SecretForm("a Google API key", ("aiza",), re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b")),
    SecretForm(
        "a Slack token or hook",
        ("xox", "hooks.slack.com"),
        re.compile(
            r"\bxox[abeoprs]-(?=[0-9A-Za-z-]*\d)[0-9A-Za-z-]{20,}"
            r"|hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}"
        ),
    ),
    SecretForm(
        "a PyPI token", ("pypi-age",), re.compile(r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}")
    ),
    SecretForm("an npm token", ("npm_",), re.compile(r"\bnpm_[A-Za-z0-9]{36}\b")),
    SecretForm("a Hugging Face token", ("hf_",), re.compile(r"\bhf_[A-Za-z]{34}\b")),
    SecretForm(
        "a private key",
        ("private key",),
        re.compile(
            r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
            r"(?P<secret>(?:\\n|[\s\"'+>,])*(?:[A-Za-z-]+: [^\n\\]{1,80}(?:\\n|\s)+){0,4}[A-Za-z0-9+/=]{40,}"
            # The other lines of its body, and a short one before its end; what was taken is not given back.
            r"(?:(?:\\n|[\s\"'+>,])++[A-Za-z0-9+/=]{40,}+)*+"
            r"(?:(?:\\n|[\s\"'+>,])++[A-Za-z0-9+/=]{1,80}+(?=(?:\\n|[\s\"'+>,])*+-----END))?)"
        ),
        is_keyed=False,
    ),
    SecretForm(
        "a JSON Web Token",
        ("eyj",),
        re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}"),
        is_certain=False,
        is_keyed=False,
    ),
)

ASSIGNED = SecretForm(
    "a password or key",
    ("passw", "secret", "token", "api_key", "apikey", "api-key", "access_key", "private_key"),
    re.compile(
        r"(?:passw(?:or)?d|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)"
        r"[A-Za-z0-9_-]{0,30}[\"']?\s{0,3}(?::\s{0,3}[A-Za-z]{1,20}\s{0,3})?(?:=|:)\s{0,3}[\"']"
        r"(?P<secret>[A-Za-z0-9+/=_.!@#$%^&*~-]{16,200})[\"']",
        re.IGNORECASE,
    ),
    is_certain=False,
)
"""A literal that something named after a secret is set to; judged by how random it is."""
_IN_ENVIRONMENT = re.compile(
    r"\s{0,8}(?:export\s{1,3})?[A-Z0-9_]{0,40}"
    r"(?:PASSW(?:OR)?D|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY)[A-Z0-9_]{0,30}"
    r"=(?P<secret>[A-Za-z0-9+/=_.!@#%^&*~-][A-Za-z0-9+/=_.!@#$%^&*~-]{15,199})\s{0,8}"
)
"""The same without quotes, as a whole line of a file for an environment; `$NAME` is no literal."""
_ASCII_LOWER = {ord(capital): ord(capital.lower()) for capital in string.ascii_uppercase}
RANDOM_BITS = 3.5
"""Bits of information for each character, above which a text of 16 or more looks drawn by chance."""
LONGEST_LINE = 2000
"""Characters of a line; a longer one was written by a program, and names nothing."""
REDACTED = "***"
_EXAMPLE = re.compile(
    r"example|sample|dummy|fake|placeholder|change.?me|your|test|xxxx|\.\.\.|redacted|insecure"
    r"|not.?a.?real|0123456|1234567|abcdef|(.)\1{5}",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"[a-z]+(?:[_.-][a-z0-9]+)*|[A-Z]+(?:[_.-][A-Z0-9]+)*|(?:[A-Za-z_]\w*[./:]){2,}[A-Za-z_]\w*"
)
"""Names, and dotted names or paths of them."""


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """A secret in a text: where it is, from which offset to which, and what it is."""

    start: int
    end: int
    form: SecretForm
    is_example: bool
    """Whether it says of itself that it is none."""


def find_secrets(text: str) -> Iterator[FoundSecret]:
    """Yield what looks like a secret, form by form; assigned literals that have a form come once."""
    lower = text.lower()
    if len(lower) != len(text):  # a capital of two small letters: offsets would not be the same
        lower = text.translate(_ASCII_LOWER)
    taken: list[tuple[int, int]] = []
    for form in FORMS:
        if any(mark in lower for mark in form.marks):
            for match in form.pattern.finditer(text):
                start, end = _span(match)
                example = form.is_keyed and bool(_EXAMPLE.search(text, start, end))
                taken.append((start, end))
                yield FoundSecret(start, end, form, example)
    if any(mark in lower for mark in ASSIGNED.marks):
        for found in _assigned(text, lower):
            if not any(start < found.end and found.start < end for start, end in taken):
                yield found


def _span(match: re.Match[str]) -> tuple[int, int]:
    return match.span("secret") if "secret" in match.re.groupindex else match.span()


def _assigned(text: str, lower: str) -> Iterator[FoundSecret]:
    offset = 0
    for line in text.split("\n"):
        end = offset + len(line)
        if len(line) <= LONGEST_LINE and any(
            lower.find(mark, offset, end) >= 0 for mark in ASSIGNED.marks
        ):
            unquoted = _IN_ENVIRONMENT.fullmatch(line)
            for match in (*ASSIGNED.pattern.finditer(line), *([unquoted] if unquoted else ())):
                value = match["secret"]
                if is_random(value):
                    start = offset + match.start("secret")
                    yield FoundSecret(
                        start, start + len(value), ASSIGNED, bool(_EXAMPLE.search(value))
                    )
        offset = end + 1


def redact(text: str) -> str:
    """Return the text with three stars for each secret."""
    parts: list[str] = []
    end = 0
    for found in sorted(find_secrets(text), key=lambda item: item.start):
        if found.start >= end:
            parts += (text[end : found.start], REDACTED)
            end = found.end
    return "".join([*parts, text[end:]])


def is_random(text: str) -> bool:
    """Tell whether a text looks drawn by chance: digits among letters, and no words with dots."""
    if _WORDS.fullmatch(text) or not re.search(r"\d", text) or not re.search(r"[A-Za-z]", text):
        return False
    return entropy(text) >= RANDOM_BITS


def entropy(text: str) -> float:
    """Return Shannon's entropy of the characters of a text that is not empty, in bits for each."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values())
