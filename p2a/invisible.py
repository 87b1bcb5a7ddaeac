r"""Signs that nobody sees, shown as `\u{202e}`, and put back where a file had them; no I/O.

Bidirectional controls turn a line around (CVE-2021-42574), signs without width split a word or hide a
text in it, tags and variation selectors carry whole sentences. Joiners between letters that are not
ASCII stay: emoji and several scripts are written with them.
"""

import re

_SIGNS = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_JOINER = "[\u200c\u200d]"
_BESIDE = "[^\x00-\x7f\u200c\u200d]"
_LONELY = f"(?<!{_BESIDE}){_JOINER}|{_JOINER}(?!{_BESIDE})"
_HIDDEN = re.compile(f"[{_SIGNS}]|{_LONELY}")
_UNSEEN = re.compile(f"[{_SIGNS}{_CONTROLS}]|{_LONELY}")


def shown(text: str) -> str:
    """Return the text with each invisible sign and control, but tab and line ends, as its escape."""
    return _UNSEEN.sub(_escape, text)


def signs_shown(text: str) -> str:
    """Return the text with each invisible sign as its escape; controls stay as they are."""
    return _HIDDEN.sub(_escape, text)


def restored(text: str, *, like: str) -> str:
    """Return the text with those escapes turned back whose signs stand in the text it is made from.

    An escape that stands there in so many letters means these letters, and stays.
    """
    for sign in sorted(set(_UNSEEN.findall(like))):
        escape = _escaped(sign)
        if escape not in like:
            text = text.replace(escape, sign)
    return text


def _escape(match: re.Match[str]) -> str:
    return _escaped(match[0])


def _escaped(sign: str) -> str:
    return f"\\u{{{ord(sign):x}}}"
