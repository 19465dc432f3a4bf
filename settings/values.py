"""The types of the single values that settings and their lists are made of."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from settings.checks import (
    problem_of_cidr,
    problem_of_egress,
    problem_of_instance_type,
    problem_of_principal,
    problem_of_repository,
    problem_of_secret,
)
from settings.granted import (
    problem_of_bucket,
    problem_of_key,
    problem_of_plain_repository,
    problem_of_policy,
    problem_of_role,
)
from settings.parts import problem_unless_empty, rejecting

BucketName = Annotated[str, rejecting(problem_of_bucket)]
Cidr = Annotated[str, rejecting(problem_of_cidr)]
EgressCidr = Annotated[str, rejecting(problem_of_egress)]
EndpointService = Annotated[
    str, Field(pattern=r"^(cn\.)?com\.amazonaws\.[a-z0-9-]+(\.[a-z0-9-]+)+$")
]
SecurityGroupId = Annotated[str, Field(pattern=r"^sg-([0-9a-f]{8}|[0-9a-f]{17})$")]
SubnetId = Annotated[str, Field(pattern=r"^subnet-([0-9a-f]{8}|[0-9a-f]{17})$")]
VpcId = Annotated[str, Field(pattern=r"^(vpc-([0-9a-f]{8}|[0-9a-f]{17}))?$")]
Zone = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d[a-h]$")]
ImageId = Annotated[str, Field(pattern=r"^(ami-([0-9a-f]{8}|[0-9a-f]{17}))?$")]
InstanceType = Annotated[str, rejecting(problem_of_instance_type)]
KeyArn = Annotated[str, rejecting(problem_of_key)]
OneKeyArn = Annotated[str, rejecting(problem_unless_empty(problem_of_key))]
OneRepository = Annotated[str, rejecting(problem_unless_empty(problem_of_plain_repository))]
PlainRepository = Annotated[str, rejecting(problem_of_plain_repository)]
PolicyArn = Annotated[str, rejecting(problem_of_policy)]
Principal = Annotated[str, rejecting(problem_of_principal)]
Repository = Annotated[str, rejecting(problem_of_repository)]
RoleArn = Annotated[str, rejecting(problem_of_role)]
SecretArn = Annotated[str, rejecting(problem_of_secret)]
RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
]  # fmt: skip
RETENTIONS = " or ".join(", ".join(map(str, get_args(RetentionDays))).rsplit(", ", 1))
"""What CloudWatch Logs takes, in words."""
