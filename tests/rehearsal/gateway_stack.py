"""A metadata gateway as the program deploys it, made by the provider's handlers one by one."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.provider import Cloud, Created, Provider

REST_API = "aws:apigateway/restApi:RestApi"
POLICY = "aws:apigateway/restApiPolicy:RestApiPolicy"
RESOURCE = "aws:apigateway/resource:Resource"
METHOD = "aws:apigateway/method:Method"
INTEGRATION = "aws:apigateway/integration:Integration"
DEPLOYMENT = "aws:apigateway/deployment:Deployment"
STAGE = "aws:apigateway/stage:Stage"
KEY = "aws:apigateway/apiKey:ApiKey"
PLAN = "aws:apigateway/usagePlan:UsagePlan"
PLAN_KEY = "aws:apigateway/usagePlanKey:UsagePlanKey"
LINK = "aws:apigateway/vpcLink:VpcLink"
ACCOUNT = "aws:apigateway/account:Account"


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:test::metaflow-aws::{token}::{name}"


def subnets(cloud: Cloud) -> tuple[str, list[str]]:
    """Return a new VPC and its two subnets."""
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{cloud.region}{zone}"
        )
        for number, zone in enumerate("ab")
    ]
    return vpc, [one["Subnet"]["SubnetId"] for one in made]


def network_load_balancer(cloud: Cloud, name: str = "metadata", kind: str = "network") -> str:
    """Return the ARN of a new load balancer."""
    _, places = subnets(cloud)
    answer = cloud.client("elbv2").create_load_balancer(
        Name=name, Type=kind, Scheme="internal", Subnets=places
    )
    return str(answer["LoadBalancers"][0]["LoadBalancerArn"])


def logging_role(cloud: Cloud, *, with_policy: bool = True, service: str = "apigateway") -> str:
    """Return the ARN of a new role that API Gateway may log with."""
    iam = cloud.client("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": f"{service}.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    answer = iam.create_role(RoleName="gateway-log", AssumeRolePolicyDocument=json.dumps(trust))
    if with_policy:
        document = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}],
        }
        iam.put_role_policy(
            RoleName="gateway-log", PolicyName="log", PolicyDocument=json.dumps(document)
        )
    return str(answer["Role"]["Arn"])


@dataclass
class Gateway:
    """One API: every step a method, so that a test can leave one out or do it otherwise."""

    provider: Provider
    name: str = "metadata"
    made: dict[str, Created] = field(default_factory=dict)
    _numbers: Any = field(default_factory=itertools.count)

    def create(self, token: str, name: str, **inputs: Any) -> Created:
        name = f"{self.name}-{name}"
        checked = self.provider.check(token, urn(token, name), inputs)
        return self.provider.create(token, urn(token, name), checked)

    def update(self, token: str, created: Created, **inputs: Any) -> Created:
        checked = self.provider.check(token, urn(token, "update"), inputs)
        outputs = self.provider.update(
            token, urn(token, "update"), created.id, created.outputs, checked
        )
        return Created(created.id, outputs)

    def delete(self, token: str, created: Created) -> None:
        self.provider.delete(token, urn(token, "delete"), created.id, created.outputs)

    @property
    def api_id(self) -> str:
        return self.made["api"].id

    def api(self, **inputs: Any) -> "Gateway":
        endpoint = {"types": "REGIONAL"}
        self.made["api"] = self.create(REST_API, "api", endpointConfiguration=endpoint, **inputs)
        return self

    def method(
        self,
        part: str = "{proxy+}",
        verb: str = "ANY",
        *,
        parameters: Mapping[str, bool] | None = None,
        **inputs: Any,
    ) -> "Gateway":
        """Add a resource below the root (the root itself for an empty part) and its method."""
        root = self.made["api"].outputs["rootResourceId"]
        if part and part not in self.made:
            self.made[part] = self.create(
                RESOURCE, f"resource{part}", restApi=self.api_id, parentId=root, pathPart=part
            )
        declared = {"method.request.path.proxy": True} if "proxy" in part else None
        self.made[f"{verb} {part}"] = self.create(
            METHOD,
            f"method-{verb}-{part}",
            restApi=self.api_id,
            resourceId=self.made[part].id if part else root,
            httpMethod=verb,
            **{
                "authorization": "NONE",
                "apiKeyRequired": True,
                "requestParameters": parameters or declared,
                **inputs,
            },
        )
        return self

    def integration(
        self, link_id: str, uri: str, part: str = "{proxy+}", verb: str = "ANY", **inputs: Any
    ) -> "Gateway":
        mapped = {"integration.request.path.proxy": "method.request.path.proxy"}
        self.made[f"integration {verb} {part}"] = self.create(
            INTEGRATION,
            f"integration-{verb}-{part}",
            restApi=self.api_id,
            resourceId=self.made[f"{verb} {part}"].outputs["resourceId"],
            httpMethod=verb,
            uri=uri,
            **{
                "type": "HTTP_PROXY",
                "integrationHttpMethod": verb,
                "connectionType": "VPC_LINK",
                "connectionId": link_id,
                "requestParameters": mapped if "{proxy}" in uri else None,
                **inputs,
            },
        )
        return self

    def deploy(self, stage: str = "api") -> "Gateway":
        """Make a deployment, and a stage of it, or move the stage there."""
        number = next(self._numbers)
        deployment = self.create(DEPLOYMENT, f"deployment-{number}", restApi=self.api_id)
        self.made["deployment"] = deployment
        place = {"restApi": self.api_id, "stageName": stage, "deployment": deployment.id}
        if f"stage {stage}" in self.made:
            before = self.made[f"stage {stage}"]
            self.made[f"stage {stage}"] = self.update(STAGE, before, **place)
        else:
            self.made[f"stage {stage}"] = self.create(STAGE, f"stage-{stage}", **place)
        return self

    def key(self, name: str = "key", stage: str = "api", **inputs: Any) -> str:
        """Return the value of a new key, in a usage plan of its own for the stage."""
        key = self.made[name] = self.create(KEY, name, **inputs)
        plan = self.made[f"{name} plan"] = self.create(
            PLAN, f"{name}-plan", apiStages=[{"apiId": self.api_id, "stage": stage}]
        )
        self.made[f"{name} in plan"] = self.create(
            PLAN_KEY, f"{name}-in-plan", keyId=key.id, keyType="API_KEY", usagePlanId=plan.id
        )
        return str(key.outputs["value"])
