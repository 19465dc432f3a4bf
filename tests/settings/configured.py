"""Settings that stand in a stack's configuration, as Pulumi hands them over: in texts."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG

import settings
from settings import Settings
from tests.deployed import PROJECT


def load(values: Mapping[str, Any]) -> Settings:
    """Load settings from a configuration, and leave none of it behind."""
    texts = {
        f"{PROJECT}:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in values.items()
    }
    before = CONFIG.get()
    pulumi.runtime.set_all_config(texts)
    try:
        return settings.load(pulumi.Config(PROJECT))
    finally:
        CONFIG.set(before)
