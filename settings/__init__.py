"""The stack's settings: every key, what it allows, and the rules between keys.

`load` is the one reader of `pulumi.Config`. The rules stand in the model, so that a program that
constructs `components.metaflow.Metaflow` by itself meets them too.
"""

from settings.loading import SettingsError, load, parse
from settings.model import Settings
from settings.queues import QueueSettings

__all__ = ["QueueSettings", "Settings", "SettingsError", "load", "parse"]
