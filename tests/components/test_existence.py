"""Policies and secrets that do not exist stop a preview; what nobody may look at does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from rehearsal.mocks import DeploymentError
from rehearsal.provider.resource_type import NoSingleMatchError
from rehearsal.registrations import Registration
from tests import deployed
from tests.deployed import ADOPTED_DATABASE
from tests.placeholder import PlaceholderProvider

POLICIES = [f"arn:aws:iam::123456789012:policy/{one}" for one in ("there", "gone", "away")]
SECRET = ADOPTED_DATABASE["dbSecretArn"]


@dataclass
class Without(PlaceholderProvider):
    """AWS that fails, with some words, where it is asked for some ARNs."""

    arns: tuple[str, ...] = ()
    words: str = "couldn't find resource"

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer as the provider does for what it cannot read."""
        if arguments.get("arn") in self.arns:
            raise NoSingleMatchError(f"reading ({arguments['arn']}): {self.words}")
        return super().invoke(token, arguments)


def test_each_that_does_not_exist_has_a_line_and_nothing_is_registered() -> None:
    registered: list[Registration] = []
    with pytest.raises(DeploymentError) as refused:
        deployed.run(
            "dev",
            Without(arns=(*POLICIES[1:], SECRET)),
            settings={"jobPolicyArns": POLICIES, **ADOPTED_DATABASE},
            preview=True,
            on_resource=registered.append,
        )
    assert str(refused.value).splitlines() == [
        *(
            f"jobPolicyArns[{place}] is {POLICIES[place]}, a policy that does not exist. "
            f"Set it with: pulumi config set --path 'jobPolicyArns[{place}]' <value>"
            for place in (1, 2)
        ),
        f"dbSecretArn is {SECRET}, a secret that does not exist, or that is being deleted. "
        "Set it with: pulumi config set dbSecretArn <value>",
    ]
    assert {one.type for one in registered} <= {"pulumi:pulumi:Stack"}


@pytest.mark.parametrize(
    "words",
    [
        "operation error IAM: GetPolicy, api error AccessDenied: not authorized",
        "operation error Secrets Manager: DescribeSecret, AccessDeniedException: not authorized",
    ],
)
def test_what_the_deployer_may_not_look_at_is_taken(words: str) -> None:
    deployment = deployed.run(
        "dev",
        Without(arns=(POLICIES[1], SECRET), words=words),
        settings={"jobPolicyArns": POLICIES, **ADOPTED_DATABASE},
    )
    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    attached = {one.inputs["policyArn"] for one in deployment.of_type(token)}
    assert attached >= set(POLICIES)


def test_another_failure_is_told() -> None:
    provider = Without(arns=(SECRET,), words="no credentials")
    with pytest.raises(DeploymentError, match="no credentials"):
        deployed.run("dev", provider, settings=ADOPTED_DATABASE)


def test_a_secret_of_another_region_is_looked_for_there() -> None:
    asked: list[Mapping[str, Any]] = []

    class Asked(PlaceholderProvider):
        def invoke(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
            if token.endswith(":getSecret"):
                asked.append(arguments)
            return super().invoke(token, arguments)

    secret = SECRET.replace("us-east-1", "eu-west-1")
    deployed.run("dev", Asked(), settings={**ADOPTED_DATABASE, "dbSecretArn": secret})
    assert [(one["arn"], one["region"]) for one in asked] == [(secret, "eu-west-1")]
