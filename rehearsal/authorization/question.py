"""What is asked of IAM: one action on one resource, in a context."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Question:
    """One action on one resource; an API request asks one or more, and all must be allowed.

    Attributes:
        action: as the service authorization reference writes it, such as `s3:GetObject`.
        resource: an ARN, or `*` for an action without a resource type.
        context: condition keys and their values; a tuple of the values of a multivalued key. A key
            that the request does not have is not in it. Case of the keys does not count (AWS IAM
            User Guide, "IAM JSON policy elements: Condition").
    """

    action: str
    resource: str
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
