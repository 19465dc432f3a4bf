"""The settings of what Step Functions needs beside its roles."""

from typing import Annotated

from settings.parts import SettingsModel, allowed


class OrchestrationSettings(SettingsModel):
    """Step Functions, and the table of foreach state."""

    table_point_in_time_recovery: Annotated[bool, allowed("true or false")] = False
    """Whether the table of foreach state can be restored to any second of the last 35 days."""

    execution_log: Annotated[bool, allowed("true or false")] = False
    """Whether there is a log group for `step-functions create --log-execution-history`."""

    distributed_map: Annotated[bool, allowed("true or false")] = False
    """Whether flows may be deployed with `step-functions create --use-distributed-map`; in the
    partition aws only, since Metaflow names services by ARNs of it."""

    compress_state_machines: Annotated[bool, allowed("true or false")] = False
    """Whether Metaflow keeps the commands of state machines in the datastore, for definitions
    beyond AWS's limits."""
