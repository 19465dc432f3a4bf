from typing import Any

import pytest

from rules.keys import kms_rotation
from tests.policies.harness import UNKNOWN, Verdict, judge

KEY = "aws:kms/key:Key"
SYMMETRIC = {"keyUsage": "ENCRYPT_DECRYPT", "customerMasterKeySpec": "SYMMETRIC_DEFAULT"}


@pytest.mark.parametrize(
    "props",
    [
        {"enableKeyRotation": True},
        {"enableKeyRotation": "true"},
        {"enableKeyRotation": True, **SYMMETRIC},
    ],
    ids=["baseline", "text", "symmetric"],
)
def test_a_rotated_key(props: dict[str, Any]) -> None:
    assert judge(kms_rotation, KEY, props) == Verdict()


@pytest.mark.parametrize(
    ("props", "found"),
    [
        ({}, "missing"),
        (SYMMETRIC, "missing"),
        ({"enableKeyRotation": False}, "false"),
        ({"enableKeyRotation": "false"}, "false"),
    ],
    ids=["missing", "symmetric", "false", "text"],
)
def test_a_key_that_is_not_rotated(props: dict[str, Any], found: str) -> None:
    assert judge(kms_rotation, KEY, props).violations == [
        f"The KMS key must be rotated; enableKeyRotation is {found}, and must be true."
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"keyUsage": "SIGN_VERIFY"},
        {"keyUsage": "GENERATE_VERIFY_MAC"},
        {"customerMasterKeySpec": "RSA_2048"},
        {"customKeyStoreId": "cks-1"},
        {"xksKeyId": "external"},
    ],
    ids=lambda other: next(iter(other.values())),
)
def test_keys_that_kms_cannot_rotate(other: dict[str, str]) -> None:
    assert judge(kms_rotation, KEY, other) == Verdict()


def test_unknown_rotation() -> None:
    assert judge(kms_rotation, KEY, {"enableKeyRotation": UNKNOWN}).unknown


def test_another_type() -> None:
    assert not judge(kms_rotation, "aws:kms/alias:Alias", {}).applicable
