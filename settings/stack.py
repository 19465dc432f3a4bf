"""The settings of the stack as a whole."""

from typing import Annotated

from pydantic import Field

from settings.checks import problem_of_boundary, problem_of_tags
from settings.parts import SettingsModel, allowed, rejecting
from settings.values import RETENTIONS, RetentionDays


class StackSettings(SettingsModel):
    """What is true of the whole stack."""

    name_prefix: Annotated[
        str,
        Field(pattern=r"^([a-zA-Z][a-zA-Z0-9-]{0,31})?$"),
        allowed("up to 32 letters, digits and -, beginning with a letter"),
    ] = ""
    """Prefix of state machines and API names, metaflow-<stack> if empty; flows deployed under
    another prefix stop and must be deployed again."""

    tags: Annotated[
        dict[str, str],
        Field(max_length=40),
        rejecting(problem_of_tags),
        allowed("up to 40 tags, keys to 128 and values to 256 characters, none beginning aws:"),
    ] = {}
    """Tags for every taggable resource."""

    deletion_protection: Annotated[bool, allowed("true or false")] = False
    """Whether database, table, bucket and key refuse to be deleted."""

    log_retention_days: Annotated[RetentionDays, allowed(RETENTIONS)] = 30
    """Days for which log groups keep their events."""

    permissions_boundary_arn: Annotated[
        str,
        rejecting(problem_of_boundary),
        allowed("the ARN of a managed policy of the account or of AWS"),
    ] = ""
    """Managed policy that bounds what every role of the stack may do; empty means none."""
