"""Which resource types say who holds which identity policies."""

from collections.abc import Mapping

from rules.iam.documents import Kind, types

POLICY = "aws:iam/policy:Policy"
"""Type of a managed policy."""

KINDS: Mapping[str, str] = {
    "aws:iam/role:Role": "role",
    "aws:iam/user:User": "user",
    "aws:iam/group:Group": "group",
}
"""What holds policies, by type."""
INLINE: tuple[tuple[str, str, str], ...] = (
    ("aws:iam/rolePolicy:RolePolicy", "role", "role"),
    ("aws:iam/userPolicy:UserPolicy", "user", "user"),
    ("aws:iam/groupPolicy:GroupPolicy", "group", "group"),
)
"""Types of inline policies: the property that names the holder, and the holder's kind."""

ATTACHING: tuple[tuple[str, str, str, str], ...] = (
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn", "role", "role"),
    ("aws:iam/userPolicyAttachment:UserPolicyAttachment", "policyArn", "user", "user"),
    ("aws:iam/groupPolicyAttachment:GroupPolicyAttachment", "policyArn", "group", "group"),
    ("aws:iam/policyAttachment:PolicyAttachment", "policyArn", "roles", "role"),
    ("aws:iam/policyAttachment:PolicyAttachment", "policyArn", "users", "user"),
    ("aws:iam/policyAttachment:PolicyAttachment", "policyArn", "groups", "group"),
    (
        "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
        "policyArns",
        "roleName",
        "role",
    ),
    (
        "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
        "policyArns",
        "userName",
        "user",
    ),
    (
        "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
        "policyArns",
        "groupName",
        "group",
    ),
)
"""Types that attach managed policies: property of the policies, of the holders, their kind."""

MEMBERSHIPS: tuple[tuple[str, str, str], ...] = (
    ("aws:iam/groupMembership:GroupMembership", "users", "group"),
    ("aws:iam/userGroupMembership:UserGroupMembership", "user", "groups"),
)
"""Types that put users into groups: property of the users, of the groups."""

TYPES: frozenset[str] = frozenset(
    (
        *types(Kind.IDENTITY),
        *KINDS,
        *(one[0] for one in (*INLINE, *ATTACHING, *MEMBERSHIPS)),
    )
)
"""Types that a rule about holders is about."""
