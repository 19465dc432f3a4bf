"""What moto's ECR lacks: download addresses of layers, pull-through cache rules and templates.

For moto 5.2.5 (pinned exactly).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.ecr.models import ECRBackend
from moto.ecr.responses import ECRResponse

_UPSTREAMS: Mapping[str, str] = {
    "public.ecr.aws": "ecr-public",
    "registry.k8s.io": "k8s",
    "quay.io": "quay",
    "registry-1.docker.io": "docker-hub",
    "ghcr.io": "github-container-registry",
    "registry.gitlab.com": "gitlab-container-registry",
}
"""Amazon ECR API Reference, CreatePullThroughCacheRule."""

_WITHOUT_CREDENTIALS = frozenset({"public.ecr.aws", "registry.k8s.io", "quay.io"})
"""Amazon ECR User Guide, "Sync an upstream registry with an Amazon ECR private registry"."""


class _Refusal(ServiceException):
    """An error of ECR, by its own name."""

    def __init__(self, code: str, message: str) -> None:
        """Refuse with a code and a message."""
        self.code = code
        super().__init__(message)


@cache
def apply() -> None:
    """Patch moto in this process; doing so again changes nothing."""
    for function in (
        get_download_url_for_layer,
        create_pull_through_cache_rule,
        describe_pull_through_cache_rules,
        update_pull_through_cache_rule,
        delete_pull_through_cache_rule,
        create_repository_creation_template,
        describe_repository_creation_templates,
        update_repository_creation_template,
        delete_repository_creation_template,
    ):
        setattr(ECRResponse, function.__name__, function)


def get_download_url_for_layer(response: Any) -> ActionResult:
    """Return an address that nothing listens at: nobody downloads layers in a rehearsal."""
    digest = response._get_param("layerDigest")
    repository = response._get_param("repositoryName")
    found = response.ecr_backend.describe_repositories(repository_names=[repository])
    if digest not in found[0].layers:
        raise _Refusal("LayersNotFoundException", f"The layer {digest} does not exist.")
    return ActionResult({"downloadUrl": f"https://127.0.0.1/{digest}", "layerDigest": digest})


def create_pull_through_cache_rule(response: Any) -> ActionResult:
    """Keep a rule, with what AWS refuses: one prefix twice, and a registry without its secret."""
    rules = _rules(response.ecr_backend)
    prefix = response._get_param("ecrRepositoryPrefix")
    if prefix in rules:
        raise _Refusal(
            "PullThroughCacheRuleAlreadyExistsException",
            f"A pull through cache rule with prefix {prefix} already exists.",
        )
    url = response._get_param("upstreamRegistryUrl")
    if url not in _UPSTREAMS:
        raise _Refusal("UnsupportedUpstreamRegistryException", f"{url} is not supported.")
    credential = response._get_param("credentialArn")
    if not credential and url not in _WITHOUT_CREDENTIALS:
        raise _Refusal("InvalidParameterException", f"{url} needs a credentialArn.")
    rule = {
        "ecrRepositoryPrefix": prefix,
        "upstreamRegistryUrl": url,
        "upstreamRegistry": _UPSTREAMS[url],
        "createdAt": datetime.now(UTC),
        "registryId": response.current_account,
        **({"credentialArn": credential} if credential else {}),
    }
    rules[prefix] = rule
    return ActionResult(rule)


def describe_pull_through_cache_rules(response: Any) -> ActionResult:
    """Return the rules of the prefixes that are asked for, or all of them."""
    rules = _rules(response.ecr_backend)
    wanted = response._get_param("ecrRepositoryPrefixes") or list(rules)
    return ActionResult({"pullThroughCacheRules": [_rule(rules, prefix) for prefix in wanted]})


def update_pull_through_cache_rule(response: Any) -> ActionResult:
    """Give a rule another secret."""
    rule = _rule(_rules(response.ecr_backend), response._get_param("ecrRepositoryPrefix"))
    rule["credentialArn"] = response._get_param("credentialArn")
    return ActionResult(rule)


def delete_pull_through_cache_rule(response: Any) -> ActionResult:
    """Forget a rule; what was cached by it stays, as on AWS."""
    rules = _rules(response.ecr_backend)
    return ActionResult(
        rules.pop(_rule(rules, response._get_param("ecrRepositoryPrefix"))["ecrRepositoryPrefix"])
    )


def _rule(rules: dict[str, dict[str, Any]], prefix: str) -> dict[str, Any]:
    if prefix not in rules:
        raise _Refusal(
            "PullThroughCacheRuleNotFoundException",
            f"There is no pull through cache rule with prefix {prefix}.",
        )
    return rules[prefix]


def _rules(backend: ECRBackend) -> dict[str, dict[str, Any]]:
    """Return the rules of an account and region, kept where moto empties its state."""
    found: dict[str, dict[str, Any]] = backend.__dict__.setdefault("pull_through_cache_rules", {})
    return found


_OF_TEMPLATES = ("description", "imageTagMutability", "lifecyclePolicy", "appliedFor")


def create_repository_creation_template(response: Any) -> ActionResult:
    """Keep a template; AWS has one for a prefix."""
    templates = _templates(response.ecr_backend)
    prefix = response._get_param("prefix")
    if prefix in templates:
        raise _Refusal(
            "TemplateAlreadyExistsException", f"A template with prefix {prefix} already exists."
        )
    templates[prefix] = {
        "prefix": prefix,
        "imageTagMutability": "MUTABLE",
        "createdAt": datetime.now(UTC),
        **_given_of_template(response),
    }
    return _template_answer(response, templates[prefix])


def describe_repository_creation_templates(response: Any) -> ActionResult:
    """Return the templates of the prefixes that are asked for, or all of them."""
    templates = _templates(response.ecr_backend)
    wanted = response._get_param("prefixes") or list(templates)
    return ActionResult(
        {
            "registryId": response.current_account,
            "repositoryCreationTemplates": [_template(templates, prefix) for prefix in wanted],
        }
    )


def update_repository_creation_template(response: Any) -> ActionResult:
    """Change what is given of a template."""
    template = _template(_templates(response.ecr_backend), response._get_param("prefix"))
    template.update(_given_of_template(response))
    return _template_answer(response, template)


def delete_repository_creation_template(response: Any) -> ActionResult:
    """Forget a template; what was made by it stays, as on AWS."""
    templates = _templates(response.ecr_backend)
    prefix = response._get_param("prefix")
    template = _template(templates, prefix)
    del templates[prefix]
    return _template_answer(response, template)


def _given_of_template(response: Any) -> dict[str, Any]:
    values = {name: response._get_param(name) for name in _OF_TEMPLATES}
    return {name: value for name, value in values.items() if value is not None}


def _template_answer(response: Any, template: dict[str, Any]) -> ActionResult:
    return ActionResult(
        {"registryId": response.current_account, "repositoryCreationTemplate": template}
    )


def _template(templates: dict[str, dict[str, Any]], prefix: str) -> dict[str, Any]:
    if prefix not in templates:
        raise _Refusal("TemplateNotFoundException", f"There is no template with prefix {prefix}.")
    return templates[prefix]


def _templates(backend: ECRBackend) -> dict[str, dict[str, Any]]:
    """Return the templates of an account and region, kept where moto empties its state."""
    found: dict[str, dict[str, Any]] = backend.__dict__.setdefault("creation_templates", {})
    return found
