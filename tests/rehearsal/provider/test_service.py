"""The provider's own checks: unknown types and inputs, wrong types, defaults, automatic names."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from pulumi.output import Unknown

from rehearsal.provider import Cloud, Created, Provider, RefusedError, registry, replacements
from rehearsal.provider.resource_type import AutoName, OnChange, ResourceType
from rehearsal.provider.sdk_schema import input_types, output_names

BUCKET = "aws:s3/bucket:Bucket"
GROUP = "aws:cloudwatch/logGroup:LogGroup"
TABLE = "aws:dynamodb/table:Table"


@pytest.fixture
def provider() -> Provider:
    """Return a provider whose AWS cannot be reached: nothing here may need it."""
    return Provider(Cloud("http://127.0.0.1:9", "us-east-1"))


def urn(token: str, name: str = "data") -> str:
    return f"urn:pulumi:test::metaflow-aws::metaflow:index:Datastore${token}::{name}"


def check(provider: Provider, token: str, **inputs: Any) -> dict[str, Any]:
    return provider.check(token, urn(token), inputs)


@pytest.mark.parametrize("token", ["aws:s3/bucket:Buckets", "aws:nothing/at:All", "gcp:a/b:C"])
def test_an_untaught_type_is_refused(provider: Provider, token: str) -> None:
    words = f"not taught the resource type {token}; add a row in rehearsal/provider"
    with pytest.raises(RefusedError, match=words):
        check(provider, token)
    with pytest.raises(RefusedError, match=words):
        provider.create(token, urn(token), {})
    with pytest.raises(RefusedError, match=words):
        provider.read(token, urn(token), "id", {})
    with pytest.raises(RefusedError, match=words):
        provider.delete(token, urn(token), "id", {})


def test_an_untaught_function_is_refused(provider: Provider) -> None:
    with pytest.raises(RefusedError, match="not taught the function aws:s3/getObject:getObject"):
        provider.invoke("aws:s3/getObject:getObject", {})


def test_an_input_that_pulumi_has_but_the_row_has_not_is_refused(provider: Provider) -> None:
    with pytest.raises(
        RefusedError,
        match=r"^aws:s3/bucket:Bucket data: the emulated provider was not taught the input acl\.$",
    ):
        check(provider, BUCKET, acl="public-read")


def test_an_input_that_pulumi_has_not_is_refused(provider: Provider) -> None:
    with pytest.raises(RefusedError, match="pulumi-aws has no input bucketName"):
        check(provider, BUCKET, bucketName="data")


def test_all_problems_are_named_at_once(provider: Provider) -> None:
    with pytest.raises(RefusedError) as refused:
        check(provider, TABLE, acl=1, billingMode=2)
    for words in ("pulumi-aws has no input acl", "hashKey is required", "billingMode is 2"):
        assert words in str(refused.value)


def test_an_input_left_empty_counts_as_left_out(provider: Provider) -> None:
    checked = check(provider, GROUP, retentionInDays=None, name="group")
    assert checked == {"name": "group", "retentionInDays": 0, "skipDestroy": False}


def test_what_is_given_beats_the_default(provider: Provider) -> None:
    assert check(provider, GROUP, retentionInDays=7)["retentionInDays"] == 7


def test_an_unknown_value_is_kept_and_what_depends_on_it_not_judged(provider: Provider) -> None:
    """In a preview; of the known values the wrong types are refused all the same."""
    attributes = [{"name": "other", "type": "S"}]
    with pytest.raises(RefusedError, match="hashKey key has none"):
        check(provider, TABLE, hashKey="key", attributes=attributes)
    unknown = Unknown()
    checked = check(provider, TABLE, hashKey=unknown, attributes=attributes)
    assert checked["hashKey"] is unknown
    assert checked["deletionProtectionEnabled"] is False
    with pytest.raises(RefusedError, match="attributes is 'other'; the provider takes a list"):
        check(provider, TABLE, hashKey=unknown, attributes="other")


def test_an_automatic_name_is_the_logical_one_and_seven_digits(provider: Provider) -> None:
    name = check(provider, GROUP)["name"]
    assert name == check(provider, GROUP)["name"]
    assert name[:-7] == "data-"
    int(name[-7:], 16)


def test_automatic_names_of_two_resources_differ(provider: Provider) -> None:
    names = {
        provider.check(GROUP, f"urn:pulumi:{stack}::p::{kind}{GROUP}::data", {})["name"]
        for stack in ("dev", "prod")
        for kind in ("", "metaflow:index:Network$")
    }
    assert len(names) == 4


def test_a_given_name_is_kept(provider: Provider) -> None:
    assert check(provider, GROUP, name="mine")["name"] == "mine"


@pytest.mark.parametrize(("spare", "fits"), [(0, True), (-1, False)])
def test_an_automatic_name_has_a_longest_length(provider: Provider, spare: int, fits: bool) -> None:
    logical = "x" * (63 - 8 - spare)
    if fits:
        checked = provider.check(BUCKET, urn(BUCKET, logical), {})
        assert len(checked["bucket"]) == 63
    else:
        with pytest.raises(RefusedError, match="has 64 characters; the provider allows 63"):
            provider.check(BUCKET, urn(BUCKET, logical), {})


@pytest.mark.parametrize(
    ("auto_name", "expected"),
    [
        (AutoName(lower=True), "data-set-"),
        (AutoName(suffix=".fifo"), "Data-Set-"),
    ],
)
def test_an_automatic_name_takes_the_form_of_its_service(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, auto_name: AutoName, expected: str
) -> None:
    row = replace(registry.resource_type(GROUP), auto_name=auto_name)
    monkeypatch.setattr(registry, "RESOURCE_TYPES", {GROUP: row})
    name = provider.check(GROUP, urn(GROUP, "Data-Set"), {})["name"]
    assert name.startswith(expected)
    assert name.endswith(auto_name.suffix)
    assert len(name) == len(expected) + 7 + len(auto_name.suffix)


def test_an_update_of_what_only_replaces_is_refused(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = replace(registry.resource_type(GROUP), update=None)
    monkeypatch.setattr(registry, "RESOURCE_TYPES", {GROUP: row})
    with pytest.raises(RefusedError, match=f"{GROUP} cannot be updated in place"):
        provider.update(GROUP, urn(GROUP), "id", {}, {})


def test_an_output_that_pulumi_has_not_is_a_mistake_of_the_row(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = replace(registry.resource_type(GROUP), create=lambda _cloud, _inputs: ("id", {"ARN": 1}))
    monkeypatch.setattr(registry, "RESOURCE_TYPES", {GROUP: row})
    with pytest.raises(RefusedError, match=f"{GROUP} has no output ARN in pulumi-aws"):
        provider.create(GROUP, urn(GROUP), {})


def test_what_aws_answers_names_the_resource(rig: Any) -> None:
    rig.create(GROUP, "taken", name="taken")
    with pytest.raises(RefusedError, match=f"^{GROUP} again: .*ResourceAlreadyExistsException"):
        rig.create(GROUP, "again", name="taken")


def test_a_resource_that_is_gone_counts_as_deleted(rig: Any) -> None:
    rig.delete(GROUP, Created("nobody", {"name": "nobody"}))


def test_a_resource_that_aws_keeps_does_not(rig: Any) -> None:
    bucket = rig.create(BUCKET, "data", bucket="full-of-data")
    rig.cloud.client("s3").put_object(Bucket="full-of-data", Key="flow", Body=b"artifact")
    with pytest.raises(RefusedError, match=f"^{BUCKET} delete: .*BucketNotEmpty"):
        rig.delete(BUCKET, bucket)


ROWS = sorted(registry.RESOURCE_TYPES.values(), key=lambda row: row.token)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.token)
def test_a_row_speaks_of_inputs_that_pulumi_has(row: ResourceType) -> None:
    known = input_types(row.token)
    assert set(row.inputs) <= set(known)
    assert row.secret_outputs <= output_names(row.token)
    assert row.auto_name is None or row.auto_name.property in row.inputs


def kept_in_the_state() -> list[tuple[str, str]]:
    """Return the inputs, with their types, of which AWS is told nothing."""
    return [
        (token, name)
        for token, entries in sorted(replacements.table().items())
        for name, entry in sorted(entries.inputs.items())
        if entry.effect is OnChange.STATE_ONLY and name in registry.RESOURCE_TYPES[token].inputs
    ]


OTHERS: Mapping[Any, tuple[Any, Any]] = {bool: (False, True), int: (7, 8), str: ("a", "b")}
"""Two values of a type."""


@pytest.mark.parametrize(("token", "name"), kept_in_the_state())
def test_aws_is_not_asked_where_only_the_state_changes(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, token: str, name: str
) -> None:
    asked: list[str] = []

    def update(_cloud: Any, resource_id: str, _state: Any, _inputs: Any) -> Any:
        asked.append(resource_id)
        return {}

    row = replace(registry.RESOURCE_TYPES[token], update=update, read=lambda *_: {})
    monkeypatch.setattr(registry, "RESOURCE_TYPES", {token: row})
    before, after = OTHERS[input_types(token)[name]]
    state = {"arn": "arn:one", "tags": {"a": "b"}, name: before}
    urn = f"urn:pulumi:test::metaflow-aws::{token}::one"
    updated = provider.update(token, urn, "one", state, {"tags": {"a": "b"}, name: after})
    assert updated == {**state, name: after}
    assert asked == []
    entries = replacements.of(token).inputs
    other = next(
        one
        for one in row.inputs
        if entries[one].effect is OnChange.IN_PLACE and not entries[one].when
    )
    known = {**state, other: None}
    provider.update(token, urn, "one", known, {**known, name: after, other: {"a": "c"}})
    assert asked == ["one"]
