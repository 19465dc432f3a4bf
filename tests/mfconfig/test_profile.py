"""What a profile holds, what is kept of an existing one, and how a difference is shown."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import API_KEY, Result


@pytest.fixture
def profile(home: Path) -> Path:
    """Name the profile of the stack `dev`."""
    return home / "config_dev.json"


def test_the_whole_profile(
    run: Callable[..., Result], outputs: dict[str, Any], profile: Path
) -> None:
    assert run(outputs, "--home", str(profile.parent)).code == 0
    expected = {
        "METAFLOW_AWS_SECRETS_MANAGER_DEFAULT_REGION": outputs["secretsRegion"],
        "METAFLOW_BATCH_DEFAULT_TAGS": outputs["jobTags"],
        "METAFLOW_BATCH_EMIT_TAGS": "True",
        "METAFLOW_BATCH_JOB_QUEUE": outputs["jobQueueArn"],
        "METAFLOW_DATASTORE_SYSROOT_S3": outputs["datastoreRoot"],
        "METAFLOW_DATATOOLS_S3ROOT": outputs["datatoolsRoot"],
        "METAFLOW_DEFAULT_DATASTORE": "s3",
        "METAFLOW_DEFAULT_METADATA": "service",
        "METAFLOW_DEFAULT_SECRETS_BACKEND_TYPE": outputs["secretsBackendType"],
        "METAFLOW_ECS_FARGATE_EXECUTION_ROLE": outputs["fargateExecutionRoleArn"],
        "METAFLOW_ECS_S3_ACCESS_IAM_ROLE": outputs["jobRoleArn"],
        "METAFLOW_EVENTS_SFN_ACCESS_IAM_ROLE": outputs["eventBridgeRoleArn"],
        "METAFLOW_SERVICE_AUTH_KEY": outputs["apiKey"],
        "METAFLOW_SERVICE_INTERNAL_URL": outputs["serviceInternalUrl"],
        "METAFLOW_SERVICE_URL": outputs["serviceUrl"],
        "METAFLOW_SFN_DYNAMO_DB_TABLE": outputs["stepFunctionsTableName"],
        "METAFLOW_SFN_EXECUTION_LOG_GROUP_ARN": outputs["executionLogGroupArn"],
        "METAFLOW_SFN_IAM_ROLE": outputs["stepFunctionsRoleArn"],
        "METAFLOW_SFN_STATE_MACHINE_PREFIX": outputs["stateMachinePrefix"],
        "METAFLOW_UI_URL": outputs["uiUrl"],
    }
    assert profile.read_text() == json.dumps(expected, indent=2) + "\n"


def test_absent_options_leave_no_setting(
    run: Callable[..., Result], outputs: dict[str, Any], profile: Path
) -> None:
    del outputs["uiUrl"], outputs["apiKey"], outputs["apiKeyId"]
    outputs["fargateExecutionRoleArn"] = None
    assert run(outputs, "--home", str(profile.parent)).code == 0
    assert (
        json.loads(profile.read_text())
        .keys()
        .isdisjoint(
            {
                "METAFLOW_UI_URL",
                "METAFLOW_SERVICE_AUTH_KEY",
                "METAFLOW_ECS_FARGATE_EXECUTION_ROLE",
            }
        )
    )


def test_the_users_own_keys_are_kept(
    run: Callable[..., Result], outputs: dict[str, Any], profile: Path
) -> None:
    own = {"METAFLOW_DEFAULT_ENVIRONMENT": "pypi", "other": [1, {"a": None}], "ü": "\ud800"}
    profile.write_text(json.dumps({**own, "METAFLOW_SERVICE_URL": "https://old.example.org/"}))
    assert run(outputs, "--home", str(profile.parent)).code == 0
    written = json.loads(profile.read_text())
    assert {name: written[name] for name in own} == own
    assert written["METAFLOW_SERVICE_URL"] == outputs["serviceUrl"]


def test_what_the_stack_no_longer_has_is_removed(
    run: Callable[..., Result], outputs: dict[str, Any], profile: Path
) -> None:
    assert run(outputs, "--home", str(profile.parent)).code == 0
    for name in ("uiUrl", "apiKey", "apiKeyId", "secretsBackendType", "secretsRegion"):
        del outputs[name]
    assert run(outputs, "--home", str(profile.parent)).code == 0
    written = json.loads(profile.read_text())
    assert "METAFLOW_UI_URL" not in written
    assert "METAFLOW_SERVICE_AUTH_KEY" not in written
    assert not [name for name in written if "SECRETS" in name]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
@pytest.mark.parametrize("option", [[], ["--check"]])
def test_a_file_that_is_no_profile_is_left_as_it_is(
    run: Callable[..., Result],
    outputs: dict[str, Any],
    profile: Path,
    content: bytes,
    option: list[str],
) -> None:
    profile.write_bytes(content)
    result = run(outputs, "--home", str(profile.parent), *option)
    assert result.code == 2
    assert result.stderr == (
        f"mfconfig: {profile} is not a JSON object and is left as it is; repair or remove it\n"
    )
    assert profile.read_bytes() == content


def test_check_of_an_equal_profile(
    run: Callable[..., Result], outputs: dict[str, Any], profile: Path
) -> None:
    run(outputs, "--home", str(profile.parent))
    profile.write_text(json.dumps({**json.loads(profile.read_text()), "METAFLOW_OWN": "x"}))
    assert run(outputs, "--home", str(profile.parent), "--check") == (0, "", "")


def test_check_shows_what_differs_and_writes_nothing(
    run: Callable[..., Result], outputs: dict[str, Any], profile: Path
) -> None:
    run(outputs, "--home", str(profile.parent))
    before = profile.read_bytes()
    changed = {**outputs, "jobQueueArn": outputs["jobQueueArn"] + "-new", "uiUrl": None}
    result = run(changed, "--home", str(profile.parent), "--check")
    assert result.code == 1
    assert result.stderr == ""
    changes = [line for line in result.stdout.splitlines() if line[0] in "+-"]
    assert changes[0] == f"--- {profile}"
    assert f'-  "METAFLOW_BATCH_JOB_QUEUE": "{outputs["jobQueueArn"]}",' in changes
    assert f'+  "METAFLOW_BATCH_JOB_QUEUE": "{outputs["jobQueueArn"]}-new",' in changes
    assert f'-  "METAFLOW_UI_URL": "{outputs["uiUrl"]}"' in changes
    assert not any("METAFLOW_SERVICE_AUTH_KEY" in line for line in changes)
    assert API_KEY not in result.stdout
    assert profile.read_bytes() == before


@pytest.mark.parametrize("old_key", ["0ldKeyThatNobodyMayEverSee", {"nested": "0ldKey"}])
def test_check_tells_that_a_key_differs_without_showing_it(
    run: Callable[..., Result], outputs: dict[str, Any], profile: Path, old_key: Any
) -> None:
    run(outputs, "--home", str(profile.parent))
    settings = json.loads(profile.read_text())
    profile.write_text(json.dumps({**settings, "METAFLOW_SERVICE_AUTH_KEY": old_key}))
    result = run(outputs, "--home", str(profile.parent), "--check")
    assert result.code == 1
    assert '-  "METAFLOW_SERVICE_AUTH_KEY": "********",' in result.stdout
    assert '+  "METAFLOW_SERVICE_AUTH_KEY": "******** (differs)",' in result.stdout
    assert API_KEY not in result.stdout
    assert "0ldKey" not in result.stdout


def test_check_does_not_show_a_key_that_the_stack_no_longer_has(
    run: Callable[..., Result], outputs: dict[str, Any], profile: Path
) -> None:
    run(outputs, "--home", str(profile.parent))
    del outputs["apiKey"], outputs["apiKeyId"]
    result = run(outputs, "--home", str(profile.parent), "--check")
    assert result.code == 1
    assert '-  "METAFLOW_SERVICE_AUTH_KEY": "********",' in result.stdout
    assert '+  "METAFLOW_SERVICE_AUTH_KEY"' not in result.stdout
    assert API_KEY not in result.stdout


def test_check_does_not_show_the_users_own_keys(
    run: Callable[..., Result], outputs: dict[str, Any], profile: Path
) -> None:
    profile.write_text('{"METAFLOW_SERVICE_HEADERS": "0wnSecret"}')
    result = run(outputs, "--home", str(profile.parent), "--check")
    assert result.code == 1
    assert "0wnSecret" not in result.stdout + result.stderr


def test_check_of_a_missing_profile(
    run: Callable[..., Result], outputs: dict[str, Any], profile: Path
) -> None:
    result = run(outputs, "--home", str(profile.parent), "--check")
    assert result.code == 1
    assert result.stderr == (
        f"mfconfig: {profile} does not exist; run mfconfig without --check to write it\n"
    )
    assert list(profile.parent.iterdir()) == []
