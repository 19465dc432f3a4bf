"""Policy variables in resources and conditions."""

from tests.rehearsal.authorization.probe import ConditionProbe, MatchProbe

_PAGE = "IAM User Guide, 'IAM policy elements: Variables and tags', "
USING = f"{_PAGE}'Using variables in policies'"
TAGS = f"{_PAGE}'Tags as policy variables' and 'Resource element'"
WHERE = f"{_PAGE}'Where you can use policy variables'"
NO_VALUE = f"{_PAGE}'Policy variables with no value'"
SPECIAL = f"{_PAGE}'Special characters'"
DEFAULT = f"{_PAGE}'Specifying default values'"
OLD = "IAM User Guide, 'IAM JSON policy elements: Version'"

_HOME = "arn:aws:s3:::mybucket/${aws:username}/*"
_TEAM = "arn:aws:s3:::example-bucket-${aws:PrincipalTag/team, 'company-wide'}"
_DAVID = {"aws:username": "David"}
_WITH_TEAM = {"aws:PrincipalTag/Team": "yellow"}
_TEAMS = "${aws:PrincipalTag/Team}"


_ROWS: tuple[tuple[str, str, str, bool, str, dict[str, str]], ...] = (
    ("own-home", _HOME, "arn:aws:s3:::mybucket/David/x", True, USING, _DAVID),
    ("other-home", _HOME, "arn:aws:s3:::mybucket/Jane/x", False, USING, _DAVID),
    ("variable-ignores-case", "arn:aws:s3:::mybucket/${AWS:UserName}/*",
     "arn:aws:s3:::mybucket/David/x", True, USING, _DAVID),
    ("own-queue", "arn:aws:sqs:us-east-2:*:${aws:username}-queue",
     "arn:aws:sqs:us-east-2:111122223333:David-queue", True, WHERE, _DAVID),
    ("values-have-no-wildcards", _HOME, "arn:aws:s3:::mybucket/David/x", False, SPECIAL,
     {"aws:username": "D*"}),
    ("role-has-no-user-name", _HOME, "arn:aws:s3:::mybucket//x", False, NO_VALUE, {}),
    ("variable-is-not-a-text", _HOME, "arn:aws:s3:::mybucket/${aws:username}/x", False, USING, {}),
    ("tag-in-resource", "arn:aws:s3:::bucket/${aws:PrincipalTag/department}",
     "arn:aws:s3:::bucket/hr", True, TAGS, {"aws:PrincipalTag/department": "hr"}),
    ("default-unused", _TEAM, "arn:aws:s3:::example-bucket-yellow", True, DEFAULT,
     {"aws:PrincipalTag/team": "yellow"}),
    ("default-used", _TEAM, "arn:aws:s3:::example-bucket-company-wide", True, DEFAULT, {}),
    ("default-not-for-the-tagged", _TEAM, "arn:aws:s3:::example-bucket-company-wide", False,
     DEFAULT, {"aws:PrincipalTag/team": "yellow"}),
    ("asterisk", "arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", True, SPECIAL, {}),
    ("asterisk-is-literal", "arn:aws:s3:::b/${*}", "arn:aws:s3:::b/x", False, SPECIAL, {}),
    ("question-mark-character", "arn:aws:s3:::b/a${?}", "arn:aws:s3:::b/a?", True, SPECIAL, {}),
    ("question-mark-is-literal", "arn:aws:s3:::b/a${?}", "arn:aws:s3:::b/ab", False, SPECIAL, {}),
    ("dollar", "arn:aws:s3:::b/${$}{x}", "arn:aws:s3:::b/${x}", True, SPECIAL, {}),
)  # fmt: skip

