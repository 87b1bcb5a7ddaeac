"""From the facts of all files to what calls what."""
