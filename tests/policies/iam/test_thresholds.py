"""What a configuration file may set the thresholds of these rules to."""

from typing import Any

import jsonschema
import pytest

from rules.iam.confused_deputy import confused_deputy
from rules.iam.managed import no_broad_managed_policies
from rules.iam.other_accounts import other_accounts_bounded
from rules.iam.resource_policies import endpoint_policy_bounded
from rules.iam.validity import document_size

CASES: list[tuple[Any, str, list[Any], list[Any]]] = [
    (document_size, "trustLimit", [1, 4096], [0, 4097, "2048"]),
    (other_accounts_bounded, "account", ["", "123456789012"], ["1", 123456789012, None]),
    (
        other_accounts_bounded,
        "trustedAccounts",
        [[], ["123456789012", "AROAEXAMPLEID", "AIDAEXAMPLEID", "0f" * 32]],
        ["1", ["1"], [1], ["AKIAEXAMPLEID"], ["0f" * 31]],
    ),
    (confused_deputy, "servicesWithoutSource", [[], ["ec2"]], ["ec2", [""], [1]]),
    (no_broad_managed_policies, "allow", [[], ["ReadOnlyAccess"]], ["x", [""], [1]]),
    (endpoint_policy_bounded, "required", [True, False], ["true", 1]),
]


@pytest.mark.parametrize(("rule", "name", "good", "bad"), CASES, ids=[row[1] for row in CASES])
def test_thresholds(rule: Any, name: str, good: list[Any], bad: list[Any]) -> None:
    schema = rule.config_schema.properties[name]
    for value in good:
        jsonschema.validate(value, schema)
    for value in bad:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(value, schema)
