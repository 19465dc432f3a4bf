"""The command as people run it: files in, import file and settings out, one line for a mistake."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migration.command import main
from tests.migration.others import state

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:others-AbC123"
INSTANCE = {
    "DBInstanceIdentifier": "db",
    "DBName": "metaflow",
    "Endpoint": {"Address": "db.abc.us-east-1.rds.amazonaws.com", "Port": 5432},
    "EngineVersion": "16.9",
    "StorageEncrypted": False,
    "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-0123456789abcdef0", "Status": "active"}],
}
OF_TEMPLATE = {
    "MetaflowS3Bucket": ("AWS::S3::Bucket", "bucket"),
    "StepFunctionsStateDDB": ("AWS::DynamoDB::Table", "table"),
    "RDSMasterInstance": ("AWS::RDS::DBInstance", "db"),
    "MyRDSSecret": ("AWS::SecretsManager::Secret", SECRET),
}
OF_MODULE: dict[str, dict[str, Any]] = {
    "module.metaflow-datastore.aws_s3_bucket.this": {"bucket": "bucket"},
    "module.metaflow-datastore.aws_kms_key.s3": {
        "arn": "arn:aws:kms:us-east-1:123456789012:key/one"
    },
    "module.metaflow-datastore.aws_db_instance.this[0]": {
        "identifier": "db",
        "address": "db.abc.us-east-1.rds.amazonaws.com",
        "port": 5432,
        "db_name": "metaflow",
        "engine_version": "11",
        "storage_encrypted": True,
        "vpc_security_group_ids": ["sg-0123456789abcdef0"],
        "password": "of-theirs",
    },
    "module.metaflow-step-functions.aws_dynamodb_table.step_functions_state_table[0]": {
        "name": "table"
    },
}

Write = Callable[[str, Any], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(name: str, content: Any) -> str:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return to_file


def listing(key: str = "StackResources", **statuses: str) -> dict[str, Any]:
    return {
        key: [
            {
                "LogicalResourceId": name,
                "ResourceType": kind,
                "PhysicalResourceId": physical,
                "ResourceStatus": statuses.get(name, "UPDATE_COMPLETE"),
            }
            for name, (kind, physical) in OF_TEMPLATE.items()
        ]
    }


def ids(path: Path) -> dict[str, str]:
    resources = json.loads(path.read_text())["resources"]
    return {one["name"]: one["id"] for one in resources if "id" in one}


TAKEN = {"metaflow-datastore-bucket": "bucket", "metaflow-flows-table": "table"}


@pytest.mark.parametrize("key", ["StackResources", "StackResourceSummaries"])
def test_a_stack_of_the_template(
    key: str, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "import.json"
    databases = write("databases.json", {"DBInstances": [INSTANCE]})
    code = main([write("list.json", listing(key)), str(target), "--databases", databases])
    printed = capsys.readouterr()
    assert code == 0
    assert ids(target) == TAKEN
    assert f'metaflow-aws:dbSecretArn: "{SECRET}"' in printed.out
    assert 'metaflow-aws:dbSecurityGroupId: "sg-0123456789abcdef0"' in printed.out
    assert "datastoreKmsKeyArn" not in printed.out
    assert "is not encrypted" in printed.err


@pytest.mark.parametrize("root", ["", "module.metaflow", "module.a.module.metaflow[0]"])
def test_a_state_of_the_module_wherever_it_stands(
    root: str, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "import.json"
    shown = write("state.json", state(OF_MODULE, root))
    code = main([shown, str(target), "--database-secret", SECRET])
    printed = capsys.readouterr()
    assert code == 0
    assert ids(target) == TAKEN
    assert "metaflow-aws:datastoreKmsKeyArn" in printed.out
    assert "PostgreSQL 11 is past RDS standard support" in printed.err
    assert "of-theirs" not in printed.out + printed.err + target.read_text()


def test_a_state_with_aurora_and_without_step_functions(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = dict(OF_MODULE["module.metaflow-datastore.aws_db_instance.this[0]"])
    cluster = {
        **values,
        "cluster_identifier": "cluster",
        "endpoint": "cluster.abc.us-east-1.rds.amazonaws.com",
        "database_name": "flows",
    }
    resources = {
        **{key: one for key, one in OF_MODULE.items() if "db_instance" not in key},
        "module.metaflow-datastore.aws_rds_cluster.this[0]": cluster,
    }
    del resources["module.metaflow-step-functions.aws_dynamodb_table.step_functions_state_table[0]"]
    target = tmp_path / "import.json"
    shown = write("state.json", state(resources))
    assert main([shown, str(target), "--database-secret", SECRET]) == 0
    printed = capsys.readouterr()
    assert set(ids(target)) == {"metaflow-datastore-bucket"}
    assert 'dbHost: "cluster.abc' in printed.out
    assert 'dbName: "flows"' in printed.out


def without(values: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: one for name, one in values.items() if name != key}


TWICE = {
    "format_version": "1.0",
    "terraform_version": "1.9.8",
    "values": {
        "root_module": {
            "child_modules": [
                state(OF_MODULE, root)["values"]["root_module"] for root in ("module.a", "module.b")
            ]
        }
    },
}


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        ("{", [], "is no JSON; give the command's output as it is"),
        ("[" * 100_000, [], "is no JSON; give the command's output as it is"),
        ("[]", [], "is no JSON object"),
        ("{}", [], "lists neither a CloudFormation stack's resources nor Terraform's state"),
        (listing(), [], "give --databases the output of: aws rds describe-db-instances"),
        ({"StackResources": []}, [], "the stack has no RDSMasterInstance of type AWS::RDS"),
        ({"StackResources": "x"}, [], "the stack has no RDSMasterInstance"),
        (listing(MetaflowS3Bucket="DELETE_COMPLETE"), ["databases"], "has no MetaflowS3Bucket"),
        (listing(), ["no databases"], "the file of --databases has no database db"),
        (listing(), ["half a database"], "the database db has no Address"),
        (listing(), ["several groups"], "it has sg-a, sg-b"),
        (state(OF_MODULE), [], "put it into a secret with `aws secretsmanager create-secret"),
        (state({}), [], "the state has no module.metaflow-datastore.aws_s3_bucket.this"),
        (
            {"terraform_version": "1.9.8", "values": {}},
            [],
            "the state has no module.metaflow-datastore.aws_s3_bucket.this",
        ),
        (TWICE, [], "the state has 2 of module.metaflow-datastore.aws_s3_bucket.this"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_mistake_is_one_line_and_nothing_is_written(
    content: Any,
    options: list[str],
    words: str,
    write: Write,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = {
        "databases": {"DBInstances": [INSTANCE]},
        "no databases": {"DBInstances": []},
        "half a database": {"DBInstances": [without(INSTANCE, "Endpoint")]},
        "several groups": {
            "DBInstances": [
                {
                    **INSTANCE,
                    "VpcSecurityGroups": [{"VpcSecurityGroupId": one} for one in ("sg-a", "sg-b")],
                }
            ]
        },
    }
    given = [text for name in options for text in ("--databases", write("db.json", files[name]))]
    target = Path(write("import.json", "old"))
    code = main([write("list.json", content), str(target), *given])
    printed = capsys.readouterr()
    assert code == 2
    assert printed.out == ""
    assert printed.err.startswith("migration: ")
    assert words in printed.err
    assert printed.err.count("\n") == 1
    assert target.read_text() == "old"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "the following arguments are required: listing, import_file"),
        (["missing.json", "import.json"], "cannot read missing.json: No such file"),
        (["a", "b", "--bogus"], "unrecognized arguments: --bogus"),
    ],
)
def test_a_wrong_call_is_one_line(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    printed = capsys.readouterr().err
    assert words in printed
    assert printed.count("\n") == 1


def test_a_file_that_cannot_be_written_leaves_nothing_behind(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = write("state.json", state(OF_MODULE))
    target = tmp_path / "folder"
    target.mkdir()
    (target / "kept").touch()
    before = sorted(tmp_path.iterdir())
    assert main([shown, str(target), "--database-secret", SECRET]) == 2
    assert f"cannot write {target}" in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before
    nowhere = tmp_path / "missing" / "import.json"
    assert main([shown, str(nowhere), "--database-secret", SECRET]) == 2
    assert f"cannot write {nowhere}: No such file" in capsys.readouterr().err
