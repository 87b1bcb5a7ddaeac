"""The playground's web page: what GitHub would show of issues, pull requests, checks and comments."""
