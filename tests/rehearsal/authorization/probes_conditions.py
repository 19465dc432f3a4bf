"""Several keys and values: IfExists, Null, set operators, and the case of keys."""

from tests.rehearsal.authorization.probe import ConditionProbe, Values
from tests.rehearsal.authorization.probes_operators import CONDITION, NEGATED, VALUES

_OPERATORS = "IAM User Guide, 'IAM JSON policy elements: Condition operators', "
IF_EXISTS = f"{_OPERATORS}'...IfExists condition operators'"
NULL = f"{_OPERATORS}'Condition operator to check existence of condition keys'"
MFA = "IAM User Guide, 'AWS global condition context keys', 'aws:MultiFactorAuthPresent'"
SETS = (
    "IAM User Guide, 'Creating a condition with multiple keys or values', "
    "'Evaluation logic for multiple values with condition set operators'"
)
SET_RULES = (
    "IAM User Guide, 'Creating a condition with multiple keys or values', "
    "'Using multiple keys and values'"
)

_TYPES = ["t1.*", "t2.*", "m3.*"]
_TAGS = ["PostDateTime", "Message", "Tags"]
_MEMBERS = {
    "StringEquals": {
        "aws:PrincipalTag/department": ["finance", "hr", "legal"],
        "aws:PrincipalTag/role": ["audit", "security"],
    },
    "ArnLike": {
        "aws:PrincipalArn": [
            "arn:aws:iam::222222222222:user/Ana",
            "arn:aws:iam::222222222222:user/Mary",
        ]
    },
}
_OTHERS = {"StringEquals": _MEMBERS["StringEquals"], "ArnNotLike": _MEMBERS["ArnLike"]}


def _member(user: str, **tags: str) -> dict[str, Values]:
    arn = f"arn:aws:iam::222222222222:user/{user}"
    return {"aws:PrincipalArn": arn} | {f"aws:PrincipalTag/{key}": tags[key] for key in tags}


_ONE_KEY: tuple[tuple[str, str, object, Values | None, bool, str], ...] = (
    ("present-matches", "StringLikeIfExists", _TYPES, "t2.micro", True, IF_EXISTS),
    ("present-differs", "StringLikeIfExists", _TYPES, "c5.large", False, IF_EXISTS),
    ("missing", "StringLikeIfExists", _TYPES, None, True, IF_EXISTS),
    ("missing", "StringNotEqualsIfExists", "a", None, True, IF_EXISTS),
    ("present-equal", "StringNotEqualsIfExists", "a", "a", False, IF_EXISTS),
    ("missing", "NumericLessThanIfExists", "10", None, True, IF_EXISTS),
    ("present-too-great", "NumericLessThanIfExists", "10", "10", False, IF_EXISTS),
    ("missing", "DateGreaterThanIfExists", "2020-01-01", None, True, IF_EXISTS),
    ("missing", "IpAddressIfExists", "10.0.0.0/8", None, True, IF_EXISTS),
    ("present-outside", "IpAddressIfExists", "10.0.0.0/8", "192.0.2.1", False, IF_EXISTS),
    ("missing", "ArnLikeIfExists", "arn:aws:s3:::*", None, True, IF_EXISTS),
    ("missing", "BinaryEqualsIfExists", "QQ==", None, True, IF_EXISTS),
    ("without-mfa", "BoolIfExists", "false", "false", True, MFA),
    ("with-mfa", "BoolIfExists", "false", "true", False, MFA),
    ("long-term-key", "BoolIfExists", "false", None, True, MFA),
    ("long-term-key-and-Bool", "Bool", "false", None, False, MFA),
    ("true-and-missing", "Null", "true", None, True, NULL),
    ("true-and-present", "Null", "true", "2020-01-01T00:00:00Z", False, NULL),
    ("false-and-present", "Null", "false", "2020-01-01T00:00:00Z", True, NULL),
    ("false-and-missing", "Null", "false", None, False, NULL),
    ("json-boolean", "Null", True, None, True, NULL),
    ("false-and-no-value", "Null", "false", (), False, NULL),
    ("all-match", "ForAllValues:StringEquals", _TAGS, ("Message", "Tags"), True, SETS),
    ("one-does-not", "ForAllValues:StringEquals", _TAGS, ("PostDateTime", "UserName"), False, SETS),
    ("missing", "ForAllValues:StringEquals", _TAGS, None, True, SET_RULES),
    ("empty-list", "ForAllValues:StringEquals", _TAGS, (), True, SETS),
    ("empty-string", "ForAllValues:StringEquals", _TAGS, ("",), True, SET_RULES),
    ("one-value", "ForAllValues:StringEquals", _TAGS, "Tags", True, SETS),
    ("patterns", "ForAllValues:StringLike", ["a*", "b*"], ("ax", "bx"), True, SET_RULES),
    ("patterns-but-one", "ForAllValues:StringLike", ["a*", "b*"], ("ax", "cx"), False, SET_RULES),
    ("missing", "ForAllValues:StringLike", ["a*"], None, True, SET_RULES),
    ("none-matches", "ForAllValues:StringNotEquals", ["ID"], ("Message", "Tags"), True, NEGATED),
    ("one-matches", "ForAllValues:StringNotEquals", ["ID"], ("ID", "Tags"), False, NEGATED),
    ("missing", "ForAllValues:StringNotEquals", ["ID"], None, True, SET_RULES),
    ("missing", "ForAllValues:StringEqualsIfExists", ["ID"], None, True, IF_EXISTS),
    ("one-matches", "ForAnyValue:StringEquals", ["ID", "PostDateTime"],
     ("UserName", "Message", "PostDateTime"), True, SETS),
    ("none-matches", "ForAnyValue:StringEquals", ["ID", "PostDateTime"], ("UserName",), False,
     SETS),
    ("missing", "ForAnyValue:StringEquals", ["ID"], None, False, SET_RULES),
    ("empty-list", "ForAnyValue:StringEquals", ["ID"], (), False, SETS),
    ("empty-string", "ForAnyValue:StringLike", ["*"], ("",), False, SET_RULES),
    ("patterns", "ForAnyValue:StringLike", ["o-1/r-1/*"], ("o-2/r-1/x", "o-1/r-1/ou-1/"), True,
     SET_RULES),
    ("all-match", "ForAnyValue:StringNotEquals", ["a", "b"], ("a", "b"), False, NEGATED),
    ("one-differs", "ForAnyValue:StringNotEquals", ["a", "b"], ("a", "c"), True, NEGATED),
    ("missing", "ForAnyValue:StringNotEquals", ["a"], None, False, SET_RULES),
    ("missing", "ForAnyValue:StringEqualsIfExists", ["a"], None, True, IF_EXISTS),
    ("arns", "ForAnyValue:ArnLike", ["arn:aws:iam::*:role/a"],
     ("arn:aws:s3:::b", "arn:aws:iam::1:role/a"), True, SET_RULES),
    ("numbers", "ForAllValues:NumericLessThan", ["10"], ("1", "9.5"), True, SET_RULES),
    ("numbers-but-one", "ForAllValues:NumericLessThan", ["10"], ("1", "10"), False, SET_RULES),
    ("empty-string-among-others", "ForAllValues:StringEquals", ["a"], ("", "a"), False, SET_RULES),
)  # fmt: skip

