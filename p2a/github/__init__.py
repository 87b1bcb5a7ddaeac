"""The one place that talks to GitHub: a gateway over PyGithub, and the performer of effects."""
