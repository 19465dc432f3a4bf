"""A provider that makes nothing: every output of a resource is a readable placeholder.

Inputs are checked as strictly as by the emulated provider; it answers in microseconds and for any
region, so that tests can look at what the program registers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.provider import Created, Provider, RefusedError, registry, sdk_schema
from rehearsal.provider.cloud import DNS_SUFFIX, partition_of
from rehearsal.provider.resource_type import NoSingleMatchError
from tests import adopted_vpc

ACCOUNT = "123456789012"

SNAPSHOT: Mapping[str, Any] = {
    "engine": "postgres",
    "engineVersion": "17.7",
    "encrypted": True,
    "allocatedStorage": 20,
}
"""What is said of every snapshot of a database."""

KEY: Mapping[str, Any] = {"enabled": True, "keyState": "Enabled", "keySpec": "SYMMETRIC_DEFAULT"}
"""What is said of every KMS key."""

ZONE: Mapping[str, Any] = {"name": "example.com", "privateZone": False}
"""What is said of every hosted zone."""

_ARNS: Mapping[str, str] = {
    "aws:apigateway/restApi:RestApi": "arn:{partition}:apigateway:{region}::/restapis/{name}",
    "aws:apigateway/stage:Stage": "arn:{partition}:apigateway:{region}::/stages/{name}",
    "aws:apigatewayv2/api:Api": "arn:{partition}:apigateway:{region}::/apis/{name}",
    "aws:apigatewayv2/domainName:DomainName": (
        "arn:{partition}:apigateway:{region}::/domainnames/{name}"
    ),
    "aws:apigatewayv2/stage:Stage": "arn:{partition}:apigateway:{region}::/stages/{name}",
    "aws:apigatewayv2/vpcLink:VpcLink": "arn:{partition}:apigateway:{region}::/vpclinks/{name}",
    "aws:batch/computeEnvironment:ComputeEnvironment": "{regional}:compute-environment/{name}",
    "aws:batch/jobQueue:JobQueue": "{regional}:job-queue/{name}",
    "aws:ec2/placementGroup:PlacementGroup": "{regional}:placement-group/{name}",
    "aws:batch/schedulingPolicy:SchedulingPolicy": "{regional}:scheduling-policy/{name}",
    "aws:cloudwatch/eventRule:EventRule": "arn:{partition}:events:{region}:{account}:rule/{name}",
    "aws:cloudwatch/logGroup:LogGroup": "arn:{partition}:logs:{region}:{account}:log-group:{name}",
    "aws:dynamodb/table:Table": "{regional}:table/{name}",
    "aws:ecr/repository:Repository": "{regional}:repository/{name}",
    "aws:ecs/cluster:Cluster": "{regional}:cluster/{name}",
    "aws:ecs/service:Service": "{regional}:service/metaflow-service-cluster/{name}",
    "aws:iam/instanceProfile:InstanceProfile": "{global}:instance-profile/{name}",
    "aws:iam/policy:Policy": "{global}:policy/{name}",
    "aws:iam/role:Role": "{global}:role/{name}",
    "aws:kms/key:Key": "{regional}:key/{name}",
    "aws:lambda/function:Function": "{regional}:function:{name}",
    "aws:rds/instance:Instance": "{regional}:db:{name}",
    "aws:s3/bucket:Bucket": "arn:{partition}:s3:::{name}",
    "aws:secretsmanager/secret:Secret": "{regional}:secret:{name}-a1B2c3",
    "aws:wafv2/webAcl:WebAcl": "{regional}:regional/webacl/{name}/a1b2c3",
    "aws:sfn/stateMachine:StateMachine": (
        "arn:{partition}:states:{region}:{account}:stateMachine:{name}"
    ),
}
"""ARNs as AWS forms them; another type's is `<service>:<type>/<name>`."""


@dataclass(frozen=True)
class Place:
    """Where the placeholders seem to be deployed.

    Attributes:
        region: AWS region.
        zones: Availability Zones, by their letters, in the order in which AWS answers.
        lacking_types: EC2 instance types that the region does not offer.
        service_zones: letters of the zones in which a service has interface endpoints, by the last
            part of its name, where they are not all; none where there is no such service.
        type_zones: letters of the zones that offer an instance type, where they are not all.
    """

    region: str = "us-east-1"
    zones: str = "cbadfe"
    lacking_types: frozenset[str] = frozenset()
    service_zones: Mapping[str, str] = field(default_factory=dict)
    type_zones: Mapping[str, str] = field(default_factory=dict)

    @property
    def partition(self) -> str:
        return partition_of(self.region)

    @property
    def zone_names(self) -> list[str]:
        return [f"{self.region}{letter}" for letter in self.zones]

    def zone_id(self, zone: str) -> str:
        """Return the id of a zone: its letters are in the order of the ids."""
        start = {"us-east-1": "use1", "eu-west-3": "euw3"}.get(self.region, "other")
        return f"{start}-az{ord(zone[-1]) - ord('a') + 1}"

    @property
    def local_zone(self) -> str:
        return f"{self.region}-1-atl-1a"