PROBES = [
    ConditionProbe(
        f"{operator.replace(':', '-')}-{name}",
        {operator: {"test:Key": wanted}},
        {} if given is None else {"test:Key": given},
        holds,
        source,
    )
    for name, operator, wanted, given, holds, source in _ONE_KEY
] + [
    ConditionProbe(
        "all-keys-match", _MEMBERS, _member("Mary", department="legal", role="audit"), True, VALUES
    ),
    ConditionProbe(
        "one-operator-fails",
        _MEMBERS,
        _member("Nikki", department="hr", role="audit"),
        False,
        VALUES,
    ),
    ConditionProbe(
        "one-key-fails", _MEMBERS, _member("Mary", department="hr", role="payroll"), False, VALUES
    ),
    ConditionProbe(
        "one-key-is-missing", _MEMBERS, _member("Mary", department="hr"), False, VALUES
    ),
    ConditionProbe("no-tag-at-all", _MEMBERS, _member("Mary"), False, VALUES),
    ConditionProbe(
        "negated-operator-with-others",
        _OTHERS,
        _member("Nikki", department="legal", role="audit"),
        True,
        NEGATED,
    ),
    ConditionProbe(
        "negated-operator-fails",
        _OTHERS,
        _member("Mary", department="hr", role="audit"),
        False,
        NEGATED,
    ),
    ConditionProbe(
        "negated-operator-and-a-missing-key",
        _OTHERS,
        _member("Nikki", department="hr"),
        False,
        NEGATED,
    ),
    ConditionProbe(
        "keys-ignore-case",
        {"IpAddress": {"aws:SourceIP": "192.0.2.0/24"}},
        {"AWS:sourceIp": "192.0.2.1"},
        True,
        CONDITION,
    ),
    ConditionProbe(
        "tag-keys-ignore-case",
        {"StringEquals": {"aws:ResourceTag/TagKey1": "Value1"}},
        {"aws:ResourceTag/tagkey1": "Value1"},
        True,
        CONDITION,
    ),
    ConditionProbe(
        "tag-values-do-not",
        {"StringEquals": {"aws:ResourceTag/TagKey1": "Value1"}},
        {"aws:ResourceTag/TagKey1": "value1"},
        False,
        CONDITION,
    ),
    ConditionProbe("no-condition", {}, {}, True, "IAM User Guide, 'IAM JSON policy elements: "
                   "Condition': the element is optional"),
]  # fmt: skip
