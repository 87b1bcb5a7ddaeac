"""Where foreign code runs: isolated, bounded, without network or secrets, or not at all."""
