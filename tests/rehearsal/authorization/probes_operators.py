"""Each condition operator with one value in the request."""

from tests.rehearsal.authorization.probe import ConditionProbe, Values

_PAGE = "IAM User Guide, 'IAM JSON policy elements: Condition operators', "
STRING = f"{_PAGE}'String condition operators'"
NUMERIC = f"{_PAGE}'Numeric condition operators'"
DATE = f"{_PAGE}'Date condition operators'"
BOOLEAN = f"{_PAGE}'Boolean condition operators'"
BINARY = f"{_PAGE}'Binary condition operators'"
IP = f"{_PAGE}'IP address condition operators'"
ARN = f"{_PAGE}'Amazon Resource Name (ARN) condition operators'"
MISSING = f"{_PAGE}'Important': a key that is not in the request context"
VALUES = (
    "IAM User Guide, 'Conditions with multiple context keys or values', "
    "'Evaluation logic for multiple context keys or values'"
)
NEGATED = (
    "IAM User Guide, 'Conditions with multiple context keys or values', "
    "'Evaluation logic for negated matching condition operators'"
)
CONDITION = "IAM User Guide, 'IAM JSON policy elements: Condition'"
W3C = f"{DATE}, with https://www.w3.org/TR/NOTE-datetime"

_LONG = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"
_NARROW = "arn:aws:someservice:*:111122223333:finance/*"
_TOPIC = "arn:aws:sns:us-east-2:123456789012:topic"
_IPS = ["203.0.113.0/24", "2001:DB8:1234:5678::/64"]

