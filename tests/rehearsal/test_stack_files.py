"""Stack files as the Pulumi CLI merges them."""

import re
from pathlib import Path

import boto3
import pytest

from rehearsal.stack_files import StackFileError, read_stack

PROJECT = """
name: tiny
config:
  aws:region:
    value: eu-west-1
  size:
    type: integer
    default: 3
  flag:
    type: boolean
    default: false
  label:
    type: string
    default: ""
  queues:
    type: array
    items:
      type: object
    default:
      - name: default
  plain: "007"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  tiny:size: 4\n")
    return tmp_path


def test_differences_replace_defaults_and_everything_is_text(folder: Path) -> None:
    (folder / "Pulumi.blue.green.yaml").write_text(
        "config:\n  tiny:size: 12\n  flag: true\n  aws:region: us-east-1\n"
        "  tiny:queues:\n    - name: other\n      maxVcpus: 8\n  other:key: text\n"
    )
    config = read_stack(folder, "blue.green")
    assert (config.project, config.stack_name, config.region) == (
        "tiny",
        "blue.green",
        "us-east-1",
    )
    assert config.values == {
        "aws:region": "us-east-1",
        "tiny:size": "12",
        "tiny:flag": "true",
        "tiny:label": "",
        "tiny:queues": '[{"name": "other", "maxVcpus": 8}]',
        "tiny:plain": "007",
        "other:key": "text",
    }


@pytest.mark.parametrize("content", ["", "config:\n", "encryptionsalt: v1:abc\n"])
def test_a_stack_without_differences_has_the_defaults(folder: Path, content: str) -> None:
    (folder / "Pulumi.dev.yaml").write_text(content)
    config = read_stack(folder, "dev")
    assert config.values["tiny:size"] == "3"
    assert config.values["tiny:queues"] == '[{"name": "default"}]'
    assert config.region == "eu-west-1"


def refusal(folder: Path, stack: str = "dev") -> str:
    with pytest.raises(StackFileError) as caught:
        _ = read_stack(folder, stack).region
    message = str(caught.value)
    assert "\n" not in message
    assert str(folder) not in message
    return message


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *(
            (word, word)
            for word in ("off", "on", "yes", "No", "y", "~1", "1:30", "0x", "1e", ".inf")
        ),
        *((word, word.lower()) for word in ("true", "False", "TRUE")),
        *(
            ("12", "12"),
            ("-3", "-3"),
            ("0x10", "16"),
            ("010", "8"),
            ("0o10", "8"),
            ("1_000", "1000"),
        ),
        *(
            ("16.10", "16.1"),
            ("1e3", "1000"),
            ("2.0", "2"),
            (".5", "0.5"),
            ('"2026-11-22"', "2026-11-22"),
        ),
    ],
)
def test_a_plain_value_is_what_the_cli_takes_it_for(folder: Path, written: str, value: str) -> None:
    (folder / "Pulumi.dev.yaml").write_text(f"config:\n  tiny:label: {written}\n")
    assert read_stack(folder, "dev").values["tiny:label"] == value


def test_an_unknown_stack_is_told_which_there_are(folder: Path) -> None:
    (folder / "Pulumi.prod.yaml").touch()
    wanted = "There is no Pulumi.test.yaml; the stacks here are: dev, prod."
    assert refusal(folder, "test") == wanted
    for name, shown in (("", '""'), ("../dev", '"../dev"'), ("a\nb", '"a\\nb"')):
        wanted = f"{shown} is no name of a stack; the stacks here are: dev, prod."
        assert refusal(folder, name) == wanted
    (folder / "Pulumi.dev.yaml").unlink()
    (folder / "Pulumi.prod.yaml").unlink()
    assert refusal(folder).endswith("the stacks here are: none.")


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("Pulumi.dev.yaml", "config:\n\t- broken: [\n", "Pulumi.dev.yaml cannot be read: while"),
        ("Pulumi.dev.yaml", "- a\n- b\n", "Pulumi.dev.yaml is no mapping of keys to values."),
        (
            "Pulumi.dev.yaml",
            "config:\n  size: 1\n  size: 2\n",
            "Pulumi.dev.yaml cannot be read: size stands there a second time in line 3",
        ),
        (
            "Pulumi.dev.yaml",
            "confg:\n  size: 1\n",
            "Pulumi.dev.yaml has the unknown key confg; settings stand below config:",
        ),
        (
            "Pulumi.dev.yaml",
            "config:\n  tags:\n    made: 2026-11-22\n",
            "Pulumi.dev.yaml cannot be read: 2026-11-22 in line 3 is a date to the CLI",
        ),
        ("Pulumi.dev.yaml", "config: [1]\n", "config in Pulumi.dev.yaml is no mapping"),
        ("Pulumi.yaml", "config: {}\n", "Pulumi.yaml has no name; give the project one"),
        ("Pulumi.yaml", "name: tiny\nconfig: text\n", "config in Pulumi.yaml is no mapping"),
        (
            "Pulumi.yaml",
            "name: tiny\nconfig:\n  must:\n    type: string\n",
            "tiny:must has no value and no default; set it with: pulumi config set tiny:must",
        ),
        ("Pulumi.yaml", "name: tiny\n", "aws:region is not set; set it with: pulumi config set"),
        (
            "Pulumi.dev.yaml",
            "config:\n  tiny:token:\n    secure: v1:abc\n",
            "tiny:token is encrypted, and a rehearsal has no keys; set it plainly with: pulumi",
        ),
    ],
)
def test_unusable_files_are_one_line(folder: Path, file: str, content: str, words: str) -> None:
    (folder / file).write_text(content)
    assert refusal(folder).startswith(words)


@pytest.mark.parametrize(
    ("region", "named"),
    [
        ("mars-1", "us-east-1"),
        ("eu-wset-1", "eu-west-1"),
        ("frankfurt", "eu-central-1"),
        ("US-EAST-1", "us-east-1"),
        ("", "us-east-1"),
    ],
)
def test_a_region_that_aws_does_not_have_is_told_with_some_that_it_has(
    folder: Path, region: str, named: str
) -> None:
    (folder / "Pulumi.dev.yaml").write_text(f"config:\n  aws:region: '{region}'\n")
    words = re.fullmatch(
        f'aws:region is "{region}", which AWS does not have; set it to (.*) or another one with: '
        "pulumi config set aws:region <region>",
        refusal(folder),
    )
    assert words is not None
    assert named in words[1].split(", ")
    assert set(words[1].split(", ")) <= set(boto3.Session().get_available_regions("ec2"))


@pytest.mark.parametrize("region", ["eu-west-1", "cn-north-1", "us-gov-west-1", "ap-southeast-7"])
def test_the_regions_of_every_partition_are_taken(folder: Path, region: str) -> None:
    (folder / "Pulumi.dev.yaml").write_text(f"config:\n  aws:region: {region}\n")
    assert read_stack(folder, "dev").region == region


def test_a_file_that_is_no_text_is_one_line(folder: Path) -> None:
    (folder / "Pulumi.dev.yaml").write_bytes(b"config:\n  tiny:size: \xff\n")
    assert refusal(folder).startswith("Pulumi.dev.yaml cannot be read: ")


def test_a_missing_project_file_is_one_line(folder: Path) -> None:
    (folder / "Pulumi.yaml").unlink()
    with pytest.raises(StackFileError, match=r"^Pulumi\.yaml cannot be read: .*No such file"):
        read_stack(folder, "dev")
