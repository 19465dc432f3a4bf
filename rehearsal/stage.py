"""What stands in AWS's place while something is rehearsed."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from rehearsal.authorization import current
from rehearsal.authorization.authorizer import AssumeError, Authorizer
from rehearsal.containers import MetadataContainers
from rehearsal.emulator import emulated_aws
from rehearsal.jobs import JobRunner, RoleError, job_runner
from rehearsal.loopback import LoopbackAddresses
from rehearsal.loopback.exchange import broken
from rehearsal.loopback.functions import LambdaFunctions
from rehearsal.metadata import MetadataService
from rehearsal.provider import Cloud
from rehearsal.sandbox import Sandbox


@dataclass(frozen=True)
class Stage:
    """What stands in AWS's place.

    Attributes:
        cloud: the emulated AWS, as its administrator sees it.
        addresses: the listeners behind what it hands out.
        authorizer: decides what everybody else may do.
    """

    cloud: Cloud
    addresses: LoopbackAddresses
    authorizer: Authorizer


@contextmanager
def stage(region: str, metadata_url: str | None) -> Iterator[Stage]:
    """Start the emulated AWS, the metadata service and the listeners; stop them at the end.

    Args:
        region: AWS region of the stack.
        metadata_url: a running metadata service to use; None starts the rehearsal's own.
    """
    with ExitStack() as started:
        emulated = started.enter_context(emulated_aws())
        url = metadata_url or started.enter_context(MetadataService()).url
        addresses = started.enter_context(LoopbackAddresses())
        cloud = Cloud(emulated.endpoint, region, addresses=addresses)
        authorizer = Authorizer(cloud)
        functions = _functions(cloud, authorizer)
        started.callback(functions.close)
        addresses.bind(cloud, MetadataContainers(cloud, url.rstrip("/")), functions)
        started.enter_context(emulated.gate.guarded(authorizer))
        started.enter_context(current.authorizer_is(authorizer))
        yield Stage(cloud, addresses, authorizer)


def _functions(cloud: Cloud, authorizer: Authorizer) -> LambdaFunctions:
    """Call Lambda functions, with their roles as far as Lambda may assume those."""

    def assume(role_arn: str, session_name: str, source_arn: str) -> Mapping[str, Any]:
        try:
            return authorizer.assume_as_service(role_arn, "lambda", session_name, source_arn)
        except AssumeError as error:
            raise broken(str(error)) from error

    def may_invoke(function_arn: str, source_arn: str) -> bool:
        return authorizer.service_may(
            "apigateway", "lambda:InvokeFunction", function_arn, source_arn
        )

    return LambdaFunctions(cloud, assume, may_invoke)


def jobs(sandbox: Sandbox, stands: Stage) -> AbstractContextManager[JobRunner]:
    """Run the jobs of Batch, with their roles as far as ECS may assume those.

    Args:
        sandbox: where their processes run.
        stands: the emulated AWS that takes them.
    """

    def assume(role_arn: str, session_name: str, source_arn: str) -> Mapping[str, Any]:
        try:
            return stands.authorizer.assume_as_service(
                role_arn, "ecs-tasks", session_name, source_arn
            )
        except AssumeError as error:
            raise RoleError(str(error)) from error

    return job_runner(
        sandbox,
        stands.cloud.endpoint,
        stands.cloud.region,
        assume=assume,
        vpc_proxy=stands.addresses.vpc_proxy,
    )
