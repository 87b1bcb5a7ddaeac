"""The seven agents: each asks with a prompt and reads a typed outcome; no I/O."""
