from typing import Any

import pytest

from rules import notebooks
from tests.policies.harness import UNKNOWN, Verdict, judge

NOTEBOOK = "aws:sagemaker/notebookInstance:NotebookInstance"
BASELINE: dict[str, Any] = {
    "directInternetAccess": "Disabled",
    "rootAccess": "Disabled",
    "subnetId": "subnet-1",
    "instanceMetadataServiceConfiguration": {"minimumInstanceMetadataServiceVersion": "2"},
}
NO_INTERNET = notebooks.sagemaker_notebook_no_internet
NO_ROOT = notebooks.sagemaker_notebook_no_root
IN_VPC = notebooks.sagemaker_notebook_in_vpc
IMDSV2 = notebooks.sagemaker_notebook_imdsv2

INTERNET = "The SageMaker notebook must have no direct internet access; directInternetAccess is "
ROOT = "The SageMaker notebook must not make its users root; rootAccess is "
VPC = (
    "The SageMaker notebook must stand in a VPC of yours; subnetId is missing, and must name a "
    "subnet."
)
METADATA = "The SageMaker notebook must require IMDSv2; minimumInstanceMetadataServiceVersion is "
FAULTS = [
    (NO_INTERNET, "directInternetAccess", "Enabled", INTERNET + "Enabled, and must be Disabled."),
    (NO_INTERNET, "directInternetAccess", None, INTERNET + "missing, and must be Disabled."),
    (NO_ROOT, "rootAccess", "Enabled", ROOT + "Enabled, and must be Disabled."),
    (NO_ROOT, "rootAccess", None, ROOT + "missing, and must be Disabled."),
    (IN_VPC, "subnetId", None, VPC),
    (IN_VPC, "subnetId", "", VPC),
    (
        IMDSV2,
        "instanceMetadataServiceConfiguration",
        {"minimumInstanceMetadataServiceVersion": "1"},
        METADATA + "1, and must be 2.",
    ),
    (
        IMDSV2,
        "instanceMetadataServiceConfiguration",
        None,
        METADATA + "missing, and must be 2.",
    ),
]


@pytest.mark.parametrize("policy", notebooks.POLICIES, ids=lambda policy: policy.name)
def test_the_baseline_passes(policy: Any) -> None:
    assert judge(policy, NOTEBOOK, BASELINE) == Verdict()


@pytest.mark.parametrize(("policy", "key", "value", "message"), FAULTS, ids=range(len(FAULTS)))
def test_each_fault_is_found_by_its_rule_alone(
    policy: Any, key: str, value: Any, message: str
) -> None:
    props = {**BASELINE, key: value}
    assert judge(policy, NOTEBOOK, props).violations == [message]
    others = [one for one in notebooks.POLICIES if one is not policy]
    assert not any(judge(one, NOTEBOOK, props).violations for one in others)


@pytest.mark.parametrize(
    ("policy", "key"),
    [
        (NO_INTERNET, "directInternetAccess"),
        (NO_ROOT, "rootAccess"),
        (IN_VPC, "subnetId"),
        (IMDSV2, "instanceMetadataServiceConfiguration"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_unknown(policy: Any, key: str) -> None:
    assert judge(policy, NOTEBOOK, {**BASELINE, key: UNKNOWN}).unknown


@pytest.mark.parametrize("policy", notebooks.POLICIES, ids=lambda policy: policy.name)
def test_another_type(policy: Any) -> None:
    assert not judge(policy, "aws:sagemaker/model:Model", {}).applicable
