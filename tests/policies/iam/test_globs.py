"""Two patterns of names meet when one name fits both."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.iam.globs import (
    ANYTHING,
    LETTER,
    MARK,
    PREFIX,
    SEGMENT,
    UNNAMED,
    glob,
    has_wildcard,
    is_chosen,
    meet,
)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("", "", True),
        ("a", "", False),
        ("*", "", True),
        ("?", "", False),
        ("a*c", "abc", True),
        ("a?c", "ac", False),
        ("a*", "*b", True),
        ("a*x", "b*x", False),
        ("*a*", "*b*", True),
        ("a?", "?b", True),
        ("?????", "a*", True),
        ("????", "a*bcde", False),
    ],
)
def test_wildcards(one: str, other: str, expected: bool) -> None:
    assert meet(glob(one), glob(other)) is expected
    assert meet(glob(other), glob(one)) is expected


@pytest.mark.parametrize(
    ("pattern", "probe", "expected"),
    [
        ("a:b", SEGMENT, False),
        ("a:b", f"{SEGMENT}:{SEGMENT}", True),
        ("*", SEGMENT, True),
        (":", LETTER, False),
        ("", LETTER, False),
        ("a", LETTER, True),
        ("?", LETTER, True),
        ("*", LETTER, True),
        ("*", UNNAMED, True),
        ("?*", UNNAMED, True),
        ("*-*", UNNAMED, True),
        ("*ab*", UNNAMED, True),
        ("*ab*cd*", UNNAMED, True),
        ("*abc*", UNNAMED, False),
        ("*ab*cde", UNNAMED, False),
        ("*-team", UNNAMED, False),
        ("a-7*", UNNAMED, False),
        ("${aws:username}*", UNNAMED, False),
        ("${*}*", UNNAMED, True),
        ("", UNNAMED, True),
        ("", UNNAMED + MARK, False),
        ("?", UNNAMED + MARK, True),
        ("*", UNNAMED + MARK, True),
        ("-", UNNAMED + MARK, False),
        ("a*", UNNAMED + MARK, True),
        ("ab", UNNAMED + MARK, False),
        ("vpc-*", f"{PREFIX}-{UNNAMED}", True),
        ("tgw-attach-0*", f"{PREFIX}-0{UNNAMED}", True),
        ("vpc-0ab*", f"{PREFIX}-0{UNNAMED}", True),
        ("vpc-0abc*", f"{PREFIX}-0{UNNAMED}", False),
        ("Vpc-*", f"{PREFIX}-{UNNAMED}", False),
        ("v*-*", f"{PREFIX}-{UNNAMED}", True),
    ],
)
def test_parts_of_arns(pattern: str, probe: str, expected: bool) -> None:
    assert meet(glob(pattern), probe) is expected


@given(st.text("ab*?", max_size=7), st.text("ab", max_size=6))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_a_pattern_meets_the_texts_that_it_matches(pattern: str, text: str) -> None:
    expression = pattern.replace("*", ".*").replace("?", ".")
    assert meet(glob(pattern), text) is (re.fullmatch(expression, text) is not None)


@given(st.text("a*?", max_size=5), st.text("a*?", max_size=5))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_patterns_meet_when_a_text_fits_both(one: str, other: str) -> None:
    # No text that fits two such patterns has to be longer than both together.
    texts = ["a" * length for length in range(len(one) + len(other) + 1)]
    both = [text for text in texts if meet(glob(one), text) and meet(glob(other), text)]
    assert meet(glob(one), glob(other)) is bool(both)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("a", False), ("a*", True), ("?", True), ("${aws:username}", False), ("${*}${?}", False)],
)
def test_has_wildcard(pattern: str, expected: bool) -> None:
    assert has_wildcard(pattern) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", True),
        ("a", True),
        ("mf_*", True),
        ("*-mf", True),
        ("${aws:username}-*", True),
        ("*", False),
        ("a*", False),
        ("*e*", False),
        ("mf*", False),
        ("??-??-*", False),
    ],
)
def test_is_chosen(pattern: str, expected: bool) -> None:
    assert is_chosen(pattern) is expected


def test_a_glob_keeps_the_text_around_wildcards() -> None:
    assert glob("a*b${$}") == f"a{ANYTHING}b$"
