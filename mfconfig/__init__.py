"""Turns the outputs of a deployed stack into a Metaflow profile; imports no Pulumi."""
