"""Checks every setting and part of an installation and says what to do about each."""
