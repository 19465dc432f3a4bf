"""Each option has a text in the README, of five lines: what it costs, and when to use it."""

import re
from collections.abc import Iterator, Mapping

import pytest

from tests.test_readme import README, TABLES

LONGEST = 5
COST = re.compile(r"\b(costs?|prices?|pay|charges|saves|free)\b|USD")
USE = re.compile(
    r"\b([Uu]se|[Ss]et|[Nn]ame|[Ll]eave|[Rr]aise|[Ll]ower)\s|\b(is|are|[Rr]ight)\sfor\b|:\sfor\b"
)
FREE = "None of these costs anything by itself"
"""What stands above items that need not say it again."""

PLAIN: Mapping[str, str] = {
    "namePrefix": "a name",
    "vpcCidr": "addresses",
    "dbName": "a name",
    "queues": "the list of what has a table and texts of its own",
    "name": "a name",
    "registry": "a name",
    "prefix": "a name",
}
"""Settings that cost and protect nothing, with what they are."""

BELONGING: Mapping[str, str] = {
    "publicSubnetIds": "vpcId",
    "privateSubnetIds": "vpcId",
    "databaseSubnetIds": "vpcId",
    "dbMaxAllocatedStorage": "dbAllocatedStorage",
    "dbPort": "dbHost",
    "dbSecretArn": "dbHost",
    "dbSecretKmsKeyArn": "dbHost",
    "dbSecurityGroupId": "dbHost",
    "dbCidr": "dbHost",
    "apiQuotaPeriod": "apiQuotaLimit",
    "serviceCpu": "serviceCount",
    "serviceMemory": "serviceCount",
    "apiCertificateArn": "apiDomainName",
    "apiHostedZoneId": "apiDomainName",
    "apiWafRateLimit": "apiWaf",
    "minVcpus": "maxVcpus",
    "onDemandBehind": "maximumPricePercent",
    "shares": "fairShare",
    "decaySeconds": "fairShare",
    "computeReservation": "fairShare",
    "imageRepositoryKeep": "imageRepository",
    "imageRepositoryUntaggedDays": "imageRepository",
    "imageRepositoryForceDelete": "imageRepository",
    "secretArn": "imageCaches",
}
"""Settings that mean nothing without another one, or cost with it, by whose text they stand."""

PART = README.split("\n## Settings\n")[1].split("\n## ")[0]
SETTINGS = list(
    dict.fromkeys(
        str(info.alias) for model in TABLES.values() for info in model.model_fields.values()
    )
)


def texts() -> Iterator[tuple[str, str]]:
    """Yield each paragraph and each item of the settings' part, with what stands above items."""
    above = ""
    for block in re.split(r"\n{2,}|\n(?=- )", PART):
        text = block.strip()
        if text.startswith(("|", "#", "<!--")) or not text:
            continue
        if not text.startswith("- "):
            above = text
        yield text, above


def said_in_a_table(setting: str) -> bool:
    """Say whether a table has a row for each of the setting's values, with cost and use."""
    head = f"| `{setting}` | what it costs | when to use it |"
    if head not in PART:
        return False
    rows = PART.split(head)[1].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return bool(cells) and all(len(row) == 4 and all(row) for row in cells)


def is_about(text: str, setting: str) -> bool:
    """Say whether a text begins with a setting, among the first ones that it names."""
    return re.search(rf"`{setting}\b[^`]*`", text.splitlines()[0]) is not None


@pytest.mark.parametrize("text", [text for text, _ in texts()], ids=lambda text: text[:40])
def test_a_text_has_five_lines_at_most(text: str) -> None:
    assert len(text.splitlines()) <= LONGEST


@pytest.mark.parametrize("setting", [one for one in SETTINGS if one not in {*PLAIN, *BELONGING}])
def test_a_text_says_what_it_costs_and_when_to_use_it(setting: str) -> None:
    about = [(text, above) for text, above in texts() if is_about(text, setting)]
    whole = [
        text
        for text, above in about
        if (COST.search(text) or above.startswith(FREE)) and USE.search(text)
    ]
    assert whole or said_in_a_table(setting), about


def test_what_needs_no_text_of_its_own_is_a_setting() -> None:
    assert {*PLAIN, *BELONGING, *BELONGING.values()} <= set(SETTINGS)
    assert not set(PLAIN) & set(BELONGING)
    assert not set(BELONGING.values()) & {*PLAIN, *BELONGING}
