"""Fetches the value of the gateway's API key; the only place that imports boto3."""

from mfconfig.errors import UserError
from mfconfig.outputs import SHOW_SECRETS_COMMAND, is_api_key

_TIMEOUT_SECONDS = 10


def fetch_api_key(key_id: str, region: str) -> str:
    """Return the value of an API key of Amazon API Gateway, fetched with the user's credentials.

    It needs `apigateway:GET` on the key (API Gateway API reference, GetApiKey).

    Raises:
        UserError: there is no boto3, no credentials, no permission, no network or no such key.
    """
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        reason = f"{error.name} is not installed (pip install boto3)"
        raise _unavailable(key_id, reason) from None
    timeouts = Config(
        connect_timeout=_TIMEOUT_SECONDS,
        read_timeout=_TIMEOUT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 2},
    )
    try:
        gateway = boto3.client("apigateway", region_name=region, config=timeouts)
        value = gateway.get_api_key(apiKey=key_id, includeValue=True).get("value")
    except (BotoCoreError, ClientError, OSError, ValueError) as error:
        raise _unavailable(key_id, str(error)) from None
    if not is_api_key(value):
        raise _unavailable(key_id, "API Gateway answered without its value")
    return str(value)


def _unavailable(key_id: str, reason: str) -> UserError:
    return UserError(
        f"cannot fetch the API key {key_id}: {reason.rstrip('.')}; "
        f"without AWS credentials run {SHOW_SECRETS_COMMAND}"
    )
