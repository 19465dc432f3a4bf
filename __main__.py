"""Metaflow on AWS: the settings, the component, the outputs."""

from typing import cast

import pulumi

import settings
from components.metaflow import Metaflow
from components.metaflow_args import MetaflowArgs

metaflow = Metaflow("metaflow", cast(MetaflowArgs, settings.load(pulumi.Config()).as_args()))

for name, value in metaflow.outputs().items():
    pulumi.export(name, value)
