"""A GitHub on your machine: REST, git over HTTP, signed webhooks, and a scripted model."""
