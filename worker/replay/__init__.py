"""Runs a recorded workflow again: the real engine, with the record in place of network, model and sandbox."""
