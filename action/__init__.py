"""The CI door: the check on a pull request inside a GitHub Actions job."""
