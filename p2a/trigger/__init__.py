"""What starts a workflow: a delivery or a job's event, and the commands in comments; no I/O."""
