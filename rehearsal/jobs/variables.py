"""The environment of a job's process: what the image, AWS and the submission give it."""

import os
import sys
from pathlib import Path
from typing import cast

from rehearsal.jobs import multi_node
from rehearsal.jobs.job import Job
from rehearsal.jobs.queues import Environment
from rehearsal.provider import Cloud

_NOT_BY_PROXY = "127.0.0.1,localhost,169.254.169.254,169.254.170.2"
"""What is no name of the VPC."""

_LOOPBACK = "127.0.0.1"
"""Where the nodes of a job reach each other: all of them are processes of this machine."""


def variables(
    job: Job, number: int, environment: Environment, programs: Path, folder: Path
) -> dict[str, str]:
    """Return the variables of an attempt, but for those that lead it to AWS.

    AWS Batch User Guide, "AWS Batch job environment variables": names that start with AWS_BATCH
    are Batch's own, so that a submission cannot set them.

    Args:
        job: the job.
        number: of the attempt, from 1.
        environment: the compute environment it runs on.
        programs: folder of the jobs' Python.
        folder: the attempt's own folder.
    """
    own = {
        "PATH": f"{programs}{os.pathsep}{_inherited_path()}",
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
    }
    batch = {
        "AWS_BATCH_JOB_ID": job.id,
        "AWS_BATCH_JOB_ATTEMPT": str(number),
        "AWS_BATCH_JQ_NAME": job.queue().name,
        "AWS_BATCH_CE_NAME": environment.name,
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE" if environment.fargate else "AWS_ECS_EC2",
    }
    if multi_node.is_node(job):
        batch |= _of_node(job)
    elif job.parent is not None:
        batch["AWS_BATCH_JOB_ARRAY_INDEX"] = str(job.index)
        batch["AWS_BATCH_JOB_ARRAY_SIZE"] = str(len(job.parent.children))
    return {**own, **job.specification.environment, **batch}


def _of_node(node: Job) -> dict[str, str]:
    """Return what a node is told of the others; the main one is not told its own address.

    AWS Batch User Guide, "AWS Batch job environment variables".
    """
    parent = cast(Job, node.parent)
    main = multi_node.main_node(parent)
    found = {
        "AWS_BATCH_JOB_NUM_NODES": str(len(parent.nodes)),
        "AWS_BATCH_JOB_NODE_INDEX": str(node.index),
        "AWS_BATCH_JOB_MAIN_NODE_INDEX": str(main.index),
    }
    if node is not main:
        found["AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS"] = _LOOPBACK
    return found


def network(cloud: Cloud, vpc_proxy: str) -> dict[str, str]:
    """Return what stands for the network: where AWS answers, and which region it is.

    Metaflow's bootstrap reads the S3 endpoint from a variable of its own only
    (metaflow/metaflow_environment.py). The region comes from 169.254.169.254 on EC2, where
    nothing can be emulated, as that address is not on loopback; Fargate sets these variables.

    Args:
        cloud: the emulated AWS.
        vpc_proxy: URL of the HTTP proxy that knows the private names of the VPC; empty without one.
    """
    names = {"http_proxy": vpc_proxy, "NO_PROXY": _NOT_BY_PROXY} if vpc_proxy else {}
    return {
        **names,
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "METAFLOW_S3_ENDPOINT_URL": cloud.endpoint,
        "AWS_REGION": cloud.region,
        "AWS_DEFAULT_REGION": cloud.region,
    }


def _inherited_path() -> str:
    """Return the PATH of this process without the programs of its own virtual environment."""
    inherited = os.environ.get("PATH", os.defpath)
    if sys.prefix == sys.base_prefix:
        return inherited
    own = Path(sys.executable).parent
    return os.pathsep.join(one for one in inherited.split(os.pathsep) if Path(one) != own)
