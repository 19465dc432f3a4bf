"""What the emulator's DynamoDB lacks: a change of a table's encryption.

The function stands in the place of a method of moto 5.2.5 (pinned exactly); its docstring says why.
"""

from functools import cache
from typing import Any

from moto.dynamodb.responses import DynamoHandler


@cache
def apply() -> None:
    """Patch moto's DynamoDB, once a process."""
    original = DynamoHandler.update_table

    def update_table(handler: Any) -> Any:
        """Change the encryption too; moto drops SSESpecification in UpdateTable."""
        answer = original(handler)
        encryption = handler.body.get("SSESpecification")
        if encryption is not None:
            table = handler.dynamodb_backend.get_table(handler.body["TableName"])
            backend = handler.dynamodb_backend
            key = table._get_default_encryption_key(backend.account_id, backend.region_name)
            table.sse_specification = {"KMSMasterKeyId": key, **encryption}
        return answer

    setattr(DynamoHandler, "update_table", update_table)  # noqa: B010 mypy knows no assignment
