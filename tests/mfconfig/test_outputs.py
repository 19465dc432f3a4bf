"""Bad input is refused with one clear line, and leaves an existing profile as it is."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session
from hypothesis import given, settings
from hypothesis import strategies as st

from mfconfig.contract import STACK_OUTPUTS

from .conftest import API_KEY, GOOD_OUTPUTS, Result

EXISTING = b'{"METAFLOW_USER_OWN": "kept", "METAFLOW_SERVICE_AUTH_KEY": "old"}'
REMOVED = object()

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Name the profile of the stack `dev`."""
    return tmp_path_factory.mktemp("home") / "config_dev.json"


@pytest.fixture(scope="module", autouse=True)
def _no_boto3() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "boto3", None)
        yield


def refusal(run: Callable[..., Result], profile: Path, document: Any, *options: str) -> str:
    """Return the one line with which a document is refused, having checked all else."""
    profile.write_bytes(EXISTING)
    result = run(document, "--home", str(profile.parent), *options)
    assert result.code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("mfconfig: ")
    assert result.stderr.count("\n") == 1
    assert API_KEY not in result.stderr
    assert profile.read_bytes() == EXISTING
    assert {file.name for file in profile.parent.iterdir()} == {profile.name}
    return result.stderr


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (b"", "the input is empty"),
        (b" \n\t", "the input is empty"),
        (b"error: no stack selected", "not JSON (Expecting value, line 1, column 1)"),
        (b'{"stackName": "dev"', "not JSON"),
        (b"\xff\xfe\xfd", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"1" * 5_000, "not JSON"),
        (b"[]", "a list, not an object"),
        (b"null", "null, not an object"),
        (b"7.5", "a number, not an object"),
        (b"true", "a boolean, not an object"),
        (b'"dev"', "a string, not an object"),
        (b'{"engine": "mocks", "outputs": {}}', "summary of a rehearsal; give what stands under"),
    ],
)
def test_no_object_of_outputs(
    run: Callable[..., Result], profile: Path, document: bytes, message: str
) -> None:
    assert message in refusal(run, profile, document)


def test_all_missing_outputs_are_named_in_one_line(
    run: Callable[..., Result], profile: Path
) -> None:
    required = [output.name for output in STACK_OUTPUTS if output.required]
    assert f"lacks the outputs {', '.join(required)};" in refusal(run, profile, {})


@pytest.mark.parametrize("name", [output.name for output in STACK_OUTPUTS if output.required])
@pytest.mark.parametrize("null", [False, True])
def test_a_missing_output_is_named(
    run: Callable[..., Result], profile: Path, outputs: dict[str, Any], name: str, null: bool
) -> None:
    del outputs[name]
    document = {**outputs, name: None} if null else outputs
    assert f"lacks the outputs {name};" in refusal(run, profile, document)


@pytest.mark.parametrize("name", [output.name for output in STACK_OUTPUTS])
@pytest.mark.parametrize("value", [7, True, {"a": "b"}, "", "two words", [["nested"]], "a\nb"])
def test_a_wrong_type_or_shape_is_named(
    run: Callable[..., Result], profile: Path, outputs: dict[str, Any], name: str, value: Any
) -> None:
    line = refusal(run, profile, {**outputs, name: value}, "--profile", "dev")
    assert f"the output {name} must be " in line


@pytest.mark.parametrize(
    "arn",
    [
        "not-an-arn",
        "arn:aws:iam::123456789012:",
        "arn:aws:iam::12345:role/x",
        "arn:azure:iam::123456789012:role/x",
        "arn:aws:iam:123456789012:role/x",
        " arn:aws:iam::123456789012:role/x",
        "arn:aws:iam::123456789012:role/x\n",
        "ARN:aws:iam::123456789012:role/x",
    ],
)
def test_a_malformed_arn(
    run: Callable[..., Result], profile: Path, outputs: dict[str, Any], arn: str
) -> None:
    line = refusal(run, profile, {**outputs, "jobRoleArn": arn})
    assert "jobRoleArn must be an ARN (arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE)" in line
    assert ascii(arn) in line


@pytest.mark.parametrize("partition", Session().get_available_partitions())
def test_the_arns_of_every_partition_are_good(
    run: Callable[..., Result], outputs: dict[str, Any], home: Path, partition: str
) -> None:
    outputs["jobRoleArn"] = f"arn:{partition}:iam::123456789012:role/x"
    assert run(outputs, "--home", str(home)).code == 0


