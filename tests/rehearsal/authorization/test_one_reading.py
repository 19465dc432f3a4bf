"""Requests that the gate and the emulator could read differently: none gets through."""

import json
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

import pytest

from rehearsal.stage import Stage
from tests.rehearsal.authorization.raw_requests import FORM, JSON, authorization, send, signed
from tests.rehearsal.authorization.worker_role import (
    ACCOUNT,
    BUCKET,
    REGION,
    ROLE,
    allow,
    assumed,
)

MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:victim"
JOB = {"jobDefinitionName": "smuggled", "type": "container"}
CONTAINER = {"image": "image", "vcpus": 1, "memory": 128}


@pytest.fixture
def credentials(place: Stage) -> Iterator[Mapping[str, str]]:
    """Have a victim of each kind, and a role that may not touch any of them."""
    definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    place.cloud.client("stepfunctions").create_state_machine(
        name="victim", definition=json.dumps(definition), roleArn=ROLE
    )
    place.cloud.client("s3").put_object(Bucket=BUCKET, Key="secret/kept", Body=b"kept")
    yield assumed(
        place,
        allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{BUCKET}/own/*"),
        allow(["states:ListStateMachines", "batch:DescribeJobs"]),
        allow("states:DeleteStateMachine", f"{MACHINE}-of-its-own"),
    )
    place.cloud.client("stepfunctions").delete_state_machine(stateMachineArn=MACHINE)


def target(operation: str, **more: str) -> dict[str, str]:
    return {"X_Amz_Target": f"AWSStepFunctions.{operation}", "Content_Type": JSON, **more}


def form(**values: str) -> bytes:
    return urlencode({"Version": "2011-06-15", **values}).encode()


ARN = json.dumps({"stateMachineArn": MACHINE}).encode()
OF_ITS_OWN = f"{MACHINE}-of-its-own"
ASSUME = {"Action": "AssumeRole", "RoleArn": ROLE, "RoleSessionName": "other"}
WHO = {"Action": "GetCallerIdentity"}
FORMS = {"Content_Type": FORM}
JSONS = {"Content_Type": "application/json"}
REGISTER = json.dumps({"jobs": [], **JOB, "containerProperties": CONTAINER}).encode()

EVASIONS: dict[str, tuple[str, str, dict[str, str], bytes]] = {
    "json-action-in-url": (
        "states",
        "POST /?Action=DeleteStateMachine",
        target("ListStateMachines"),
        ARN,
    ),
    "json-argument-in-url": (
        "states",
        f"POST /?stateMachineArn={MACHINE}",
        target("DeleteStateMachine"),
        json.dumps({"stateMachineArn": OF_ITS_OWN}).encode(),
    ),
    "json-action-as-form-in-body": (
        "states",
        "POST /",
        target("ListStateMachines"),
        json.dumps({"stateMachineArn": MACHINE, "x": "&Action=DeleteStateMachine&"}).encode(),
    ),
    "json-argument-as-form-in-body": (
        "states",
        "POST /",
        target("DeleteStateMachine"),
        json.dumps({"stateMachineArn": OF_ITS_OWN, "x": f"&stateMachineArn={MACHINE}&"}).encode(),
    ),
    "json-action-in-header": (
        "states",
        "POST /",
        target("ListStateMachines", Action="DeleteStateMachine"),
        b"",
    ),
    "json-in-a-form": (
        "states",
        "POST /",
        {**target("ListStateMachines"), "Content_Type": FORM},
        form(Action="DeleteStateMachine", stateMachineArn=MACHINE),
    ),
    "json-body-encoded": (
        "states",
        "POST /",
        target("ListStateMachines", Content_Encoding="gzip"),
        b"{}",
    ),
    "json-two-targets": (
        "states",
        "POST /",
        target("ListStateMachines", x_amz_target="AWSStepFunctions.DeleteStateMachine"),
        ARN,
    ),
    "json-other-account": (
        "states",
        "POST /",
        target("ListStateMachines", X_Moto_Account_Id="999999999999"),
        b"{}",
    ),
    "json-other-region": (
        "states",
        "POST /",
        target("ListStateMachines", User_Agent="Boto3 region/us-west-2"),
        b"{}",
    ),
    "query-action-in-url": ("sts", "POST /?" + urlencode(WHO), FORMS, form(**ASSUME)),
    "query-arguments-in-url": ("sts", "POST /?" + urlencode(ASSUME), FORMS, form(**WHO)),
    "query-get": ("sts", "GET /?" + urlencode(WHO), {}, b""),
    "query-two-actions": ("sts", "POST /", FORMS, form(**WHO) + b"&" + form(**ASSUME)),
    "query-target": ("sts", "POST /", {**FORMS, "X_Amz_Target": "X.AssumeRole"}, form(**WHO)),
    "query-multipart": (
        "sts",
        "POST /",
        {"Content_Type": "multipart/form-data; boundary=x"},
        b'--x\r\nContent-Disposition: form-data; name="Action"\r\n\r\nGetCallerIdentity\r\n--x--',
    ),
    "rest-action-in-url": (
        "batch",
        "POST /v1/describejobs?Action=RegisterJobDefinition",
        JSONS,
        REGISTER,
    ),
    "rest-argument-in-url": ("batch", "POST /v1/describejobs?jobs=other", JSONS, b'{"jobs": []}'),
    "rest-target": (
        "batch",
        "POST /v1/describejobs",
        {**JSONS, "X_Amz_Target": "Batch.RegisterJobDefinition"},
        REGISTER,
    ),
    "rest-action-as-form-in-body": (
        "batch",
        "POST /v1/describejobs",
        JSONS,
        json.dumps(
            {**json.loads(REGISTER), "x": "&Action=RegisterJobDefinition&jobDefinitionName=y"}
        ).encode(),
    ),
    "rest-action-in-header": (
        "batch",
        "POST /v1/describejobs",
        {**JSONS, "Action": "RegisterJobDefinition"},
        REGISTER,
    ),
    "rest-path-of-another-service": ("batch", "GET /2015-03-31/functions/", {}, b""),
    "s3-other-host": (
        "s3",
        "PUT /own/new",
        {"Host": f"{BUCKET}.s3.{REGION}.amazonaws.com"},
        b"",
    ),
    "s3-service-as-host": ("s3", f"GET /{BUCKET}/own/there", {"Host": "sts"}, b""),
    "s3-absolute-url": ("s3", f"GET http://sts.amazonaws.com/{BUCKET}/own/there", {}, b""),
    "s3-argument-of-another-operation": ("s3", f"GET /{BUCKET}/own/there?acl&x-id=a", {}, b""),
    "s3-unknown-argument": ("s3", f"GET /{BUCKET}/own/there?tagging2", {}, b""),
    "s3-repeated-argument": ("s3", f"GET /{BUCKET}/own/there?versionId=a&versionId=b", {}, b""),
    "s3-form": ("s3", f"PUT /{BUCKET}/own/new", FORMS, b"acl="),
    "s3-encoded-slash-after-bucket": ("s3", f"PUT /{BUCKET}%2Fown%2Fnew", {}, b""),
    "s3-fragment": ("s3", f"GET /{BUCKET}/own/there%3f?Action=x#/../a", {}, b""),
    "s3-region-in-key": ("s3", f"GET /{BUCKET}/x.s3.cn-north-1.amazonaws.com/own", {}, b""),
    "s3-control": ("s3", "GET /v20180820/x", {}, b""),
    "instance-metadata": ("s3", "GET /latest/meta-data/iam/security-credentials/", {}, b""),
    "emulator": ("s3", "GET /moto-api/data.json", {}, b""),
    "emulator-without-slash": ("s3", "GET /moto-api", {}, b""),
    "unknown-service": ("nonsense", "GET /", {}, b""),
    "s3-express": ("s3express", f"GET /{BUCKET}/own/there", {}, b""),
    "cloudwatch": ("monitoring", "POST /", FORMS, form(Action="PutMetricData")),
    "body-that-is-no-json": ("states", "POST /", target("ListStateMachines"), b"{"),
    "body-that-is-no-text": ("batch", "POST /v1/describejobs", JSONS, b"\xff\xfe"),
}


@pytest.mark.parametrize("case", sorted(EVASIONS))
def test_what_no_client_of_aws_writes_is_refused_and_told(
    place: Stage, credentials: Mapping[str, str], case: str
) -> None:
    service, request, headers, body = EVASIONS[case]
    objects = listed(place)
    status, answer = send(place, request, signed(credentials, service, **headers), body)
    assert status in (400, 403)
    assert "AccessDenied" in answer
    assert len(place.authorizer.ledger.faults) == 1
    assert place.authorizer.ledger.entries() == asked_to_assume(place)
    machines = place.cloud.client("stepfunctions").list_state_machines()["stateMachines"]
    assert [one["name"] for one in machines] == ["victim"]
    definitions = place.cloud.client("batch").describe_job_definitions()["jobDefinitions"]
    assert definitions == []
    assert listed(place) == objects


def listed(place: Stage) -> list[str]:
    found = place.cloud.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    return [one["Key"] for one in found]


def asked_to_assume(place: Stage) -> list[object]:
    return [one for one in place.authorizer.ledger.entries() if one.action == "sts:AssumeRole"]


ALTERED: dict[str, str] = {
    "second-credential-in-front": "AWS4-HMAC-SHA256 x/20260101/{region}/s3/aws4_request, {rest}",
    "second-credential-behind": "{whole}, Credential=AKIAOTHEROTHEROTHER1/20260101/x/s3/aws4",
    "two-headers-in-one": "{whole}, {whole}",
    "lower-case-algorithm": "aws4-hmac-sha256 {rest}",
    "upper-case-service": "{upper}",
    "text-in-front": "x {whole}",
    "short-signature": "{short}",
    "version-2": "AWS {key}:AAAA",
    "bearer": "Bearer {key}",
    "empty": "",
}


@pytest.mark.parametrize("case", sorted(ALTERED))
def test_a_signature_in_another_form_is_refused_and_told(
    place: Stage, credentials: Mapping[str, str], case: str
) -> None:
    key = credentials["AccessKeyId"]
    whole = authorization(key, "sts")
    header = ALTERED[case].format(
        whole=whole,
        rest=whole.partition(" ")[2],
        upper=authorization(key, "s3").replace("/s3/", "/S3/"),
        short=whole[:-1],
        key=key,
        region=REGION,
    )
    headers = [
        ("Authorization", header),
        ("X-Amz-Security-Token", credentials["SessionToken"]),
        ("Content-Type", FORM),
    ]
    status, answer = send(place, "POST /", headers, form(**WHO))
    assert status == 403
    assert "AccessDenied" in answer
    assert place.authorizer.ledger.faults == [
        "POST / has a header Authorization that is no Signature Version 4."
    ]
    whole_header = [("Authorization", whole), *headers[1:]]
    assert send(place, "POST /", whole_header, form(**WHO))[0] == 200


@pytest.mark.parametrize("named", [True, False], ids=["presigned", "anonymous"])
def test_what_is_not_signed_in_its_headers_is_refused_and_told(
    place: Stage, credentials: Mapping[str, str], named: bool
) -> None:
    scope = f"{credentials['AccessKeyId']}/20260101/{REGION}/s3/aws4_request"
    url = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": scope,
        "X-Amz-Signature": "0" * 64,
        "X-Amz-Security-Token": credentials["SessionToken"],
    }
    query = f"?{urlencode(url)}" if named else ""
    status, answer = send(place, f"GET /{BUCKET}/own/there{query}", [])
    assert status == 403
    assert "MissingAuthenticationToken" in answer
    (fault,) = place.authorizer.ledger.faults
    assert fault == f"GET /{BUCKET}/own/there is not signed in its headers."


def test_a_signature_beside_another_in_the_url_is_refused(
    place: Stage, credentials: Mapping[str, str]
) -> None:
    request = f"GET /{BUCKET}/own/there?X-Amz-Credential=other"
    assert send(place, request, signed(credentials, "s3"))[0] == 403


def test_clients_own_forms_get_through(place: Stage, credentials: Mapping[str, str]) -> None:
    chunks = b"3\r\nabc\r\n0\r\n\r\n"
    chunked = signed(credentials, "s3", Transfer_Encoding="chunked")
    streaming = signed(
        credentials,
        "s3",
        Content_Encoding="aws-chunked",
        X_Amz_Content_Sha256="STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        X_Amz_Decoded_Content_Length="3",
    )
    targets = signed(
        credentials, "states", x_amz_target="AWSStepFunctions.ListStateMachines", content_type=JSON
    )
    s3 = place.cloud.client("s3")
    for headers in (chunked, streaming):
        status = send(place, f"PUT /{BUCKET}/own/a%23%20b/", headers, chunks)[0]
        assert status == 200
        assert s3.get_object(Bucket=BUCKET, Key="own/a# b/")["Body"].read() == b"abc"
        s3.delete_object(Bucket=BUCKET, Key="own/a# b/")
    assert send(place, "POST /", targets, b'{"maxResults": 5}')[0] == 200
    assert place.authorizer.ledger.faults == []


def test_chunked_uploads_are_judged_by_their_key(
    place: Stage, credentials: Mapping[str, str]
) -> None:
    chunked = signed(credentials, "s3", Transfer_Encoding="chunked")
    assert send(place, f"PUT /{BUCKET}/secret/kept", chunked, b"0\r\n\r\n")[0] == 403
    kept = place.cloud.client("s3").get_object(Bucket=BUCKET, Key="secret/kept")
    assert kept["Body"].read() == b"kept"


def test_a_failure_of_the_judgement_is_a_refusal_and_told(
    place: Stage, credentials: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(place.authorizer, "refusal", fail)
    status, answer = send(place, f"GET /{BUCKET}/own/there", signed(credentials, "s3"))
    assert status == 403
    assert "AccessDenied" in answer
    assert place.authorizer.ledger.faults == [
        f"GET /{BUCKET}/own/there could not be judged: RuntimeError: a defect"
    ]
