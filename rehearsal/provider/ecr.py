"""ECR repositories, their lifecycle policies, pull-through cache rules and their templates."""

import json
import re
from typing import Any

from rehearsal.provider.changes import as_given, same_json, tag_changes, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.plan_checks import arn, one_of, problems
from rehearsal.provider.resource_type import AutoName, Input, RefusedError, ResourceType, Values
from rehearsal.provider.shapes import found, reported, tag_list, tag_map
from rehearsal.provider.unfinished import made

_MUTABILITY = ("MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION")
_ENCRYPTION = ("AES256", "KMS", "KMS_DSSE")
_NAME = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"
"""Amazon ECR API Reference, CreateRepository."""

_LENGTHS = range(2, 257)


def _check(inputs: Values) -> list[str]:
    found_problems = problems(inputs, {"imageTagMutability": one_of(_MUTABILITY)})
    for one in inputs.get("encryptionConfigurations") or ():
        found_problems += problems(one, {"encryptionType": one_of(_ENCRYPTION)})
    return found_problems


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    name = inputs["name"]
    if len(name) not in _LENGTHS or not re.fullmatch(_NAME, name):
        raise RefusedError(f"{name!r} is no name of an ECR repository")
    encryption = inputs.get("encryptionConfigurations")
    _refuse_key(cloud, encryption)
    scanning = inputs.get("imageScanningConfiguration")
    cloud.client("ecr").create_repository(
        repositoryName=name,
        imageTagMutability=inputs["imageTagMutability"],
        **({"imageScanningConfiguration": scanning} if scanning else {}),
        **({"encryptionConfiguration": encryption[0]} if encryption else {}),
        **({"tags": tag_list(inputs["tags"])} if inputs.get("tags") else {}),
    )
    made(name)
    return name, _read(cloud, name, inputs) or {}


def _refuse_key(cloud: Cloud, encryption: Any) -> None:
    """Refuse a key that does not exist: ECR makes grants for it at once.

    Amazon ECR User Guide, "Encryption at rest": the key must exist, in the same region.
    """
    key = encryption[0].get("kmsKey") if encryption else None
    if key and found(cloud.client("kms").describe_key, "NotFoundException", KeyId=key) is None:
        raise RefusedError(f"the KMS key {key} of the ECR repository does not exist")


def _described(cloud: Cloud, name: str) -> dict[str, Any] | None:
    call = cloud.client("ecr").describe_repositories
    answer = found(call, "RepositoryNotFoundException", repositoryNames=[name])
    return answer["repositories"][0] if answer else None


def _read(cloud: Cloud, name: str, state: Values) -> Values | None:
    repository = _described(cloud, name)
    if repository is None:
        return None
    repository_arn = repository["repositoryArn"]
    tags = cloud.client("ecr").list_tags_for_resource(resourceArn=repository_arn)["tags"]
    return {
        "arn": repository_arn,
        "name": repository["repositoryName"],
        "registryId": repository["registryId"],
        "repositoryUrl": repository["repositoryUri"],
        "imageTagMutability": repository["imageTagMutability"],
        "imageScanningConfiguration": as_given(
            state.get("imageScanningConfiguration"), repository["imageScanningConfiguration"]
        ),
        "encryptionConfigurations": as_given(
            state.get("encryptionConfigurations"), [repository["encryptionConfiguration"]]
        ),
        **with_tags(state, tag_map(tags)),
    }


