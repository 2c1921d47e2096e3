"""Proves that every combination of answers renders to files that are right and fit together."""
