"""Analysers, findings, scores and the report: the deterministic half of the product."""
