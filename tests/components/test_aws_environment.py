"""Where a stack is deployed: which zones it uses, and whose provider is asked."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components import aws_environment
from rehearsal.mocks import DeploymentError, deploy
from rehearsal.provider import Created
from tests.placeholder import Place, PlaceholderProvider

FOUR_ZONES = ("us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d")


def zones(zone_count: int = 2, wanted: tuple[str, ...] = (), offered: str = "cbad") -> Any:
    found: list[Any] = []

    def program() -> None:
        found.append(aws_environment.look_up(None, zone_count=zone_count, zones=wanted).zones)

    provider = PlaceholderProvider(Place(zones=offered))
    deploy(program, provider, project="tiers", stack_name="test", config={})
    return found[0]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_count_takes_the_first_zones(count: int) -> None:
    assert zones(count) == FOUR_ZONES[:count]


def test_named_zones_are_used_whatever_the_count_and_order() -> None:
    assert zones(4, ("us-east-1d", "us-east-1b")) == ("us-east-1b", "us-east-1d")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"zone_count": 5},
            "availabilityZoneCount is 5; us-east-1 offers 4 zones. "
            "Set it with: pulumi config set availabilityZoneCount 4",
        ),
        (
            {"wanted": ("us-east-1a", "us-east-1e", "us-east-1-atl-1a")},
            "availabilityZones has us-east-1-atl-1a, us-east-1e; us-east-1 offers "
            f"{', '.join(FOUR_ZONES)}. "
            "Set others with: pulumi config set --path 'availabilityZones[0]' <zone>",
        ),
    ],
)
def test_a_zone_that_the_region_lacks_is_refused(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(DeploymentError) as refused:
        zones(**asked)
    assert str(refused.value) == message


class TwoRegions(PlaceholderProvider):
    """Also takes an explicit provider, and records by which provider each function is asked."""

    def check(self, token: str, urn: str, inputs: Any) -> dict[str, Any]:
        return {} if token.startswith("pulumi:providers:") else super().check(token, urn, inputs)

    def create(self, token: str, urn: str, inputs: Any) -> Created:
        explicit = token.startswith("pulumi:providers:")
        return Created("elsewhere", {}) if explicit else super().create(token, urn, inputs)

    def secret_outputs(self, token: str) -> frozenset[str]:
        return frozenset() if token.startswith("pulumi:") else super().secret_outputs(token)


@pytest.mark.parametrize("given", ["provider", "providers", "providers by name"])
def test_the_explicit_provider_of_the_component_is_asked(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    asked: list[pulumi.ProviderResource | None] = []
    made: list[pulumi.ProviderResource] = []
    original = aws.get_region

    def get_region(opts: pulumi.InvokeOptions) -> Any:
        asked.append(opts.provider)
        return original(opts=opts)

    def program() -> None:
        provider = aws.Provider("elsewhere")
        made.append(provider)
        options = {
            "provider": pulumi.ResourceOptions(provider=provider),
            "providers": pulumi.ResourceOptions(providers=[provider]),
            "providers by name": pulumi.ResourceOptions(providers={"aws": provider}),
        }
        aws_environment.look_up(options[given], zone_count=2)

    monkeypatch.setattr(aws, "get_region", get_region)
    deploy(program, TwoRegions(Place()), project="tiers", stack_name="test", config={})
    assert asked == made


def test_a_partition_that_is_not_public_is_refused() -> None:
    environment = aws_environment.AwsEnvironment(
        partition="aws-iso",
        region="us-iso-east-1",
        account_id="123456789012",
        zones=(),
        zone_ids=(),
    )
    with pytest.raises(pulumi.RunError, match="aws-iso is not supported; supported are aws, "):
        _ = environment.dns_suffix
