"""The policy under which a stored page is shown: its own script and style run, and nothing else; no I/O."""

import re

NOTHING = "default-src 'none'; sandbox"
"""For what is no page of ours: nothing of it runs."""
_OWN = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts"
)
"""Without `allow-same-origin` the page has an origin of its own: no cookies, no other page of ours."""
_HASH = rb"sha256-[A-Za-z0-9+/]{43}="
_START = re.compile(
    rb'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    rb'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    rb"script-src '(?P<script>" + _HASH + rb")'; style-src '(?P<style>" + _HASH + rb")'; "
)
"""How `ccg.export.html` begins a page: nothing that others wrote stands so early."""


def policy_of(page: bytes) -> str:
    """Return the value of `Content-Security-Policy` for a page.

    The hashes are those that the page begins with, and not those of this version's script: the
    page may have been stored by another version.
    """
    found = _START.match(page)
    if found is None:
        return NOTHING
    return _OWN.format(script=found["script"].decode(), style=found["style"].decode())
