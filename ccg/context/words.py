"""Words of code and of prose, and the parts that both have in common; no I/O."""

import re
from functools import lru_cache

LONGEST_WORD = 60
"""Characters; a longer run of letters is data."""

WORD = re.compile(r"[^\W\d]\w+")
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_OTHER_SCRIPT = re.compile(r"[^\W_]+")

_STOP = """
self cls def class return if elif else for while in is not and or none true false import from
as try except finally raise with pass break continue lambda yield global nonlocal assert del
async await print the of to it that this be are was were been has have had do does did on by an
at we you he they them their there here what which when where why how who whom will would could
should can may might must shall than then so such but if into out up down over under again its
our your my me am i a s t http https www com github org html blob master main issue please
thanks thank hi hello also just like some any all no yes im ve re ll don doesn didn isn wasn
won cannot
"""
# Python's own and those of English that say nothing about where something is done.
STOP_WORDS = frozenset(_STOP.split())


@lru_cache(maxsize=200_000)
def parts(word: str) -> tuple[str, ...]:
    """Return the stems of an identifier's or a word's parts, as `getHTTPNames` -> get, http, nam."""
    found = []
    pattern = _PART if word.isascii() else _OTHER_SCRIPT
    for part in pattern.findall(word):
        low = part.lower()
        if len(low) > 1 and low not in STOP_WORDS:
            found.append(stem(low))
    return tuple(found)


def stem(word: str) -> str:
    """Return a lower-case word without the endings that tell apart forms of the same thing."""
    if len(word) <= 3 or not word.isascii():
        return word
    word = _singular(word)
    for ending, shortest in (("ing", 6), ("ion", 6), ("ed", 5), ("er", 6), ("or", 6), ("e", 4)):
        if len(word) >= shortest and word.endswith(ending):
            word = word[: -len(ending)]
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sle":
        word = word[:-1]
    return word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
