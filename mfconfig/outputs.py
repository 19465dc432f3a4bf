"""Reads and validates the JSON of `pulumi stack output --json`."""

import json
import re
from collections.abc import Mapping

from mfconfig.contract import OUTPUT_BY_NAME, STACK_OUTPUTS, Kind, StackOutput
from mfconfig.errors import UserError

HIDDEN_SECRET = "[secret]"  # noqa: S105
"""What Pulumi prints for a secret output without `--show-secrets`
(`massagePropertyValue` in pulumi/pulumi, `pkg/backend/display/json.go`)."""

SHOW_SECRETS_COMMAND = "pulumi stack output --json --show-secrets | mfconfig"

_PATTERNS: Mapping[Kind, tuple[str, str]] = {
    Kind.NAME: (r"[A-Za-z0-9._-]+", "a name of letters, digits, '.', '_' and '-'"),
    Kind.ARN: (
        r"arn:(aws|aws-cn|aws-us-gov|aws-eusc|aws-iso(-[a-z])?):"
        r"[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}|aws)?:[!-~]+",
        "an ARN (arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE)",
    ),
    Kind.S3_URI: (
        r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[!-~]*)?",
        "an S3 URI (s3://BUCKET/PREFIX)",
    ),
    Kind.TEXT: (r"[!-~]+", "text without spaces"),
    # Metaflow hands only a text on to jobs, and reads it as JSON (metaflow_config_funcs.py).
    Kind.JSON_OBJECT: (r"\{[ -~]*\}", "a JSON object written as text"),
}
"""The pattern of each scalar kind, and how a message describes it."""

_ELEMENT_KINDS: Mapping[Kind, Kind] = {Kind.ARNS: Kind.ARN, Kind.TEXTS: Kind.TEXT}

_HOST = r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?"
_URL = rf"(?P<scheme>https?)://(?P<host>{_HOST})(:(?P<port>[0-9]{{1,5}}))?(/[!-~]*)?"
_LOOPBACK_HOSTS = ("127.0.0.1", "localhost")
_PLAIN_HTTP_OUTPUTS = ("serviceInternalUrl", "uiUrl")
_HIGHEST_PORT = 65535
_SHOWN_CHARACTERS = 80


def parse_outputs(document: bytes) -> dict[str, str]:
    """Return the stack's outputs by name, as far as the contract knows them.

    Optional outputs that are absent or null are left out, and so are lists, which become no
    setting; a hidden secret keeps Pulumi's placeholder.

    Raises:
        UserError: the document is empty, no JSON, no object, lacks a required output, or holds
            a value of another shape than the contract's.
    """
    outputs = _parse_object(document)
    present = {name: outputs[name] for name in OUTPUT_BY_NAME if outputs.get(name) is not None}
    _refuse_missing(present)
    problems = [_problem(OUTPUT_BY_NAME[name], value, present) for name, value in present.items()]
    if any(problems):
        raise UserError("; ".join(filter(None, problems)))
    return {name: value for name, value in present.items() if isinstance(value, str)}


def is_api_key(value: object) -> bool:
    """Whether a value can be sent as an API key."""
    return _unmet_pattern(Kind.TEXT, value) is None and value != HIDDEN_SECRET


def _parse_object(document: bytes) -> dict[str, object]:
    if not document.strip():
        raise UserError(
            "the input is empty; pipe in the outputs of a deployed stack: "
            "pulumi stack output --json | mfconfig"
        )
    try:
        outputs = json.loads(document)
    except json.JSONDecodeError as error:
        raise UserError(
            f"the input is not JSON ({error.msg}, line {error.lineno}, column {error.colno}); "
            "pipe in what `pulumi stack output --json` prints"
        ) from None
    except (ValueError, RecursionError):
        raise UserError(
            "the input is not JSON; pipe in what `pulumi stack output --json` prints"
        ) from None
    if not isinstance(outputs, dict):
        raise UserError(
            f"the input is {_json_type(outputs)}, not an object of outputs; "
            "pipe in what `pulumi stack output --json` prints, without an output's name"
        )
    if {"engine", "outputs"} <= set(outputs):
        raise UserError(
            "the input is the summary of a rehearsal; give what stands under `outputs` in it"
        )
    return outputs


def _refuse_missing(present: Mapping[str, object]) -> None:
    missing = [
        output.name for output in STACK_OUTPUTS if output.required and output.name not in present
    ]
    if missing:
        raise UserError(
            f"the stack lacks the outputs {', '.join(missing)}; "
            "deploy it (pulumi up) and select it (pulumi stack select)"
        )


def _problem(output: StackOutput, value: object, present: Mapping[str, object]) -> str | None:
    """Return what is wrong with an output's value; None when nothing is."""
    if value == HIDDEN_SECRET:
        return None if output.secret else f"{output.name} is hidden; run {SHOW_SECRETS_COMMAND}"
    if output.kind is Kind.URL:
        expected = _unmet_url_rule(output.name, value, present)
    elif output.kind in _ELEMENT_KINDS:
        expected = _unmet_list_rule(_ELEMENT_KINDS[output.kind], value)
    else:
        expected = _unmet_pattern(output.kind, value)
    if expected is None:
        return None
    found = _json_type(value) if output.secret or not isinstance(value, str) else _shown(value)
    return f"the output {output.name} must be {expected}, found {found}"


def _unmet_pattern(kind: Kind, value: object) -> str | None:
    pattern, description = _PATTERNS[kind]
    if isinstance(value, str) and re.fullmatch(pattern, value):
        return None
    return description


def _unmet_list_rule(element_kind: Kind, value: object) -> str | None:
    if isinstance(value, list) and not any(_unmet_pattern(element_kind, item) for item in value):
        return None
    return f"a list, each element {_PATTERNS[element_kind][1]}"


def _unmet_url_rule(name: str, value: object, present: Mapping[str, object]) -> str | None:
    match = re.fullmatch(_URL, value) if isinstance(value, str) else None
    if match is None or int(match["port"] or 0) > _HIGHEST_PORT or {"?", "#"} & set(match[0]):
        return "a URL (https://HOST/PATH)"
    if match["scheme"] == "https" or match["host"] in _LOOPBACK_HOSTS:
        return None
    if name in _PLAIN_HTTP_OUTPUTS or not {"apiKey", "apiKeyId"} & present.keys():
        return None
    return "an https:// URL, since the API key is sent to it"


def _json_type(value: object) -> str:
    if value is None:
        return "null"
    names = {bool: "a boolean", dict: "an object", list: "a list", str: "a string"}
    return names.get(type(value), "a number")


def _shown(value: str) -> str:
    shortened = value if len(value) <= _SHOWN_CHARACTERS else value[:_SHOWN_CHARACTERS] + "..."
    return ascii(shortened)
