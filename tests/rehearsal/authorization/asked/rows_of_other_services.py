"""Requests to CloudWatch Logs, STS, API Gateway, SNS and ECR and what they ask."""

from tests.rehearsal.authorization.asked.asking import ACCOUNT, Row, StoredLook

_GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/batch/job"
_LOGS = "CloudWatch Logs User Guide, Overview of managing access permissions"
_LOG_ROWS = [
    *(
        Row(
            "logs",
            name,
            "",
            {"logGroupName": "/aws/batch/job"},
            [(f"logs:{name}", f"{_GROUP}:log-stream:", {})],
            f"{_LOGS}: log-group:NAME:*",
        )
        for name in ("CreateLogGroup", "DescribeLogStreams", "FilterLogEvents")
    ),
    Row(
        "logs",
        "FilterLogEvents",
        "arn",
        {"logGroupIdentifier": f"{_GROUP}:*"},
        [("logs:FilterLogEvents", f"{_GROUP}:log-stream:", {})],
        "CloudWatch Logs API Reference, FilterLogEvents: logGroupIdentifier",
    ),
    *(
        Row(
            "logs",
            name,
            "",
            {"logGroupName": "/aws/batch/job", "logStreamName": "d/1/x"},
            [(f"logs:{name}", f"{_GROUP}:log-stream:d/1/x", {})],
            "Service Authorization Reference, Amazon CloudWatch Logs: log-stream",
        )
        for name in ("CreateLogStream", "PutLogEvents", "GetLogEvents")
    ),
    *(
        Row(
            "logs",
            name,
            "",
            {},
            [(f"logs:{name}", "*", {})],
            "Service Authorization Reference, Amazon CloudWatch Logs: no resource type",
        )
        for name in ("DescribeLogGroups", "DescribeResourcePolicies", "PutResourcePolicy")
    ),
]

_ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
_STS_ROWS = [
    Row(
        "sts",
        "AssumeRole",
        "",
        {"RoleArn": _ROLE, "RoleSessionName": "s", "ExternalId": "x"},
        [
            (
                "sts:AssumeRole",
                _ROLE,
                {
                    "sts:RoleSessionName": "s",
                    "sts:ExternalId": "x",
                    "aws:ResourceTag/stack": "one",
                    "iam:ResourceTag/stack": "one",
                },
            )
        ],
        "Service Authorization Reference, AWS Security Token Service",
        StoredLook(tag_sets={_ROLE: {"stack": "one"}}),
    ),
    Row(
        "sts",
        "AssumeRole",
        "tags-and-identity",
        {
            "RoleArn": _ROLE,
            "RoleSessionName": "s",
            "Tags": [{"Key": "app", "Value": "metaflow"}],
            "TransitiveTagKeys": ["app"],
            "SourceIdentity": "ada",
        },
        [
            (
                "sts:AssumeRole",
                _ROLE,
                {
                    "sts:RoleSessionName": "s",
                    "sts:SourceIdentity": "ada",
                    "sts:TransitiveTagKeys": ("app",),
                    "aws:RequestTag/app": "metaflow",
                    "aws:TagKeys": ("app",),
                },
            ),
            (
                "sts:TagSession",
                _ROLE,
                {
                    "sts:TransitiveTagKeys": ("app",),
                    "aws:RequestTag/app": "metaflow",
                    "aws:TagKeys": ("app",),
                },
            ),
            ("sts:SetSourceIdentity", _ROLE, {"sts:SourceIdentity": "ada"}),
        ],
        "IAM User Guide, Pass session tags in AWS STS",
    ),
    Row(
        "sts",
        "GetCallerIdentity",
        "",
        {},
        [],
        "STS API Reference, GetCallerIdentity: no permissions are required",
    ),
]

_API_KEY = "arn:aws:apigateway:us-east-1::/apikeys/k1"
_API_ROWS = [
    Row(
        "apigateway",
        "GetApiKey",
        "",
        {"apiKey": "k1", "includeValue": True},
        [("apigateway:GET", _API_KEY, {"aws:ResourceTag/stack": "one"})],
        "Service Authorization Reference, Amazon API Gateway Management: ApiKey",
        StoredLook(tag_sets={_API_KEY: {"stack": "one"}}),
    ),
    Row(
        "apigateway",
        "GetApiKeys",
        "",
        {},
        [("apigateway:GET", "arn:aws:apigateway:us-east-1::/apikeys", {})],
        "Service Authorization Reference, Amazon API Gateway Management: ApiKeys",
    ),
]

_TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"
_SNS_ROWS = [
    Row(
        "sns",
        "Publish",
        "",
        {"TopicArn": _TOPIC, "Message": "text"},
        [("sns:Publish", _TOPIC, {})],
        "Service Authorization Reference, Amazon SNS: Publish",
    ),
]

_REPOSITORIES = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository"
_ECR_ROWS = [
    Row(
        "ecr",
        "DescribeRepositories",
        "",
        {"repositoryNames": ["a", "b/c"]},
        [
            ("ecr:DescribeRepositories", f"{_REPOSITORIES}/a", {}),
            ("ecr:DescribeRepositories", f"{_REPOSITORIES}/b/c", {}),
        ],
        "Service Authorization Reference, Amazon ECR: repository",
    ),
    Row(
        "ecr",
        "DescribeRepositories",
        "all",
        {},
        [("ecr:DescribeRepositories", f"{_REPOSITORIES}/*", {})],
        "Service Authorization Reference, Amazon ECR: repository",
    ),
    Row(
        "ecr",
        "GetAuthorizationToken",
        "",
        {},
        [("ecr:GetAuthorizationToken", "*", {})],
        "Service Authorization Reference, Amazon ECR: no resource type",
    ),
    *(
        Row(
            "ecr",
            name,
            "",
            {"repositoryName": "a/b"},
            [(f"ecr:{name}", f"{_REPOSITORIES}/a/b", {})],
            "Amazon ECR User Guide, Private repository policies",
        )
        for name in (
            "BatchCheckLayerAvailability",
            "BatchGetImage",
            "CompleteLayerUpload",
            "GetDownloadUrlForLayer",
            "InitiateLayerUpload",
            "PutImage",
            "UploadLayerPart",
        )
    ),
]

ROWS = [*_LOG_ROWS, *_STS_ROWS, *_API_ROWS, *_SNS_ROWS, *_ECR_ROWS]
