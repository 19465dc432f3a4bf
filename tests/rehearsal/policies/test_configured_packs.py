"""A configuration file reaches the rules of a pack that runs."""

import json
from pathlib import Path

import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest

from rehearsal.goals import Goal
from rehearsal.policies import ConfigurationError, LocalPack, Operation
from tests.deployed import ROOT
from tests.rehearsal.policies import small_packs
from tests.rehearsal.policies.small_packs import PREVIEW, PROJECT, write_pack

THRESHOLD = """
def at_least(args, report):
    report(json.dumps(args.get_config()))

schema = PolicyConfigSchema({
    "days": {"type": "number", "default": 7, "minimum": 1},
    "names": {"type": "array", "items": {"type": "string"}},
})
policies = [
    StackValidationPolicy("days", "Days.", at_least, EnforcementLevel.MANDATORY, schema),
    StackValidationPolicy("other", "Other.", at_least),
]
"""


@pytest.mark.parametrize(
    ("config", "found"),
    [
        (None, [("days", "mandatory", '{"days": 7.0}'), ("other", "advisory", "{}")]),
        ("", [("days", "mandatory", '{"days": 7.0}'), ("other", "advisory", "{}")]),
        (
            '{"all": "advisory", "days": {"days": 30, "names": ["a"]}, "other": "disabled"}',
            [("days", "advisory", '{"days": 30.0, "names": ["a"]}')],
        ),
    ],
    ids=["no-file", "empty-file", "file"],
)
def test_levels_and_values_are_those_of_the_file(
    tmp_path: Path, config: str | None, found: list[tuple[str, str, str]]
) -> None:
    local = write_pack(tmp_path / "pack", THRESHOLD, config=config)
    with small_packs.check(tmp_path, local) as check:
        check.stack({})
        levels = {one.name: one.level for one in check.judged}
    assert [(one.policy, one.level, one.message) for one in check.violations] == found
    assert levels == {"other": "disabled", **{policy: level for policy, level, _ in found}}


def test_a_file_that_does_not_fit_ends_the_packs(tmp_path: Path) -> None:
    config = '{"days": {"days": 0}, "dys": "advisory"}'
    local = write_pack(tmp_path / "pack", THRESHOLD, config=config)
    with pytest.raises(ConfigurationError) as caught, small_packs.check(tmp_path, local):
        pytest.fail("it was taken")
    assert str(caught.value).splitlines() == [
        f"{local.config}: the pack small has no policy dys; did you mean days?",
        f"{local.config}: days: days: 0 is less than the minimum of 1.0",
    ]


def test_a_pack_brings_its_own_configuration(tmp_path: Path) -> None:
    """`PolicyPack(initial_config=...)`; a level that it leaves out is advisory on the wire."""
    body = f"{THRESHOLD}\nPolicyPack('own', policies, initial_config={{'days': {{'days': 9}}}})\n"
    with small_packs.check(tmp_path, write_pack(tmp_path / "pack", body)) as check:
        check.stack({})
    assert ("days", "advisory", '{"days": 9.0}') in [
        (one.policy, one.level, one.message) for one in check.violations
    ]


@pytest.mark.parametrize(("operation", "told"), [(PREVIEW, 0), (PROJECT, 1)], ids=["dry", "real"])
def test_a_pack_knows_that_a_preview_leaves_exemptions_unjudged(
    tmp_path: Path, operation: Operation, told: int
) -> None:
    exemption = {"resource": "database", "reason": "It is mended in spring.", "until": "9999-12-31"}
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"rds-multi-az": {"exemptions": [exemption]}}))
    local = LocalPack(ROOT / "policies" / "private-data", config)
    with small_packs.check(tmp_path, local, operation) as check:
        # The rule learns of its exemption with the first resource, even one that it does not judge.
        request = RegisterResourceRequest(type="tiny:index:Empty", name="empty")
        check.resource(Goal("urn:pulumi:dev::tiny::tiny:index:Empty::empty", request, Struct()))
        check.stack({})
    needless = [one for one in check.violations if "has nothing to spare" in one.message]
    assert len(needless) == told
