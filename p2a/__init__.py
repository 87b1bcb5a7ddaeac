"""The shared floor: errors, settings, domain, store, queue, gateway, sandbox and the `p2a` command."""

__version__ = "0.1.0"
