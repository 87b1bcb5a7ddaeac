"""The record of a workflow: its form, what is taken out of it, and how it is packed and read."""
