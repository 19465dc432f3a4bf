"""Metaflow on AWS: the settings, the component, the outputs."""

from typing import cast

import pulumi

import settings
from components.metaflow import Metaflow
from components.metaflow_args import MetaflowArgs
from mfconfig.contract import OUTPUT_BY_NAME

metaflow = Metaflow("metaflow", cast(MetaflowArgs, settings.load(pulumi.Config()).as_args()))

for name, value in metaflow.outputs().items():
    secret = OUTPUT_BY_NAME[name].secret
    pulumi.export(name, pulumi.Output.secret(value) if secret else value)