RESOURCES = [
    *(
        MatchProbe(name, {"Resource": pattern}, "s3:GetObject", arn, covered, source, context)
        for name, pattern, arn, covered, source, context in _ROWS
    ),
    MatchProbe(
        "no-value-excludes-nothing",
        {"NotResource": _HOME},
        "s3:GetObject",
        "arn:aws:s3:::b/x",
        True,
        NO_VALUE,
    ),
    MatchProbe(
        "old-version-is-literal",
        {"Resource": _HOME},
        "s3:GetObject",
        "arn:aws:s3:::mybucket/${aws:username}/x",
        True,
        OLD,
        version="2008-10-17",
    ),
    MatchProbe(
        "old-version-substitutes-nothing",
        {"Resource": _HOME},
        "s3:GetObject",
        "arn:aws:s3:::mybucket/David/x",
        False,
        OLD,
        _DAVID,
        "2008-10-17",
    ),
]

CONDITIONS = [
    ConditionProbe(
        "own-prefix",
        {"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/*"]}},
        {"s3:prefix": "home/David/x", **_DAVID},
        True,
        USING,
    ),
    ConditionProbe(
        "other-prefix",
        {"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/*"]}},
        {"s3:prefix": "home/Jane/x", **_DAVID},
        False,
        USING,
    ),
    ConditionProbe(
        "equal-tags",
        {"StringEquals": {"s3:ExistingObjectTag/Team": _TEAMS}},
        {"s3:ExistingObjectTag/Team": "yellow", **_WITH_TEAM},
        True,
        TAGS,
    ),
    ConditionProbe(
        "unequal-tags",
        {"StringEquals": {"s3:ExistingObjectTag/Team": _TEAMS}},
        {"s3:ExistingObjectTag/Team": "red", **_WITH_TEAM},
        False,
        TAGS,
    ),
    ConditionProbe(
        "no-value-equals-nothing",
        {"StringEquals": {"s3:ExistingObjectTag/Team": _TEAMS}},
        {"s3:ExistingObjectTag/Team": ""},
        False,
        NO_VALUE,
    ),
    ConditionProbe(
        "no-value-is-like-nothing",
        {"StringLike": {"s3:ExistingObjectTag/Team": f"{_TEAMS}*"}},
        {"s3:ExistingObjectTag/Team": "red"},
        False,
        NO_VALUE,
    ),
    ConditionProbe(
        "no-value-and-negated",
        {"StringNotEquals": {"s3:ExistingObjectTag/Team": _TEAMS}},
        {"s3:ExistingObjectTag/Team": "red"},
        True,
        NO_VALUE,
    ),
    ConditionProbe(
        "no-value-and-not-like",
        {"StringNotLike": {"s3:ExistingObjectTag/Team": _TEAMS}},
        {"s3:ExistingObjectTag/Team": "red"},
        True,
        NO_VALUE,
    ),
    ConditionProbe(
        "variable-in-an-arn",
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:${aws:username}-*"}},
        {"aws:SourceArn": "arn:aws:sns:us-east-2:111122223333:David-topic", **_DAVID},
        True,
        WHERE,
    ),
    ConditionProbe(
        "variable-ignoring-case",
        {"StringEqualsIgnoreCase": {"aws:RequestTag/owner": "${aws:username}"}},
        {"aws:RequestTag/owner": "DAVID", **_DAVID},
        True,
        WHERE,
    ),
    ConditionProbe(
        "asterisk-in-a-condition",
        {"StringLike": {"s3:prefix": "a${*}*"}},
        {"s3:prefix": "a*b"},
        True,
        SPECIAL,
    ),
    ConditionProbe(
        "asterisk-in-a-condition-is-literal",
        {"StringLike": {"s3:prefix": "a${*}*"}},
        {"s3:prefix": "ab"},
        False,
        SPECIAL,
    ),
    ConditionProbe(
        "default-in-a-condition",
        {"StringEquals": {"s3:prefix": "${aws:PrincipalTag/team, 'all'}"}},
        {"s3:prefix": "all"},
        True,
        DEFAULT,
    ),
    ConditionProbe(
        "old-version-in-a-condition",
        {"StringEquals": {"s3:prefix": "${aws:username}"}},
        {"s3:prefix": "David", **_DAVID},
        False,
        OLD,
        version="2008-10-17",
    ),
]
