"""What requests to AWS Security Token Service ask of the caller's policies."""

from collections.abc import Iterator, Mapping

from rehearsal.authorization.asked.context import Context, given, listed_tags, request_tags
from rehearsal.authorization.asked.look import Look
from rehearsal.authorization.asked.mapping import Operation, nothing
from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question

_OWN_KEYS = {
    "sts:RoleSessionName": "RoleSessionName",
    "sts:ExternalId": "ExternalId",
    "sts:SourceIdentity": "SourceIdentity",
    "sts:TransitiveTagKeys": "TransitiveTagKeys",
}


def _assuming(request: Request, look: Look) -> Iterator[Question]:
    """Ask for the role, for the session's tags and for its source identity.

    AWS IAM User Guide, "Pass session tags in AWS STS" (sts:TagSession) and "Monitor and control
    actions taken with assumed roles" (sts:SetSourceIdentity). The role's trust policy is asked the
    same. The emulator keeps a session policy only where it stands in the request.
    """
    if request.parameters.get("PolicyArns"):
        raise request.unmapped("with PolicyArns")
    role = request["RoleArn"]
    own = given(_OWN_KEYS, request.parameters)
    tags = request_tags(listed_tags(request.parameters.get("Tags")))
    of_role: Context = {f"iam:ResourceTag/{key}": text for key, text in look.tags(role).items()}
    yield Question("sts:AssumeRole", role, {**own, **tags, **of_role})
    transitive = {key: own[key] for key in own if key == "sts:TransitiveTagKeys"}
    if tags or transitive:
        yield Question("sts:TagSession", role, {**tags, **transitive})
    if "sts:SourceIdentity" in own:
        identity = {"sts:SourceIdentity": own["sts:SourceIdentity"]}
        yield Question("sts:SetSourceIdentity", role, identity)


OPERATIONS: Mapping[str, Operation] = {
    "AssumeRole": _assuming,
    # AWS STS API Reference, GetCallerIdentity: no permissions are required, and none denies it.
    "GetCallerIdentity": nothing,
}
