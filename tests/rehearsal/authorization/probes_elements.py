"""Action, NotAction, Resource and NotResource: wildcards and case."""

from tests.rehearsal.authorization.probe import MatchProbe

_PAGE = "IAM User Guide, 'IAM JSON policy elements: "
ACTION = f"{_PAGE}Action'"
NOT_ACTION = f"{_PAGE}NotAction'"
RESOURCE = f"{_PAGE}Resource', 'Using wildcards in resource ARNs'"
SEVERAL = f"{_PAGE}Resource', 'Specifying multiple resources'"
STAR = f"{_PAGE}Resource', note on actions without resource-level permissions"
NOT_RESOURCE = f"{_PAGE}NotResource'"
REFERENCE = "Service Authorization Reference, 'Actions, resources, and condition keys for "

_KEY = "arn:aws:iam::111122223333:user/Bob"
_BUCKET = "arn:aws:s3:::amzn-s3-demo-bucket"
_TESTS = f"{_BUCKET}/*/test/*"
_PAYROLL = ["arn:aws:s3:::HRBucket/Payroll", "arn:aws:s3:::HRBucket/Payroll/*"]
_QUEUE = "arn:aws:sqs:us-east-2:111122223333:queue1"
_STREAM = "arn:aws:logs:us-east-2:111122223333:log-group:/aws/batch/job:log-stream:a"
_TABLES = [
    "arn:aws:dynamodb:us-east-2:111122223333:table/books_table",
    "arn:aws:dynamodb:us-east-2:111122223333:table/magazines_table",
]


def _action(name: str, actions: object, asked: str, covered: bool, source: str) -> MatchProbe:
    return MatchProbe(name, {"Action": actions}, asked, "*", covered, source)


def _resource(name: str, pattern: object, arn: str, covered: bool, source: str) -> MatchProbe:
    return MatchProbe(name, {"Resource": pattern}, "s3:GetObject", arn, covered, source)


_WITHOUT_DELETION = {"NotAction": "s3:DeleteBucket", "Resource": "arn:aws:s3:::*"}
_OUTSIDE_PAYROLL = {"Action": "s3:*", "NotResource": _PAYROLL}

