"""The engine: the job, the coordinator, the chain of agents, the workspace and publishing."""