_ROWS: tuple[tuple[str, str, object, Values | None, bool, str], ...] = (
    ("equal", "StringEquals", "johndoe", "johndoe", True, CONDITION),
    ("other-case", "StringEquals", "johndoe", "JohnDoe", False, CONDITION),
    ("part", "StringEquals", "john", "johndoe", False, STRING),
    ("star-is-literal", "StringEquals", "john*", "johndoe", False, STRING),
    ("missing", "StringEquals", "johndoe", None, False, MISSING),
    ("empty-value", "StringEquals", ["", "home/"], "", True, STRING),
    ("one-of-some", "StringEquals", ["finance", "hr", "legal"], "legal", True, VALUES),
    ("none-of-some", "StringEquals", ["audit", "security"], "payroll", False, VALUES),
    ("equal", "StringNotEquals", "johndoe", "johndoe", False, STRING),
    ("other", "StringNotEquals", "johndoe", "jane", True, STRING),
    ("other-case", "StringNotEquals", "johndoe", "JohnDoe", True, STRING),
    ("missing", "StringNotEquals", "johndoe", None, True, MISSING),
    ("one-of-some", "StringNotEquals", ["a", "b"], "b", False, NEGATED),
    ("none-of-some", "StringNotEquals", ["a", "b"], "c", True, NEGATED),
    ("other-case", "StringEqualsIgnoreCase", "johndoe", "JohnDoe", True, CONDITION),
    ("other", "StringEqualsIgnoreCase", "johndoe", "jane", False, STRING),
    ("missing", "StringEqualsIgnoreCase", "johndoe", None, False, MISSING),
    ("other-case", "StringNotEqualsIgnoreCase", "johndoe", "JOHNDOE", False, STRING),
    ("other", "StringNotEqualsIgnoreCase", "johndoe", "jane", True, STRING),
    ("missing", "StringNotEqualsIgnoreCase", "johndoe", None, True, MISSING),
    ("star", "StringLike", "home/*", "home/david/x", True, STRING),
    ("star-for-nothing", "StringLike", "home/*", "home/", True, STRING),
    ("star-at-start", "StringLike", "*.example.com", "a.example.com", True, STRING),
    ("star-within", "StringLike", "a*c", "abbc", True, STRING),
    ("dot-is-literal", "StringLike", "t1.*", "t1xmicro", False, STRING),
    ("question-mark", "StringLike", "t?.micro", "t2.micro", True, STRING),
    ("question-mark-for-two", "StringLike", "t?.micro", "t22.micro", False, STRING),
    ("question-mark-for-none", "StringLike", "t?.micro", "t.micro", False, STRING),
    ("no-wildcard-is-whole", "StringLike", "home", "home/", False, STRING),
    ("case", "StringLike", "Home/*", "home/x", False, STRING),
    ("over-colons", "StringLike", _NARROW, _LONG, True, ARN),
    ("missing", "StringLike", "*", None, False, MISSING),
    ("match", "StringNotLike", "home/*", "home/x", False, STRING),
    ("other", "StringNotLike", "home/*", "logs/x", True, STRING),
    ("missing", "StringNotLike", "home/*", None, True, MISSING),
    ("one-of-some", "StringNotLike", ["a*", "b*"], "bx", False, NEGATED),
    ("equal", "NumericEquals", "10", "10", True, NUMERIC),
    ("equal-decimal", "NumericEquals", "10", "10.0", True, NUMERIC),
    ("json-number", "NumericEquals", 10, "10", True, NUMERIC),
    ("other", "NumericEquals", "10", "11", False, NUMERIC),
    ("missing", "NumericEquals", "10", None, False, MISSING),
    ("equal", "NumericNotEquals", "10", "10", False, NUMERIC),
    ("other", "NumericNotEquals", "10", "9", True, NUMERIC),
    ("missing", "NumericNotEquals", "10", None, True, MISSING),
    ("less", "NumericLessThan", "10", "9", True, NUMERIC),
    ("equal", "NumericLessThan", "10", "10", False, NUMERIC),
    ("not-as-text", "NumericLessThan", "10", "9.5", True, NUMERIC),
    ("missing", "NumericLessThan", "10", None, False, MISSING),
    ("equal", "NumericLessThanEquals", "10", "10", True, NUMERIC),
    ("mfa-an-hour-ago", "NumericLessThanEquals", "3600", "3601", False, CONDITION),
    ("greater", "NumericGreaterThan", "1.2", "1.3", True, NUMERIC),
    ("equal", "NumericGreaterThan", "1.2", "1.2", False, NUMERIC),
    ("equal", "NumericGreaterThanEquals", "1.2", "1.2", True, NUMERIC),
    ("less", "NumericGreaterThanEquals", "1.2", "-1.2", False, NUMERIC),
    ("equal", "DateEquals", "2020-01-01T00:00:01Z", "2020-01-01T00:00:01Z", True, DATE),
    ("equal-epoch", "DateEquals", "2020-01-01T00:00:01Z", "1577836801", True, DATE),
    ("other-zone", "DateEquals", "2020-01-01T01:00+01:00", "2020-01-01T00:00Z", True, W3C),
    ("day", "DateEquals", "2020-01-01", "2020-01-01T00:00:00Z", True, W3C),
    ("fraction", "DateEquals", "2020-01-01T00:00:01.50Z", "1577836801.5", True, W3C),
    ("other", "DateEquals", "2020-01-01", "2020-01-02", False, DATE),
    ("missing", "DateEquals", "2020-01-01", None, False, MISSING),
    ("other", "DateNotEquals", "2020-01-01", "2020-01-02", True, DATE),
    ("equal", "DateNotEquals", "2020-01-01", "2020-01-01", False, DATE),
    ("missing", "DateNotEquals", "2020-01-01", None, True, MISSING),
    ("before", "DateLessThan", "2020-07-01T00:00:00Z", "2020-06-30T23:59:59Z", True, DATE),
    ("at", "DateLessThan", "2020-07-01T00:00:00Z", "2020-07-01T00:00:00Z", False, DATE),
    ("missing", "DateLessThan", "2020-07-01T00:00:00Z", None, False, MISSING),
    ("at", "DateLessThanEquals", "2020-06-30T23:59:59Z", "2020-06-30T23:59:59Z", True, DATE),
    ("after", "DateLessThanEquals", "2020-06", "2020-07", False, W3C),
    ("after", "DateGreaterThan", "2020-01-01T00:00:01Z", "2020-01-01T00:00:02Z", True, DATE),
    ("at", "DateGreaterThan", "2020-01-01T00:00:01Z", "2020-01-01T00:00:01Z", False, DATE),
    ("long-term-key", "DateGreaterThan", "2020-01-01T00:00:01Z", None, False, DATE),
    ("at", "DateGreaterThanEquals", "2020", "2020-01-01T00:00Z", True, W3C),
    ("before", "DateGreaterThanEquals", "2020", "2019-12-31T23:59Z", False, W3C),
    ("insecure", "Bool", "false", "false", True, BOOLEAN),
    ("secure", "Bool", "false", "true", False, BOOLEAN),
    ("json-boolean", "Bool", False, "false", True, BOOLEAN),
    ("missing", "Bool", "false", None, False, MISSING),
    ("equal", "BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==",
     True, BINARY),
    ("other", "BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5", False, BINARY),
    ("missing", "BinaryEquals", "QmluYXJ5", None, False, MISSING),
    ("inside", "IpAddress", "203.0.113.0/24", "203.0.113.255", True, IP),
    ("outside", "IpAddress", "203.0.113.0/24", "203.0.114.0", False, IP),
    ("one-address", "IpAddress", "203.0.113.7", "203.0.113.7", True, IP),
    ("another-address", "IpAddress", "203.0.113.7", "203.0.113.8", False, IP),
    ("version-6", "IpAddress", _IPS, "2001:db8:1234:5678::1", True, IP),
    ("version-6-outside", "IpAddress", _IPS, "2001:db8:1234:5679::1", False, IP),
    ("version-4-of-both", "IpAddress", _IPS, "203.0.113.9", True, IP),
    ("through-an-endpoint", "IpAddress", "203.0.113.0/24", None, False, IP),
    ("inside", "NotIpAddress", "203.0.113.0/24", "203.0.113.1", False, IP),
    ("outside", "NotIpAddress", "203.0.113.0/24", "198.51.100.1", True, IP),
    ("missing", "NotIpAddress", "203.0.113.0/24", None, True, MISSING),
    ("equal", "ArnEquals", _TOPIC, _TOPIC, True, ARN),
    ("wildcard", "ArnEquals", "arn:aws:sns:*:123456789012:*", _TOPIC, True, ARN),
    ("case", "ArnEquals", _TOPIC, _TOPIC.replace("topic", "Topic"), False, ARN),
    ("missing", "ArnEquals", _TOPIC, None, False, ARN),
    ("parts-by-themselves", "ArnLike", _NARROW, _LONG, False, ARN),
    ("star-in-a-part", "ArnLike", "arn:aws:sns:us-*:123456789012:top*", _TOPIC, True, ARN),
    ("question-mark-in-a-part", "ArnLike", "arn:aws:sns:us-east-?:123456789012:topic", _TOPIC,
     True, ARN),
    ("question-mark-for-a-colon", "ArnLike", "arn:aws:s3:::bucket?x:*", "arn:aws:s3:::bucket:x",
     False, ARN),
    ("colons-in-the-sixth-part", "ArnLike", "arn:aws:lambda:*:*:function:*",
     "arn:aws:lambda:us-east-2:111122223333:function:name:alias", True, ARN),
    ("other-account", "ArnLike", "arn:aws:sns:*:111122223333:*", _TOPIC, False, ARN),
    ("one-of-some", "ArnNotLike", ["arn:aws:s3:::b", _TOPIC], _TOPIC, False, NEGATED),
    ("none-of-some", "ArnNotLike", ["arn:aws:s3:::b", "arn:aws:s3:::c"], _TOPIC, True, NEGATED),
    ("missing", "ArnNotLike", _TOPIC, None, True, MISSING),
    ("equal", "ArnNotEquals", _TOPIC, _TOPIC, False, ARN),
    ("other", "ArnNotEquals", f"{_TOPIC}s", _TOPIC, True, ARN),
    ("missing", "ArnNotEquals", _TOPIC, None, True, MISSING),
)  # fmt: skip

PROBES = [
    ConditionProbe(
        f"{operator}-{name}",
        {operator: {"test:Key": wanted}},
        {} if given is None else {"test:Key": given},
        holds,
        source,
    )
    for name, operator, wanted, given, holds, source in _ROWS
]
