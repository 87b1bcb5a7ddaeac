"""The key pair of a GitHub App that exists in tests only."""

from functools import cache

from playground.keys import new_pair


@cache
def app_keys() -> tuple[str, str]:
    """Return a private and its public key in PEM form, the same for the whole run.

    Making one takes as long as the rest of a small test.
    """
    return new_pair()


def app_key() -> str:
    """Return the private key."""
    return app_keys()[0]
