"""Characters that are not what they seem: invisible, turning text around, or like a Latin letter; no I/O."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# U+061C and U+200E-200F order what stands beside them and are common in texts written from the right;
# the others turn whole stretches around, so that code reads otherwise than it runs (CVE-2021-42574).
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064\u206a-\u206f\u3164\ufeff"
    "\uffa0\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
_NEVER_NEEDED = "\u00ad\u200b\u2060\ufeff\u3164\uffa0\u115f\u1160"
MARKS = "\u200e\u200f"
"""They set a direction for what has none, such as a slash in a date written from the right."""
_BLACK_FLAG = "\U0001f3f4"
_TAGS = range(0xE0020, 0xE0080)

# Letters that fonts draw like the Latin ones beside them (Unicode Technical Standard 39).
_CYRILLIC = (
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb"
    "\u051b\u051d\u04cf\u0410\u0412\u0415\u0417\u041a\u041c\u041d\u041e\u0420"
    "\u0421\u0422\u0423\u0425\u0406\u0408\u0405\u050c"
)
_LIKE_CYRILLIC = "aeopcyxijsdhqwlABE3KMHOPCTYXIJSG"
_GREEK = (
    "\u03bf\u03bd\u03c1\u03c5\u03b9\u03b1\u03ba\u03c9\u0391\u0392\u0395\u0396"
    "\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
)
_LIKE_GREEK = "ovpuiakwABEZHIKMNOPTYX"
_ARMENIAN = "\u0585\u057d\u0578\u0570\u0581\u0566"
_LIKE_ARMENIAN = "ounhgq"
CONFUSABLE = str.maketrans(
    _CYRILLIC + _GREEK + _ARMENIAN, _LIKE_CYRILLIC + _LIKE_GREEK + _LIKE_ARMENIAN
)
_SCRIPTS = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
_FRAGILE = frozenset({"CYRILLIC", "ARMENIAN", "CHEROKEE"})
"""Scripts of which no letter has a reason to stand in a word of Latin ones; Greek ones are formulas."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A character that nobody sees, at an offset of a text."""

    offset: int
    character: str

    @property
    def shown(self) -> str:
        """Return it as an escape that can be read."""
        return escaped(self.character)


def escaped(text: str) -> str:
    r"""Return a text with `\u{...}` for each character that is not ASCII."""
    return "".join(
        character if character.isascii() else f"\\u{{{ord(character):x}}}" for character in text
    )


def hidden_characters(text: str) -> Iterator[Hidden]:
    """Yield invisible characters that have no work to do where they stand, turning ones apart.

    Joiners, marks and selectors have some beside what is not ASCII, tags after a black flag, and a
    byte order mark at the beginning.
    """
    if text.isascii():
        return
    for match in _INVISIBLE.finditer(text):
        character, offset = match[0], match.start()
        before = text[offset - 1 : offset]
        after = text[offset + 1 : offset + 2]
        if character == "\ufeff" and offset == 0:
            continue
        if ord(character) in _TAGS:
            if before == _BLACK_FLAG or ord(before or "x") in _TAGS:
                continue
        elif character not in _NEVER_NEEDED and not (_is_plain(before) and _is_plain(after)):
            continue
        yield Hidden(offset, character)


def mixed_scripts(name: str) -> tuple[str, ...]:
    """Return the scripts that a word of an identifier mixes, empty when that has an innocent reason."""
    if name.isascii():
        return ()
    for word in re.split(r"[_\d]+", name):
        scripts = {_script(character) for character in word} & _SCRIPTS
        if len(scripts) > 1 and (
            scripts & _FRAGILE or any(character in _GREEK for character in word)
        ):
            return tuple(sorted(script.capitalize() for script in scripts))
    return ()


def skeleton(name: str) -> str:
    """Return the ASCII letters that an identifier looks like, as far as it looks like any."""
    return unicodedata.normalize("NFKC", name).translate(CONFUSABLE)


def _script(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0]


def _is_plain(character: str) -> bool:
    return not character or character.isascii()
