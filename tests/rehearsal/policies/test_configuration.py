"""A pack's configuration, reconciled as Pulumi's pkg/resource/analyzer/config_test.go has it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rehearsal.policies.configuration import (
    ConfigurationError,
    Setting,
    parse,
    reconcile,
    reconcile_file,
)
from rehearsal.policies.rules import Rule
from rules import exemptions


def rule(
    name: str = "policy",
    level: str = "advisory",
    required: tuple[str, ...] = (),
    **properties: Mapping[str, Any],
) -> Rule:
    return Rule(name=name, level=level, properties=properties, required=required)


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("", {}),
        ("    ", {}),
        ("\t", {}),
        ("\n", {}),
        ("{}", {}),
        ('{"foo":{}}', {}),
        ('{"foo":"advisory"}', {"foo": Setting("advisory")}),
        ('{"foo":"mandatory"}', {"foo": Setting("mandatory")}),
        ('{"foo":{"enforcementLevel":"disabled"}}', {"foo": Setting("disabled")}),
        ('{"foo":{"enforcementLevel":"remediate"}}', {"foo": Setting("remediate")}),
        (
            '{"foo":{"enforcementLevel":"advisory","bar":"blah"}}',
            {"foo": Setting("advisory", {"bar": "blah"})},
        ),
        ('{"foo":{"bar":"blah"}}', {"foo": Setting("", {"bar": "blah"})}),
        (
            '{"all":"mandatory","policy1":{"foo":"one"},"policy2":{"foo":"two"}}',
            {
                "all": Setting("mandatory"),
                "policy1": Setting("", {"foo": "one"}),
                "policy2": Setting("", {"foo": "two"}),
            },
        ),
    ],
)
def test_a_file_sets_levels_and_properties(text: str, settings: dict[str, Setting]) -> None:
    assert parse(text) == settings


@pytest.mark.parametrize("value", ["[]", "null", "0", "true", "false"])
def test_a_policy_takes_a_level_or_an_object(value: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(f'{{"foo":{value}}}')
    assert str(caught.value) == f"foo is {value}; a policy takes an enforcement level or an object"


@pytest.mark.parametrize("level", ['""', '"bar"', "[]", "null", "0", "true", "false", "{}"])
def test_a_level_is_one_of_four(level: str) -> None:
    words = f"foo: {level} is no enforcement level; there are advisory, mandatory, remediate, "
    with pytest.raises(ConfigurationError) as caught:
        parse(f'{{"foo":{{"enforcementLevel":{level}}}}}')
    assert str(caught.value) == f"{words}disabled"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"foo":undefined}', "it is no JSON: Expecting value: line 1 column 8 (char 7)"),
        ("[]", "it is no JSON object with a key for each policy"),
        (
            '{"environments":["org/secrets"]}',
            "environments are Pulumi ESC's, which a rehearsal does not open",
        ),
    ],
)
def test_a_file_of_another_form_is_told(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(text)
    assert str(caught.value) == words


ONE = rule("one", "advisory")
TWO = rule("two", "mandatory")
TEXT = rule(foo={"type": "string", "default": "bar"})


@pytest.mark.parametrize(
    ("rules", "initial", "given", "settings"),
    [
        pytest.param([TWO], {}, {}, {"two": Setting("mandatory")}, id="level-of-the-rule"),
        pytest.param(
            [TWO], {}, {"two": Setting("advisory")}, {"two": Setting("advisory")}, id="given-level"
        ),
        pytest.param(
            [ONE, TWO],
            {},
            {"all": Setting("disabled")},
            {"all": Setting("disabled"), "one": Setting("disabled"), "two": Setting("disabled")},
            id="all",
        ),
        pytest.param(
            [ONE, TWO],
            {},
            {"one": Setting("advisory"), "all": Setting("disabled")},
            {"all": Setting("disabled"), "one": Setting("advisory"), "two": Setting("disabled")},
            id="a-policy-after-all",
        ),
        pytest.param([TEXT], {}, {}, {"policy": Setting("advisory", {"foo": "bar"})}, id="default"),
        pytest.param(
            [rule(foo={"type": "number", "default": 42.0}, required=("foo",))],
            {},
            {},
            {"policy": Setting("advisory", {"foo": 42.0})},
            id="default-of-what-is-required",
        ),
        pytest.param(
            [TEXT],
            {},
            {"policy": Setting("", {"foo": "other"})},
            {"policy": Setting("advisory", {"foo": "other"})},
            id="given-value",
        ),
        pytest.param(
            [TEXT],
            {},
            {"policy": Setting("mandatory")},
            {"policy": Setting("mandatory", {"foo": "bar"})},
            id="given-level-keeps-values",
        ),
        pytest.param(
            [ONE],
            {"one": Setting("mandatory")},
            {},
            {"one": Setting("mandatory")},
            id="initial",
        ),
        pytest.param(
            [ONE],
            {"one": Setting("mandatory")},
            {"one": Setting("disabled")},
            {"one": Setting("disabled")},
            id="given-after-initial",
        ),
        pytest.param(
            [ONE, TWO],
            {"all": Setting("remediate")},
            {"two": Setting("advisory")},
            {"all": Setting("remediate"), "one": Setting("remediate"), "two": Setting("advisory")},
            id="initial-all-then-given",
        ),
    ],
)
def test_defaults_come_first_then_the_packs_own_then_the_file(
    rules: list[Rule],
    initial: dict[str, Setting],
    given: dict[str, Setting],
    settings: dict[str, Setting],
) -> None:
    assert reconcile(rules, initial, given, "small") == settings


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", "bar"),
        ("number", 42.0),
        ("number", 3.14),
        ("integer", 42.0),
        ("boolean", True),
        ("boolean", False),
        ("object", {"bar": "baz"}),
        ("array", ["a", "b"]),
        ("null", None),
    ],
)
def test_a_value_of_its_type_is_taken(kind: str, value: Any) -> None:
    given = {"policy": Setting("", {"foo": value})}
    assert reconcile([rule(foo={"type": kind})], {}, given, "small") == {
        "policy": Setting("advisory", {"foo": value})
    }


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        ({"type": "string"}, 1, "1 is not of type 'string'"),
        ({"type": "integer"}, 3.14, "3.14 is not of type 'integer'"),
        ({"type": "boolean"}, "true", "'true' is not of type 'boolean'"),
        ({"type": "string", "maxLength": 3}, "long", "'long' is too long"),
        (
            {"type": "string", "minLength": 5},
            "s",
            '"s" is too short; it takes 5 characters or more',
        ),
        ({"type": "string", "enum": ["a", "b"]}, "c", "'c' is not one of ['a', 'b']"),
        ({"type": "string", "pattern": "^a+$"}, "b", "'b' does not match '^a+$'"),
        ({"type": "number", "minimum": 7}, 6, "6 is less than the minimum of 7"),
        ({"type": "number", "maximum": 7}, 8, "8 is greater than the maximum of 7"),
    ],
)
def test_a_value_that_does_not_fit_is_told_given_or_default(
    schema: dict[str, Any], value: Any, words: str
) -> None:
    given = {"policy": Setting("", {"foo": value})}
    for rules, settings in (
        ([rule(foo=schema)], given),
        ([rule(foo={**schema, "default": value})], {}),
    ):
        with pytest.raises(ConfigurationError) as caught:
            reconcile(rules, {}, settings, "small")
        assert str(caught.value) == f"policy: foo: {words}"


def test_a_value_deep_inside_is_told_with_its_place() -> None:
    items = {"type": "object", "additionalProperties": False, "properties": {"a": {}}}
    given = {"policy": Setting("", {"foo": [{"a": 1}, {"b": 1}]})}
    words = r"^policy: foo\[1\]: Additional properties are not allowed .*; there are a$"
    with pytest.raises(ConfigurationError, match=words):
        reconcile([rule(foo={"type": "array", "items": items})], {}, given, "small")


def test_a_required_value_must_be_set() -> None:
    with pytest.raises(ConfigurationError, match=r"^policy: 'foo' is a required property$"):
        reconcile([rule(foo={"type": "string"}, required=("foo",))], {}, {}, "small")


def test_what_does_not_exist_is_a_mistake_one_line_each() -> None:
    """The CLI takes all of these without a word."""
    given = {
        "polcy": Setting("advisory"),
        "stranger": Setting("advisory"),
        "policy": Setting("", {"minimumm": 1, "foo": 1, "minimum": "x"}),
        "all": Setting("advisory", {"minimum": 1}),
    }
    with pytest.raises(ConfigurationError) as caught:
        reconcile([rule(minimum={"type": "number"})], {}, given, "small")
    assert str(caught.value).splitlines() == [
        "the pack small has no policy polcy; did you mean policy?",
        "the pack small has no policy stranger; remove it",
        "policy has no setting minimumm; did you mean minimum?",
        "policy has no setting foo; remove it",
        "all: minimum cannot be set for all policies",
        "policy: minimum: 'x' is not of type 'number'",
    ]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("until", "2027-13-45", 'until: "2027-13-45" is no date; write it as YYYY-MM-DD'),
        ("until", "2027-02-30", 'until: "2027-02-30" is no date; write it as YYYY-MM-DD'),
        ("until", "31.12.2027", 'until: "31.12.2027" is no date; write it as YYYY-MM-DD'),
        ("until", "20271231", 'until: "20271231" is no date; write it as YYYY-MM-DD'),
        ("until", "", 'until: "" is no date; write it as YYYY-MM-DD'),
        ("until", 2027, "until: 2027 is no date; write it as YYYY-MM-DD"),
        ("reason", "short", 'reason: "short" is too short; it takes 10 characters or more'),
        ("resource", "", "resource: it is empty"),
    ],
)
def test_an_exemption_is_told_how_to_be_written(key: str, value: object, words: str) -> None:
    good = {"resource": "database", "reason": "It is mended soon.", "until": "9999-12-31"}
    rules = [rule(exemptions=exemptions.SCHEMA)]
    taken = {"policy": Setting("", {"exemptions": [good]})}
    assert reconcile(rules, {}, taken, "small")["policy"].properties == {"exemptions": [good]}
    given = {"policy": Setting("", {"exemptions": [good, {**good, key: value}]})}
    with pytest.raises(ConfigurationError) as caught:
        reconcile(rules, {}, given, "small")
    assert str(caught.value) == f"policy: exemptions[1].{words}"


def test_the_file_of_another_pack_is_one_line() -> None:
    strange = {name: Setting("mandatory") for name in ("three", "four", "five")}
    words = "none of its 3 policies is in small; are the configuration files in the order of the "
    for given in (strange, {"all": Setting("advisory"), **strange}):
        with pytest.raises(ConfigurationError) as caught:
            reconcile([ONE, TWO], {}, given, "small")
        assert str(caught.value) == f"{words}packs?"


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"policy": {"foo": ' + "[" * 900 + "]" * 900 + "}}"],
    ids=["endless", "closed"],
)
def test_a_file_that_is_nested_too_deeply_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deep.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        reconcile_file([rule(foo={"type": "string"})], {}, path, "deep.json", "small")
    assert re.fullmatch(r"deep\.json: [^\n]*", str(caught.value))


def test_every_line_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "dev.json"
    path.write_text(json.dumps({"one": "off", "two": 3}))
    with pytest.raises(ConfigurationError) as caught:
        reconcile_file([ONE], {}, path, "config/dev.json", "small")
    assert [line.partition(" ")[0] for line in str(caught.value).splitlines()] == [
        "config/dev.json:"
    ] * 2
    with pytest.raises(ConfigurationError, match=r"^gone\.json cannot be read: No such file or"):
        reconcile_file([ONE], {}, tmp_path / "gone.json", "gone.json", "small")
    path.write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match=r"^dev\.json cannot be read: 'utf-8' codec"):
        reconcile_file([ONE], {}, path, "dev.json", "small")


def test_without_a_file_every_rule_stays_as_it_is() -> None:
    assert reconcile_file([ONE, TWO], {}, None, "small", "small") == {
        "one": Setting("advisory"),
        "two": Setting("mandatory"),
    }
