"""Load balancers, target groups and listeners through the provider."""

from typing import Any

import pytest

from rehearsal.provider import Cloud, Provider, RefusedError
from tests.rehearsal.provider import surroundings

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
GROUP = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"
PLANNED = surroundings.Network("vpc-1", ["subnet-1", "subnet-2"], "subnet-3", "sg-1")
ENFORCE = "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"


@pytest.fixture
def net(rig):
    return surroundings.network(rig.cloud)


def balancer(net: surroundings.Network, **changed: Any) -> dict[str, Any]:
    return {
        "loadBalancerType": "network",
        "internal": True,
        "subnets": net.subnets,
        "securityGroups": [net.group],
        ENFORCE: "off",
        **changed,
    }


def group(net: surroundings.Network, **changed: Any) -> dict[str, Any]:
    return {
        "port": 8080,
        "protocol": "TCP",
        "targetType": "ip",
        "vpcId": net.vpc,
        "deregistrationDelay": 10,
        "healthCheck": {"protocol": "HTTP", "path": "/ping", "interval": 10},
        **changed,
    }


def listener(balancer_arn: str, group_arn: str, **changed: Any) -> dict[str, Any]:
    return {
        "loadBalancerArn": balancer_arn,
        "port": 80,
        "protocol": "TCP",
        "defaultActions": [{"type": "forward", "targetGroupArn": group_arn}],
        **changed,
    }


def test_the_life_of_a_network_load_balancer(rig, net):
    changed = balancer(net, enableCrossZoneLoadBalancing=True, tags={"team": "a"})
    created = rig.live(BALANCER, "service", balancer(net), changed)
    arn = created.outputs["arn"]
    assert created.id == arn
    assert created.outputs["arnSuffix"] == arn.split(":loadbalancer/")[1]
    assert created.outputs["dnsName"].endswith(".elb.us-east-1.amazonaws.com")
    assert created.outputs["vpcId"] == net.vpc


def test_addresses_and_arns_carry_the_partition(emulator, rig):
    china = Provider(Cloud(emulator, "cn-north-1"))
    urn = rig.urn(BALANCER, "service")
    inputs = china.check(BALANCER, urn, balancer(surroundings.network(china.cloud)))
    outputs = china.create(BALANCER, urn, inputs).outputs
    assert outputs["arn"].startswith("arn:aws-cn:elasticloadbalancing:cn-north-1:")
    assert outputs["dnsName"].endswith(".elb.cn-north-1.amazonaws.com.cn")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "internal-service"}, "not beginning with internal-"),
        ({"name": "a" * 33}, "up to 32 letters"),
        ({"loadBalancerType": "classic"}, "loadBalancerType is 'classic'"),
        ({"subnets": []}, "one of subnets and subnetMappings"),
        ({ENFORCE: "no"}, "is 'no'; on and off are allowed"),
    ],
)
def test_an_impossible_load_balancer_stops_at_plan_time(rig, changed, message):
    given = balancer(PLANNED, **changed)
    with pytest.raises(RefusedError, match=message):
        rig.provider.check(BALANCER, rig.urn(BALANCER, "service"), given)


def test_aws_takes_one_subnet_a_zone(rig, net):
    subnets = [*net.subnets, net.same_zone]
    with pytest.raises(RefusedError, match="multiple subnets in the zone us-east-1a"):
        rig.create(BALANCER, "service", **balancer(net, subnets=subnets))


@pytest.mark.parametrize(
    ("changed", "replaced"),
    [
        (lambda net: {"subnets": net.subnets[:1]}, "subnets"),
        (lambda net: {"subnets": [net.subnets[1], net.same_zone]}, "subnets"),
        (lambda _: {"securityGroups": []}, "securityGroups"),
    ],
)
def test_fewer_subnets_or_no_groups_replace_a_network_load_balancer(rig, net, changed, replaced):
    created = rig.create(BALANCER, "service", **balancer(net))
    with pytest.raises(RefusedError, match=f"a change of {replaced} replaces"):
        rig.update(BALANCER, "service", created, **balancer(net, **changed(net)))


def test_groups_changed_behind_the_program_show_as_drift(rig, net):
    created = rig.create(BALANCER, "service", **balancer(net))
    rig.cloud.client("elbv2").set_security_groups(LoadBalancerArn=created.id, SecurityGroups=[])
    assert rig.read(BALANCER, created)["securityGroups"] == []


def test_a_protected_load_balancer_is_not_deleted(rig, net):
    created = rig.create(BALANCER, "service", **balancer(net, enableDeletionProtection=True))
    with pytest.raises(RefusedError, match="deletion protection is enabled"):
        rig.delete(BALANCER, created)
    created = rig.update(BALANCER, "service", created, **balancer(net))
    rig.delete(BALANCER, created)
    assert rig.read(BALANCER, created) is None


def test_a_load_balancer_is_not_deleted_under_its_vpc_link(rig, net):
    created = rig.create(BALANCER, "service", **balancer(net))
    gateway = rig.cloud.client("apigateway")
    link = gateway.create_vpc_link(name="link", targetArns=[created.id])["id"]
    with pytest.raises(RefusedError, match=f"associated with another service: the VPC link {link}"):
        rig.delete(BALANCER, created)
    gateway.delete_vpc_link(vpcLinkId=link)
    rig.delete(BALANCER, created)


