"""Which functions and lines of a repository an issue is about, found without a language model."""
