"""The code context graph: a library that reads Python source and knows nothing else."""