def test_the_life_of_a_target_group(rig, net):
    changed = group(net, healthCheck={"protocol": "TCP", "interval": 30}, preserveClientIp="true")
    created = rig.live(GROUP, "service", group(net), {**changed, "connectionTermination": True})
    assert created.outputs["arnSuffix"].startswith("targetgroup/service-")


def test_a_health_check_without_a_protocol_is_made_over_http(rig, net):
    created = rig.create(GROUP, "service", **group(net, healthCheck={"path": "/ping"}))
    answer = rig.cloud.client("elbv2").describe_target_groups(TargetGroupArns=[created.id])
    assert answer["TargetGroups"][0]["HealthCheckProtocol"] == "HTTP"


def test_a_health_check_changed_behind_the_program_shows_as_drift(rig, net):
    created = rig.create(GROUP, "service", **group(net))
    rig.cloud.client("elbv2").modify_target_group(
        TargetGroupArn=created.id, HealthCheckPath="/elsewhere"
    )
    assert rig.read(GROUP, created)["healthCheck"]["path"] == "/elsewhere"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"port": None}, "port is needed unless targetType is lambda"),
        ({"targetType": "task"}, "targetType is 'task'"),
        ({"name": "-group"}, "inner hyphens"),
        ({"deregistrationDelay": 3601}, "3601; 0 to 3600"),
        ({"healthCheck": {"interval": 4}}, "healthCheck.interval is 4; 5 to 300"),
        ({"healthCheck": {"timeout": 121}}, "healthCheck.timeout is 121; 2 to 120"),
        ({"healthCheck": {"healthyThreshold": 1}}, "healthyThreshold is 1; 2 to 10"),
        ({"healthCheck": {"path": "ping"}}, "it must begin with /"),
        ({"healthCheck": {"protocol": "TCP", "path": "/ping"}}, "over TCP takes none"),
        ({"protocol": "HTTP", "healthCheck": {"protocol": "TCP"}}, "takes HTTP or HTTPS"),
    ],
)
def test_an_impossible_target_group_stops_at_plan_time(rig, changed, message):
    with pytest.raises(RefusedError, match=message):
        rig.provider.check(GROUP, rig.urn(GROUP, "service"), group(PLANNED, **changed))


def test_the_life_of_a_listener(rig, net):
    arn = rig.create(BALANCER, "service", **balancer(net)).id
    first = rig.create(GROUP, "first", **group(net)).id
    second = rig.create(GROUP, "second", **group(net)).id
    created = rig.live(
        LISTENER, "service", listener(arn, first), listener(arn, second, port=81, tags={"a": "b"})
    )
    assert created.outputs["port"] == 81
    assert created.outputs["defaultActions"] == [{"type": "forward", "targetGroupArn": second}]


def test_a_listener_led_elsewhere_behind_the_program_shows_as_drift(rig, net):
    arn = rig.create(BALANCER, "service", **balancer(net)).id
    first, second = (rig.create(GROUP, name, **group(net)).id for name in ("first", "second"))
    created = rig.create(LISTENER, "service", **listener(arn, first))
    rig.cloud.client("elbv2").modify_listener(
        ListenerArn=created.id, DefaultActions=[{"Type": "forward", "TargetGroupArn": second}]
    )
    assert rig.read(LISTENER, created)["defaultActions"][0]["targetGroupArn"] == second


def test_a_target_group_goes_only_after_its_listener(rig, net):
    arn = rig.create(BALANCER, "service", **balancer(net)).id
    target = rig.create(GROUP, "service", **group(net))
    front = rig.create(LISTENER, "service", **listener(arn, target.id))
    assert rig.read(GROUP, target)["loadBalancerArns"] == [arn]
    with pytest.raises(RefusedError, match="currently in use by a listener or a rule"):
        rig.delete(GROUP, target)
    rig.delete(LISTENER, front)
    rig.delete(GROUP, target)
    assert rig.read(GROUP, target) is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"port": 0}, "port is 0; 1 to 65535"),
        ({"defaultActions": [{"type": "forward"}]}, "forward needs a targetGroupArn"),
        ({"defaultActions": [{"type": "redirect"}]}, "was taught forward, not redirect"),
    ],
)
def test_an_impossible_listener_stops_at_plan_time(rig, changed, message):
    with pytest.raises(RefusedError, match=message):
        rig.provider.check(
            LISTENER, rig.urn(LISTENER, "service"), listener("arn", "arn", **changed)
        )


@pytest.mark.parametrize("protocol", [None, "HTTP"])
def test_aws_wants_a_protocol_that_a_network_load_balancer_speaks(rig, net, protocol):
    arn = rig.create(BALANCER, "service", **balancer(net)).id
    target = rig.create(GROUP, "service", **group(net)).id
    given = listener(arn, target, protocol=protocol)
    with pytest.raises(RefusedError, match=f"Protocol is {protocol}; a network load balancer's"):
        rig.create(LISTENER, "service", **given)


def test_a_target_group_serves_one_load_balancer(rig, net):
    first = rig.create(BALANCER, "first", **balancer(net)).outputs["arn"]
    second = rig.create(BALANCER, "second", **balancer(net)).outputs["arn"]
    target = rig.create(GROUP, "group", **group(net)).outputs["arn"]
    held = rig.create(LISTENER, "first", **listener(first, target))
    with pytest.raises(RefusedError, match="cannot be associated with more than one load balancer"):
        rig.create(LISTENER, "second", **listener(second, target))
    rig.delete(LISTENER, held)
    rig.create(LISTENER, "second", **listener(second, target))
