"""What a repository's tests need to be installed, found out without running anything of it."""
