"""From a file's syntax tree to its facts: they depend on the file's bytes only."""
