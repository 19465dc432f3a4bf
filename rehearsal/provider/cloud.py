"""The way to the emulated AWS: strict boto3 clients, and the addresses that it hands out."""

import hashlib
import os
import secrets
import threading
from collections.abc import Mapping
from string import ascii_uppercase
from typing import Any, Protocol

import botocore.session
from botocore.config import Config
from botocore.loaders import create_loader

from rehearsal.provider import refusals, retries, service_model
from rehearsal.provider.resource_type import RefusedError

DNS_SUFFIX = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}
"""Domain of the service endpoints by partition, as botocore's endpoints.json has it."""

ADMINISTRATOR_VARIABLE = "REHEARSAL_ADMINISTRATOR"
"""Tells a process whose emulated AWS is in another one the administrator's access key there."""

ADMINISTRATOR = os.environ.get(ADMINISTRATOR_VARIABLE) or "AKIA" + "".join(
    secrets.choice(ascii_uppercase + "234567") for _ in range(16)
)
"""Access key of whoever deploys; nothing is asked of IAM for it.

Each process with an emulated AWS makes its own up, so that no job can take the administrator's
part.
"""

_ADMINISTRATOR = {"aws_access_key_id": ADMINISTRATOR, "aws_secret_access_key": ADMINISTRATOR}


_MODELS = create_loader()
"""Botocore's service models, each read once for a process: EC2's alone takes a quarter of a second.
"""


def partition_of(region: str) -> str:
    """Return the partition (`aws`, `aws-cn`, `aws-us-gov`) that a region belongs to."""
    prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
    return next((name for start, name in prefixes.items() if region.startswith(start)), "aws")


class Addresses(Protocol):
    """Where the addresses lead that AWS hands out."""

    def load_balancer(self, name: str, arn: str) -> str:
        """Return the DNS name of a load balancer."""

    def stage(self, api_id: str, stage_name: str) -> str:
        """Return the invoke URL of a REST API's stage."""

    def http_api(self, api_id: str) -> str:
        """Return the endpoint of an HTTP API."""

    def domain_name(self, name: str) -> str:
        """Return the name of API Gateway's own to which a custom domain name must lead."""


class AwsAddresses:
    """Addresses as AWS forms them; they lead nowhere."""

    def __init__(self, region: str) -> None:
        """Form addresses of one region."""
        self._region = region
        self._suffix = DNS_SUFFIX[partition_of(region)]

    def load_balancer(self, name: str, arn: str) -> str:
        """Return `<name>-<id>.elb.<region>.<suffix>`, as AWS names network load balancers."""
        return f"{name}-{arn.rsplit('/', 1)[-1]}.elb.{self._region}.{self._suffix}"

    def stage(self, api_id: str, stage_name: str) -> str:
        """Return the invoke URL that API Gateway gives a stage."""
        return f"{self.http_api(api_id)}/{stage_name}"

    def http_api(self, api_id: str) -> str:
        """Return the endpoint that API Gateway gives an HTTP API."""
        return f"https://{api_id}.execute-api.{self._region}.{self._suffix}"

    def domain_name(self, name: str) -> str:
        """Return the regional name that API Gateway gives a custom domain name."""
        identity = hashlib.sha256(name.encode()).hexdigest()[:10]
        return f"d-{identity}.execute-api.{self._region}.{self._suffix}"


class Cloud:
    """The emulated AWS as the provider's functions see it. Thread safe.

    Every call of its clients is checked against botocore's service model and against the table of
    what AWS refuses, before it is sent; it is made again where the real provider does so. Nothing
    of the machine's AWS configuration is read.
    """

    def __init__(
        self,
        endpoint: str,
        region: str,
        *,
        account_id: str = "123456789012",
        addresses: Addresses | None = None,
        credentials: Mapping[str, str] | None = None,
    ) -> None:
        """Point at an emulated AWS.

        Args:
            endpoint: URL of the emulator, on loopback.
            region: AWS region that the clients call.
            account_id: the emulator's account, 12 digits.
            addresses: where handed out addresses lead; AWS's own forms by default.
            credentials: `aws_access_key_id`, `aws_secret_access_key` and, where there is one,
                `aws_session_token`; the emulator's administrator by default.
        """
        self.endpoint = endpoint
        self.region = region
        self.partition = partition_of(region)
        self.account_id = account_id
        self.addresses = addresses or AwsAddresses(region)
        self._credentials = credentials or _ADMINISTRATOR
        # What AWS refuses depends on what is deployed, whatever the caller may see of it.
        self._seen = Cloud(endpoint, region, account_id=account_id) if credentials else self
        self._session = botocore.session.Session()
        self._session.register_component("data_loader", _MODELS)
        for variable in ("config_file", "credentials_file"):
            self._session.set_config_variable(variable, os.devnull)
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def acting_as(self, session: Mapping[str, Any]) -> "Cloud":
        """Return the same place as a role's session sees it.

        Args:
            session: the `Credentials` of STS's answer to AssumeRole.
        """
        names = {
            "aws_access_key_id": "AccessKeyId",
            "aws_secret_access_key": "SecretAccessKey",
            "aws_session_token": "SessionToken",
        }
        credentials = {name: str(session[key]) for name, key in names.items()}
        return Cloud(
            self.endpoint, self.region, account_id=self.account_id, credentials=credentials
        )

    def client(self, service: str) -> Any:
        """Return the strict client of a service (boto3's name), one for all threads."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._new_client(service)
            return self._clients[service]

    def arn(self, service: str, resource: str, *, global_: bool = False) -> str:
        """Return the ARN of a resource of this account; without a region where it is global."""
        region = "" if global_ else self.region
        return f"arn:{self.partition}:{service}:{region}:{self.account_id}:{resource}"

    def _new_client(self, service: str) -> Any:
        client = self._session.create_client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint,
            config=Config(s3={"addressing_style": "path"}, proxies={}),
            **dict[str, Any](self._credentials),
        )
        client.meta.events.register("before-parameter-build.*.*", self._judge)
        retries.register(client)
        return client

    def _judge(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        found = service_model.violations(model, params)
        found += refusals.of(self._seen, model.service_model.service_name, model.name, params)
        if found:
            raise RefusedError(f"AWS refuses {model.name}: {'; '.join(found)}.")
