"""From the facts of all files to what every value may be."""
