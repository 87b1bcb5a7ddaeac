"""The steps of a workflow, one file each."""