PROBES = [
    _action("exact-action", "iam:ListAccessKeys", "iam:ListAccessKeys", True, ACTION),
    _action("ignores-case", "IAM:listaccesskeys", "iam:ListAccessKeys", True, ACTION),
    _action("ignores-case-of-patterns", "S3:GET*", "s3:GetObject", True, ACTION),
    _action("other-action", "iam:ListAccessKeys", "iam:ListUsers", False, ACTION),
    _action("other-service", "s3:*", "s3-object-lambda:GetObject", False, ACTION),
    _action("all-of-a-service", "s3:*", "s3:GetObject", True, ACTION),
    _action("part-of-a-name", "iam:*AccessKey*", "iam:CreateAccessKey", True, ACTION),
    _action("part-of-another-name", "iam:*AccessKey*", "iam:CreateUser", False, ACTION),
    _action("no-prefix-match", "s3:GetObject", "s3:GetObjectVersion", False, ACTION),
    _action("prefix-match", "s3:GetObject*", "s3:GetObjectVersion", True, ACTION),
    _action("star-for-nothing", "s3:GetObject*", "s3:GetObject", True, ACTION),
    _action("question-mark", "batch:?escribeJobs", "batch:DescribeJobs", True, ACTION),
    _action("question-mark-for-one", "batch:?DescribeJobs", "batch:DescribeJobs", False, ACTION),
    _action("everything", "*", "states:StartExecution", True, ACTION),
    _action("one-of-some", ["sqs:SendMessage", "s3:GetObject"], "s3:GetObject", True, ACTION),
    _action("none-of-some", ["sqs:SendMessage", "s3:GetObject"], "s3:PutObject", False, ACTION),
    MatchProbe(
        "all-but-an-action",
        _WITHOUT_DELETION,
        "s3:PutObject",
        f"{_BUCKET}/x",
        True,
        NOT_ACTION,
    ),
    MatchProbe(
        "the-action-itself", _WITHOUT_DELETION, "s3:DeleteBucket", _BUCKET, False, NOT_ACTION
    ),
    MatchProbe(
        "star-is-no-bucket", _WITHOUT_DELETION, "s3:ListAllMyBuckets", "*", False, NOT_ACTION
    ),
    MatchProbe(
        "all-but-a-service", {"NotAction": "iam:*"}, "ec2:RunInstances", "*", True, NOT_ACTION
    ),
    MatchProbe(
        "the-service-itself", {"NotAction": "iam:*"}, "IAM:CreateUser", _KEY, False, NOT_ACTION
    ),
    _resource("resource-exact", _QUEUE, _QUEUE, True, RESOURCE),
    _resource("resource-has-case", f"{_BUCKET}/Readme", f"{_BUCKET}/readme", False, RESOURCE),
    _resource("user-has-case", _KEY, _KEY.replace("Bob", "bob"), False, RESOURCE),
    _resource("path", "arn:aws:iam::111122223333:user/accounting/*",
              "arn:aws:iam::111122223333:user/accounting/x/Bob", True, RESOURCE),
    _resource("other-path", "arn:aws:iam::111122223333:user/accounting/*",
              "arn:aws:iam::111122223333:user/Bob", False, RESOURCE),
    _resource("objects", f"{_BUCKET}/*", f"{_BUCKET}/a/b", True, RESOURCE),
    _resource("objects-are-not-the-bucket", f"{_BUCKET}/*", _BUCKET, False, RESOURCE),
    _resource("bucket-is-not-its-objects", _BUCKET, f"{_BUCKET}/a", False, RESOURCE),
    _resource("slashes-1", _TESTS, f"{_BUCKET}/1/test/object.jpg", True, RESOURCE),
    _resource("slashes-2", _TESTS, f"{_BUCKET}/1/2/3/test/4/object.jpg", True, RESOURCE),
    _resource("slashes-3", _TESTS, f"{_BUCKET}/1///test///object.jpg", True, RESOURCE),
    _resource("slashes-4", _TESTS, f"{_BUCKET}//test/object.jpg", True, RESOURCE),
    _resource("slashes-5", _TESTS, f"{_BUCKET}/1/test/", True, RESOURCE),
    _resource("no-slash-1", _TESTS, f"{_BUCKET}/1-test/object.jpg", False, RESOURCE),
    _resource("no-slash-2", _TESTS, f"{_BUCKET}/test/object.jpg", False, RESOURCE),
    _resource("no-slash-3", _TESTS, f"{_BUCKET}/1/2/test.jpg", False, RESOURCE),
    _resource("region", "arn:aws:sqs:*:111122223333:queue1", _QUEUE, True, RESOURCE),
    _resource("part-of-region", "arn:aws:sqs:us-*-2:111122223333:queue1", _QUEUE, True, RESOURCE),
    _resource("account-by-question-marks", "arn:aws:sqs:*:????????????:queue1", _QUEUE, True,
              RESOURCE),
    _resource("account-too-short", "arn:aws:sqs:*:???????????:queue1", _QUEUE, False, RESOURCE),
    _resource("other-account", "arn:aws:sqs:*:444455556666:queue1", _QUEUE, False, RESOURCE),
    _resource("last-star-goes-beyond-colons", "arn:aws:sqs:us-east-2:*", _QUEUE, True, RESOURCE),
    _resource("inner-star-stays-in-its-segment", "arn:aws:sqs:us*3333:queue1:*", f"{_QUEUE}:x",
              False, RESOURCE),
    _resource("question-mark-is-no-colon", "arn:aws:sqs:us-east-2?111122223333:queue1:*",
              f"{_QUEUE}:x",
              False, RESOURCE),
    _resource("colons-in-the-resource-part",
              "arn:aws:logs:us-east-2:111122223333:log-group:/aws/batch/*:log-stream:*", _STREAM,
              True, f"{REFERENCE}Amazon CloudWatch Logs', 'Resource types'"),
    _resource("other-log-group",
              "arn:aws:logs:us-east-2:111122223333:log-group:/aws/ecs/*:log-stream:*", _STREAM,
              False, f"{REFERENCE}Amazon CloudWatch Logs', 'Resource types'"),
    _resource("brackets-are-literal", f"{_BUCKET}/[ab]", f"{_BUCKET}/a", False, RESOURCE),
    _resource("dots-are-literal", f"{_BUCKET}/a.b", f"{_BUCKET}/axb", False, RESOURCE),
    _resource("line-breaks-are-characters", f"{_BUCKET}/*", f"{_BUCKET}/a\nb", True, RESOURCE),
    _resource("everything-covers", "*", _QUEUE, True, STAR),
    _resource("star-needs-star", "arn:aws:s3:::*", "*", False, STAR),
    _resource("one-of-some-tables", _TABLES, _TABLES[1], True, SEVERAL),
    _resource("none-of-some-tables", _TABLES, f"{_TABLES[1]}s", False, SEVERAL),
    MatchProbe(
        "outside-the-folder",
        _OUTSIDE_PAYROLL,
        "s3:GetObject",
        "arn:aws:s3:::HRBucket/Plans",
        True,
        NOT_RESOURCE,
    ),
    MatchProbe(
        "inside-the-folder",
        _OUTSIDE_PAYROLL,
        "s3:GetObject",
        "arn:aws:s3:::HRBucket/Payroll/May",
        False,
        NOT_RESOURCE,
    ),
    MatchProbe(
        "outside-the-service", _OUTSIDE_PAYROLL, "ec2:RunInstances", "*", False, NOT_RESOURCE
    ),
    MatchProbe(
        "all-but-a-bucket",
        {"Action": "*", "NotResource": "arn:aws:s3:::HRBucket"},
        "iam:AttachUserPolicy",
        _KEY,
        True,
        NOT_RESOURCE,
    ),
]  # fmt: skip
