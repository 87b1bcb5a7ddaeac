"""One file per analyser; each judges with our rules only."""
