"""Applies what the emulator needs beyond moto 5.2.5, before it answers its first request."""

from rehearsal import apigateway_patches


def apply() -> None:
    """Patch moto in this process; doing so again changes nothing."""
    apigateway_patches.apply()