@dataclass
class PlaceholderProvider(Provider):
    """The provider of the tests; refuses the types, inputs and functions that are not taught."""

    place: Place = field(default_factory=Place)

    def check(self, token: str, urn: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Check as the emulated provider does; an automatic name is the logical name itself."""
        checked = super().check(token, urn, inputs)
        automatic = registry.resource_type(token).auto_name
        if automatic and inputs.get(automatic.property) is None:
            checked[automatic.property] = urn.rsplit("::", 1)[-1] + automatic.suffix
        return checked

    def create(self, token: str, urn: str, inputs: Mapping[str, Any]) -> Created:
        """Return the inputs and a placeholder for every other output that the SDK knows."""
        logical_name = urn.rsplit("::", 1)[-1]
        readable = f"{token.rsplit(':', 1)[-1]}:{logical_name}"
        known = sdk_schema.output_names(token)
        texts = {output: f"{readable}.{output}" for output in known if output != "id"}
        name = str(inputs.get("name") or inputs.get("identifier") or logical_name)
        special = {"arn": self._arn(token, name), **self._special(token, name)}
        realistic = {output: value for output, value in special.items() if output in known}
        completed = self._completed(token, inputs)
        return Created(f"{readable}.id", {**texts, **realistic, **inputs, **completed})

    def _offerings(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer which instance types, of those that are asked for, the region or zones offer."""
        [asked] = arguments["filters"]
        place = self.place
        wanted = [one for one in asked["values"] if one not in place.lacking_types]
        if arguments["locationType"] == "region":
            return {"instanceTypes": wanted}
        offers = [
            (name, zone)
            for name in wanted
            for zone in place.zone_names
            if zone[-1] in place.type_zones.get(name, place.zones)
        ]
        return {
            "instanceTypes": [name for name, _ in offers],
            "locations": [zone for _, zone in offers],
        }

    def _endpoint_service(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer in which zones a service has interface endpoints."""
        assert arguments["serviceType"] == "Interface"
        letters = self.place.service_zones.get(
            arguments["serviceName"].rsplit(".", 1)[-1], self.place.zones
        )
        if not letters:
            raise NoSingleMatchError("no matching EC2 VPC Endpoint Service found")
        return {
            "availabilityZones": [f"{self.place.region}{one}" for one in letters],
            "vpcEndpointPolicySupported": not arguments["serviceName"].endswith("smtp"),
        }

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer what AWS would say about the place."""
        answers: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "getAvailabilityZones": self._zones,
            "getCallerIdentity": lambda _: {"accountId": ACCOUNT},
            "getPartition": lambda _: {"partition": self.place.partition},
            "getRegion": lambda _: {"region": self.place.region},
            "getBucket": lambda asked: {**asked, "bucketRegion": self.place.region},
            "getKey": lambda asked: {**asked, **KEY},
            "getPolicy": lambda asked: asked,
            "getSecret": lambda asked: asked,
            "getEngineVersion": lambda asked: {"versionActual": f"{asked['version']}.7"},
            "getInstances": lambda _: {"instanceIdentifiers": []},
            "getSnapshot": lambda _: SNAPSHOT,
            "getZone": lambda asked: {**asked, **ZONE},
        }
        function = token.rsplit(":", 1)[-1]
        if function == "getInstanceTypeOfferings":
            return self._offerings(arguments)
        if function == "getVpcEndpointService":
            return self._endpoint_service(arguments)
        if token.startswith("aws:ec2/"):
            return adopted_vpc.answer(function, arguments, self.place.region)
        if function not in answers:
            raise RefusedError(f"The placeholders were not taught the function {token}.")
        return answers[function]({name: value for name, value in arguments.items() if value})

    def _zones(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        opted = {"name": "opt-in-status", "values": ["opt-in-not-required"]}
        local = [] if opted in arguments.get("filters", ()) else [self.place.local_zone]
        names = [*local, *self.place.zone_names]
        return {"names": names, "zoneIds": [self.place.zone_id(one) for one in names]}

    def _arn(self, token: str, name: str) -> str:
        service, kind = token.split(":")[1].split("/")
        place = self.place
        arn = f"arn:{place.partition}:{{}}:{{}}:{ACCOUNT}"
        return _ARNS.get(token, f"{{regional}}:{kind}/{{name}}").format(
            **{
                "global": arn.format(service, ""),
                "regional": arn.format(service, place.region),
                "partition": place.partition,
                "region": place.region,
                "account": ACCOUNT,
                "name": name,
            }
        )

    def _completed(self, token: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Return inputs to which AWS adds something that the program reads."""
        if token != "aws:apigatewayv2/domainName:DomainName":
            return {}
        place, suffix = self.place, DNS_SUFFIX[self.place.partition]
        added = {
            "targetDomainName": f"d-one.execute-api.{place.region}.{suffix}",
            "hostedZoneId": "ZAPIGATEWAY",
        }
        return {"domainNameConfiguration": {**inputs["domainNameConfiguration"], **added}}

    def _special(self, token: str, name: str) -> dict[str, Any]:
        """Return what the program reads into, or what must look as AWS has it."""
        place, suffix = self.place, DNS_SUFFIX[self.place.partition]
        secret = f"arn:{place.partition}:secretsmanager:{place.region}:{ACCOUNT}:secret:rds!{name}"
        api = f"arn:{place.partition}:execute-api:{place.region}:{ACCOUNT}:{name}"
        special: Mapping[str, Mapping[str, Any]] = {
            "aws:apigateway/restApi:RestApi": {"executionArn": api},
            "aws:apigateway/stage:Stage": {
                "invokeUrl": f"https://{name}.execute-api.{place.region}.{suffix}/api"
            },
            "aws:apigatewayv2/api:Api": {
                "executionArn": api,
                "apiEndpoint": f"https://{name}.execute-api.{place.region}.{suffix}",
            },
            "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 7},
            "aws:ecr/repository:Repository": {
                "repositoryUrl": f"{ACCOUNT}.dkr.ecr.{place.region}.{suffix}/{name}"
            },
            "aws:lb/loadBalancer:LoadBalancer": {"dnsName": f"{name}.elb.{place.region}.{suffix}"},
            "aws:rds/instance:Instance": {
                "address": f"{name}.rds.{place.region}.{suffix}",
                "masterUserSecrets": [{"secretArn": secret, "secretStatus": "active"}],
            },
        }
        return dict(special.get(token, {}))