def _update(cloud: Cloud, name: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("ecr")
    if state["imageTagMutability"] != inputs["imageTagMutability"]:
        client.put_image_tag_mutability(
            repositoryName=name, imageTagMutability=inputs["imageTagMutability"]
        )
    scanning = inputs.get("imageScanningConfiguration")
    if state.get("imageScanningConfiguration") != scanning:
        client.put_image_scanning_configuration(
            repositoryName=name, imageScanningConfiguration=scanning or {"scanOnPush": False}
        )
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        client.untag_resource(resourceArn=state["arn"], tagKeys=removed)
    if changed:
        client.tag_resource(resourceArn=state["arn"], tags=tag_list(changed))
    return _read(cloud, name, inputs) or {}


def _delete(cloud: Cloud, name: str, state: Values) -> None:
    """Delete a repository; ECR refuses one with images unless it is told otherwise."""
    cloud.client("ecr").delete_repository(repositoryName=name, force=bool(state.get("forceDelete")))


def _put_policy(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    name = inputs["repository"]
    cloud.client("ecr").put_lifecycle_policy(
        repositoryName=name, lifecyclePolicyText=inputs["policy"]
    )
    return made(name), _read_policy(cloud, name, inputs) or {}


def _read_policy(cloud: Cloud, name: str, state: Values) -> Values | None:
    repository = _described(cloud, name)
    call = cloud.client("ecr").get_lifecycle_policy
    answer = repository and found(call, "LifecyclePolicyNotFoundException", repositoryName=name)
    if not repository or not answer:
        return None
    current = json.loads(answer["lifecyclePolicyText"])
    return {
        "repository": name,
        "registryId": repository["registryId"],
        "policy": same_json(state.get("policy"), current),
    }


def _delete_policy(cloud: Cloud, name: str, _: Values) -> None:
    cloud.client("ecr").delete_lifecycle_policy(repositoryName=name)


_CACHE_PREFIX = r"((?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*/?|ROOT)"
_CACHE_LENGTHS = range(2, 31)


def _check_rule(inputs: Values) -> list[str]:
    """Refuse what the provider's `pull_through_cache_rule.go` does."""
    prefix = inputs["ecrRepositoryPrefix"]
    if len(prefix) in _CACHE_LENGTHS and re.fullmatch(_CACHE_PREFIX, prefix):
        return problems(inputs, {"credentialArn": arn})
    return [f"ecrRepositoryPrefix is {prefix!r}; the provider takes 2 to 30 characters of a path"]


def _create_rule(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    prefix = inputs["ecrRepositoryPrefix"]
    names = ("ecrRepositoryPrefix", "upstreamRegistryUrl", "credentialArn")
    cloud.client("ecr").create_pull_through_cache_rule(
        **{name: inputs[name] for name in names if inputs.get(name)}
    )
    return made(prefix), _read_rule(cloud, prefix, inputs) or {}


def _read_rule(cloud: Cloud, prefix: str, state: Values) -> Values | None:
    call = cloud.client("ecr").describe_pull_through_cache_rules
    missing = "PullThroughCacheRuleNotFoundException"
    answer = found(call, missing, ecrRepositoryPrefixes=[prefix])
    if answer is None:
        return None
    [rule] = answer["pullThroughCacheRules"]
    return {
        "ecrRepositoryPrefix": prefix,
        "registryId": rule["registryId"],
        "upstreamRegistryUrl": rule["upstreamRegistryUrl"],
        **reported(state, {"credentialArn": rule.get("credentialArn")}),
    }


def _update_rule(cloud: Cloud, prefix: str, _: Values, inputs: Values) -> Values:
    """Change the secret; the provider leaves out one that is gone, so that it stays."""
    if inputs.get("credentialArn"):
        cloud.client("ecr").update_pull_through_cache_rule(
            ecrRepositoryPrefix=prefix, credentialArn=inputs["credentialArn"]
        )
    return _read_rule(cloud, prefix, inputs) or {}


def _delete_rule(cloud: Cloud, prefix: str, _: Values) -> None:
    cloud.client("ecr").delete_pull_through_cache_rule(ecrRepositoryPrefix=prefix)


_APPLIED = ("PULL_THROUGH_CACHE", "REPLICATION", "CREATE_ON_PUSH")
_LONGEST_DESCRIPTION = 255
_OF_TEMPLATES = {
    "appliedFors": "appliedFor",
    "description": "description",
    "imageTagMutability": "imageTagMutability",
    "lifecyclePolicy": "lifecyclePolicy",
    "prefix": "prefix",
}
"""Inputs of a template, with the parameters that they become."""


def _check_template(inputs: Values) -> list[str]:
    """Refuse what the provider's `repository_creation_template.go` does."""
    prefix, description = inputs["prefix"], inputs.get("description") or ""
    found_problems = problems(inputs, {"imageTagMutability": one_of(_MUTABILITY)})
    if len(prefix) not in _LENGTHS or not re.fullmatch(_CACHE_PREFIX, prefix):
        found_problems.append(f"prefix is {prefix!r}; the provider takes 2 to 256 characters")
    if not inputs["appliedFors"] or not set(inputs["appliedFors"]) <= set(_APPLIED):
        found_problems.append(f"appliedFors is {inputs['appliedFors']}; it takes {_APPLIED}")
    if len(description) > _LONGEST_DESCRIPTION:
        found_problems.append(f"description has {len(description)} characters; it takes 255")
    return found_problems


def _template_parameters(inputs: Values) -> Values:
    return {
        parameter: inputs[name]
        for name, parameter in _OF_TEMPLATES.items()
        if inputs.get(name) is not None
    }


def _create_template(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    cloud.client("ecr").create_repository_creation_template(**_template_parameters(inputs))
    prefix = made(inputs["prefix"])
    return prefix, _read_template(cloud, prefix, inputs) or {}


def _read_template(cloud: Cloud, prefix: str, state: Values) -> Values | None:
    call = cloud.client("ecr").describe_repository_creation_templates
    answer = found(call, "TemplateNotFoundException", prefixes=[prefix])
    if answer is None:
        return None
    [template] = answer["repositoryCreationTemplates"]
    policy = template.get("lifecyclePolicy")
    return {
        "prefix": prefix,
        "registryId": answer["registryId"],
        "appliedFors": as_given(state.get("appliedFors"), template["appliedFor"]),
        "imageTagMutability": template["imageTagMutability"],
        **reported(
            state,
            {
                "description": template.get("description") or None,
                "lifecyclePolicy": same_json(state.get("lifecyclePolicy"), json.loads(policy))
                if policy
                else None,
            },
        ),
    }


def _update_template(cloud: Cloud, prefix: str, state: Values, inputs: Values) -> Values:
    """Change what differs; a description or policy that is gone is sent empty."""
    parameters = _template_parameters({"description": "", "lifecyclePolicy": "", **inputs})
    before = _template_parameters({"description": "", "lifecyclePolicy": "", **state})
    changed = {name: one for name, one in parameters.items() if before.get(name) != one}
    cloud.client("ecr").update_repository_creation_template(**changed, prefix=prefix)
    return _read_template(cloud, prefix, inputs) or {}


def _delete_template(cloud: Cloud, prefix: str, _: Values) -> None:
    cloud.client("ecr").delete_repository_creation_template(prefix=prefix)


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        token="aws:ecr/repository:Repository",
        inputs={
            "name": Input(),
            "imageTagMutability": Input(default="MUTABLE"),
            "imageScanningConfiguration": Input(),
            "encryptionConfigurations": Input(),
            "forceDelete": Input(),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=256, lower=True),
        check=_check,
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
    ),
    ResourceType(
        token="aws:ecr/lifecyclePolicy:LifecyclePolicy",
        inputs={"repository": Input(required=True), "policy": Input(required=True)},
        create=_put_policy,
        read=_read_policy,
        delete=_delete_policy,
    ),
    ResourceType(
        token="aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
        inputs={
            "ecrRepositoryPrefix": Input(required=True),
            "upstreamRegistryUrl": Input(required=True),
            "credentialArn": Input(),
        },
        check=_check_rule,
        create=_create_rule,
        read=_read_rule,
        update=_update_rule,
        delete=_delete_rule,
    ),
    ResourceType(
        token="aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
        inputs={
            "prefix": Input(required=True),
            "appliedFors": Input(required=True),
            "description": Input(),
            "imageTagMutability": Input(default="MUTABLE"),
            "lifecyclePolicy": Input(),
        },
        check=_check_template,
        create=_create_template,
        read=_read_template,
        update=_update_template,
        delete=_delete_template,
    ),
)
"""The rows of this module."""
