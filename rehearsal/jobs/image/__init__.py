"""Modules that stand in a job's Python environment for what a container has."""
