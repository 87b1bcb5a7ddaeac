"""The forms in which a graph leaves the library."""
