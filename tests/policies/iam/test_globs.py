"""Two patterns of names meet when one name fits both."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.iam.globs import (
    ANYTHING,
    IDENTIFIER,
    LETTER,
    MARK,
    SEGMENT,
    UNNAMED,
    glob,
    has_wildcard,
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
        ("*-team", UNNAMED, False),
        ("7*", UNNAMED, False),
        ("${aws:username}*", UNNAMED, False),
        ("${*}*", UNNAMED, True),
        ("vpc-*", IDENTIFIER, True),
        ("vpc-0*", IDENTIFIER, False),
        ("Vpc-*", IDENTIFIER, False),
        ("", UNNAMED, True),
        ("", UNNAMED + MARK, False),
        ("?", UNNAMED + MARK, True),
        ("*", UNNAMED + MARK, True),
        ("a*", UNNAMED + MARK, False),
        ("vpc-*", IDENTIFIER + MARK, True),
        ("vpc", IDENTIFIER + MARK, False),
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


def test_a_glob_keeps_the_text_around_wildcards() -> None:
    assert glob("a*b${$}") == f"a{ANYTHING}b$"
