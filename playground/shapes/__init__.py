"""GitHub's JSON for what the playground stores: functions from records to documents; no I/O."""
