"""The guide names settings that there are, and every parameter and variable of the others."""

import re

import pytest
from pydantic.alias_generators import to_camel

from migration.command import main
from settings import QueueSettings, Settings
from tests.deployed import ROOT

GUIDE = (ROOT / "docs" / "migrating.md").read_text(encoding="utf-8")
TABLE = GUIDE.partition("## Settings by parameter")[2]
ROWS = [line.strip("|").split("|") for line in TABLE.splitlines() if line.startswith("| ")][1:]

PARAMETERS = [
    "SagemakerInstance",
    "VPCCidr",
    "Subnet1Cidr",
    "Subnet2Cidr",
    "MaxVCPUBatch",
    "MinVCPUBatch",
    "DesiredVCPUBatch",
    "ComputeEnvInstanceTypes",
    "CustomRole",
    "APIBasicAuth",
    "EnableSagemaker",
    "BatchType",
    "IAMPartition",
    "AdditionalWorkerPolicyArn",
    "EnableUI",
    "PublicDomainName",
    "CertificateArn",
]
"""Of `metaflow-cfn-template.yml` (outerbounds/metaflow-tools d24572c)."""

VARIABLES = [
    "access_list_cidr_blocks",
    "batch_type",
    "db_migrate_lambda_zip_file",
    "enable_custom_batch_container_registry",
    "enable_step_functions",
    "resource_prefix",
    "resource_suffix",
    "compute_environment_desired_vcpus",
    "compute_environment_instance_types",
    "compute_environment_min_vcpus",
    "compute_environment_max_vcpus",
    "compute_environment_egress_cidr_blocks",
    "db_instance_type",
    "db_engine_version",
    "launch_template_http_endpoint",
    "launch_template_http_tokens",
    "launch_template_http_put_response_hop_limit",
    "iam_partition",
    "metadata_service_container_image",
    "metadata_service_enable_api_basic_auth",
    "metadata_service_enable_api_gateway",
    "ui_static_container_image",
    "tags",
    "ui_alb_internal",
    "subnet1_id",
    "subnet2_id",
    "vpc_cidr_blocks",
    "vpc_id",
    "ui_certificate_arn",
    "ui_allow_list",
    "extra_ui_backend_env_vars",
    "extra_ui_static_env_vars",
    "with_public_ip",
    "force_destroy_s3_bucket",
    "enable_key_rotation",
]
"""Of `variables.tf` (outerbounds/terraform-aws-metaflow v0.12.1)."""


def named(column: int) -> list[str]:
    return [name for row in ROWS for name in re.findall(r"`([^`]+)`", row[column])]


def test_every_parameter_and_variable_has_a_row() -> None:
    assert sorted(named(0)) == sorted(PARAMETERS)
    assert sorted(named(1)) == sorted(VARIABLES)
    assert all(row[2].strip() for row in ROWS)


def test_what_the_table_names_here_are_settings() -> None:
    known = {to_camel(name) for name in Settings.model_fields}
    known |= {f"queues[0].{to_camel(name)}" for name in QueueSettings.model_fields}
    assert set(named(2)) <= known


def test_the_settings_of_the_text_exist() -> None:
    camel = {one for one in re.findall(r"`([a-z]+[A-Z]\w+)`", GUIDE.partition("## Settings")[0])}
    assert camel <= {to_camel(name) for name in Settings.model_fields}


def test_the_commands_options_exist(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    offered = set(re.findall(r"^  (--[a-z-]+)", capsys.readouterr().out, re.M)) - {"--help"}
    written = " ".join(re.findall(r"python -m migration (.*)", GUIDE))
    assert set(re.findall(r"--[a-z-]+", written)) == offered