@pytest.mark.parametrize(
    "url",
    [
        "api.example.org/",
        "ftp://api.example.org/",
        "https://",
        "https:///api/",
        "https://user:password@api.example.org/",
        "https://api.example.org:99999/",
        "https://api.example.org:port/",
        "https://-api.example.org/",
        "https://api.example.org/a b",
        "https://api.example.org/?key=1",
        "https://api.example.org/#top",
        "https://api.example.org/\n",
    ],
)
@pytest.mark.parametrize("name", ["serviceUrl", "serviceInternalUrl", "uiUrl"])
def test_a_malformed_url(
    run: Callable[..., Result], profile: Path, outputs: dict[str, Any], name: str, url: str
) -> None:
    line = refusal(run, profile, {**outputs, name: url})
    assert f"{name} must be a URL (https://HOST/PATH)" in line


def test_the_api_key_is_not_sent_in_clear(
    run: Callable[..., Result], profile: Path, outputs: dict[str, Any]
) -> None:
    line = refusal(run, profile, {**outputs, "serviceUrl": "http://api.example.org/"})
    assert "serviceUrl must be an https:// URL" in line


@pytest.mark.parametrize(
    "changes",
    [
        {"serviceUrl": "http://127.0.0.1:8080/api/"},
        {"serviceUrl": "http://localhost:8080/"},
        {"serviceUrl": "http://internal.example.org/", "apiKey": None, "apiKeyId": None},
        {"serviceInternalUrl": "http://internal.example.org:65535/"},
        {"uiUrl": "http://ui.example.org"},
    ],
)
def test_plain_http_where_no_key_leaves_the_machine(
    run: Callable[..., Result], outputs: dict[str, Any], home: Path, changes: dict[str, Any]
) -> None:
    assert run({**outputs, **changes}, "--home", str(home)).code == 0


@pytest.mark.parametrize("root", ["metaflow-dev/metaflow", "s3:/bucket/x", "s3://", "s3://B/x"])
def test_a_malformed_s3_uri(
    run: Callable[..., Result], profile: Path, outputs: dict[str, Any], root: str
) -> None:
    line = refusal(run, profile, {**outputs, "datastoreRoot": root})
    assert "datastoreRoot must be an S3 URI (s3://BUCKET/PREFIX)" in line


def test_several_wrong_outputs_are_all_named(
    run: Callable[..., Result], profile: Path, outputs: dict[str, Any]
) -> None:
    line = refusal(run, profile, {**outputs, "jobRoleArn": "x", "serviceUrl": 1})
    assert "jobRoleArn" in line
    assert "serviceUrl" in line


def test_a_hidden_output_names_the_flag_that_shows_it(
    run: Callable[..., Result], profile: Path, outputs: dict[str, Any]
) -> None:
    line = refusal(run, profile, {**outputs, "serviceUrl": "[secret]"})
    assert "serviceUrl is hidden" in line
    assert "pulumi stack output --json --show-secrets | mfconfig" in line


def test_a_malformed_api_key_is_not_shown(
    run: Callable[..., Result], profile: Path, outputs: dict[str, Any]
) -> None:
    line = refusal(run, profile, {**outputs, "apiKey": f"{API_KEY}\r\nX-Header: 1"})
    assert "the output apiKey must be text without spaces, found a string" in line


def test_a_long_value_is_shortened(
    run: Callable[..., Result], profile: Path, outputs: dict[str, Any]
) -> None:
    assert len(refusal(run, profile, {**outputs, "jobRoleArn": "x" * 10_000})) < 300


def test_outputs_that_the_contract_does_not_know_are_ignored(
    run: Callable[..., Result], outputs: dict[str, Any], home: Path
) -> None:
    assert run({**outputs, "costCenter": {"a": [1]}}, "--home", str(home)).code == 0


@settings(deadline=None)
@given(document=st.binary())
def test_any_bytes(run: Callable[..., Result], profile: Path, document: bytes) -> None:
    refusal(run, profile, document)


@settings(deadline=None)
@given(value=JSON_VALUES)
def test_any_json(run: Callable[..., Result], profile: Path, value: Any) -> None:
    refusal(run, profile, value)


@settings(deadline=None)
@given(
    changes=st.dictionaries(
        st.sampled_from(sorted(GOOD_OUTPUTS)),
        JSON_VALUES | st.just(REMOVED) | st.sampled_from(["[secret]", "dev", "http://x/"]),
        min_size=1,
        max_size=3,
    )
)
def test_any_change_of_good_outputs(
    run: Callable[..., Result], profile: Path, changes: dict[str, Any]
) -> None:
    changed = {**GOOD_OUTPUTS, **changes}
    document = {name: value for name, value in changed.items() if value is not REMOVED}
    profile.write_bytes(EXISTING)
    result = run(document, "--home", str(profile.parent), "--profile", "dev")
    assert API_KEY not in result.stdout + result.stderr
    if result.code == 2:
        assert result.stderr.count("\n") == 1
        assert profile.read_bytes() == EXISTING
    else:
        assert result.code == 0
        written = json.loads(profile.read_bytes())
        assert written.pop("METAFLOW_USER_OWN") == "kept"
        assert all(isinstance(value, str) and value for value in written.values())
    for file in profile.parent.iterdir():
        file.unlink()
