"""The guide names settings that there are, and every parameter and variable of the others."""

import re
from collections.abc import Mapping

import pytest
from pydantic.alias_generators import to_camel

from mfconfig.contract import STACK_OUTPUTS
from migration.command import main
from settings import QueueSettings, Settings
from tests.deployed import ROOT

GUIDE = (ROOT / "docs" / "migrating.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def table(mark: str) -> list[list[str]]:
    """Return the rows of one of the README's tables."""
    after = README.split(f"<!-- {mark} -->")[1].lstrip()
    lines = after.split("\n\n")[0].splitlines()[2:]
    return [line.strip().strip("|").split("|") for line in lines]


INPUTS, OUTPUTS = table("inputs of others"), table("outputs of others")
OF_SUBMODULES = table("inputs of submodules"), table("outputs of submodules")

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


TEMPLATE_OUTPUTS = [
    "MetaflowDataStoreS3Url",
    "MetaflowDataToolsS3Url",
    "BatchJobQueueArn",
    "ECSJobRoleForBatchJobs",
    "ServiceUrl",
    "InternalServiceUrl",
    "ApiKeyId",
    "MetaflowUserRoleArn",
    "SageMakerNoteBookURL",
    "EventBridgeRoleArn",
    "StepFunctionsRoleArn",
    "DDBTableName",
    "MigrationFunctionName",
    "VPCId",
    "Subnet1Id",
    "Subnet2Id",
    "RDSSecret",
    "LoadBalancerUIZoneID",
    "LoadBalancerUIDNSName",
]
MODULE_OUTPUTS = [
    "METAFLOW_BATCH_JOB_QUEUE",
    "METAFLOW_DATASTORE_SYSROOT_S3",
    "METAFLOW_DATATOOLS_S3ROOT",
    "METAFLOW_ECS_S3_ACCESS_IAM_ROLE",
    "METAFLOW_EVENTS_SFN_ACCESS_IAM_ROLE",
    "METAFLOW_SERVICE_INTERNAL_URL",
    "METAFLOW_SERVICE_URL",
    "METAFLOW_SFN_DYNAMO_DB_TABLE",
    "METAFLOW_SFN_IAM_ROLE",
    "api_gateway_rest_api_id_key_id",
    "datastore_s3_bucket_kms_key_arn",
    "metadata_svc_ecs_task_role_arn",
    "metaflow_api_gateway_rest_api_id",
    "metaflow_batch_container_image",
    "metaflow_profile_json",
    "metaflow_s3_bucket_name",
    "metaflow_s3_bucket_arn",
    "migration_function_arn",
    "ui_alb_dns_name",
    "ui_alb_arn",
    "batch_compute_environment_security_group_id",
]


SUBMODULES_INPUTS: Mapping[str, set[str]] = {
    "computation": {
        "metaflow_vpc_id",
        "standard_tags",
        "compute_environment_additional_security_group_ids",
        "compute_environment_allocation_strategy",
        "launch_template_image_id",
    },
    "datastore": {
        "metaflow_vpc_id",
        "standard_tags",
        "db_engine",
        "db_name",
        "db_username",
        "metadata_service_security_group_id",
    },
    "metadata-service": {
        "metaflow_vpc_id",
        "standard_tags",
        "database_name",
        "database_password",
        "database_username",
        "database_ssl_mode",
        "datastore_s3_bucket_kms_key_arn",
        "enable_api_basic_auth",
        "enable_api_gateway",
        "fargate_execution_role_arn",
        "is_gov",
        "metadata_service_cpu",
        "metadata_service_memory",
        "rds_master_instance_endpoint",
        "s3_bucket_arn",
    },
    "step-functions": {
        "standard_tags",
        "active",
        "batch_job_queue_arn",
        "s3_bucket_arn",
        "s3_bucket_kms_arn",
    },
    "ui": {
        "metaflow_vpc_id",
        "standard_tags",
        "METAFLOW_DATASTORE_SYSROOT_S3",
        "alb_internal",
        "certificate_arn",
        "database_name",
        "database_password",
        "database_username",
        "datastore_s3_bucket_kms_key_arn",
        "fargate_execution_role_arn",
        "is_gov",
        "metadata_service_security_group_id",
        "rds_master_instance_endpoint",
        "s3_bucket_arn",
        "ui_backend_container_image",
    },
}
"""What the module itself has not by that name: of `modules/*/variables.tf`, same version."""

SUBMODULES_OUTPUTS: Mapping[str, set[str]] = {
    "common": {"default_metadata_service_container_image", "default_ui_static_container_image"},
    "computation": {"batch_job_queue_arn", "ecs_execution_role_arn", "ecs_instance_role_arn"},
    "datastore": {
        "database_name",
        "database_password",
        "database_username",
        "rds_master_instance_endpoint",
        "s3_bucket_arn",
        "s3_bucket_name",
    },
    "metadata-service": {
        "api_gateway_rest_api_id",
        "metadata_service_security_group_id",
        "network_load_balancer_dns_name",
    },
    "step-functions": {
        "metaflow_eventbridge_role_arn",
        "metaflow_step_functions_dynamodb_policy",
        "metaflow_step_functions_dynamodb_table_arn",
        "metaflow_step_functions_dynamodb_table_name",
        "metaflow_step_functions_role_arn",
    },
    "ui": {"alb_arn", "alb_dns_name"},
}
"""As above, of `modules/*/outputs.tf`."""


def named(rows: list[list[str]], column: int) -> list[str]:
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row[column])]


@pytest.mark.parametrize(
    ("rows", "template", "module"),
    [(INPUTS, PARAMETERS, VARIABLES), (OUTPUTS, TEMPLATE_OUTPUTS, MODULE_OUTPUTS)],
    ids=["inputs", "outputs"],
)
def test_everything_of_the_others_has_a_row(
    rows: list[list[str]], template: list[str], module: list[str]
) -> None:
    assert sorted(named(rows, 0)) == sorted(template)
    assert sorted(named(rows, 1)) == sorted(module)
    assert all(row[2].strip() for row in rows)


@pytest.mark.parametrize(
    ("rows", "submodules"),
    [(OF_SUBMODULES[0], SUBMODULES_INPUTS), (OF_SUBMODULES[1], SUBMODULES_OUTPUTS)],
    ids=["inputs", "outputs"],
)
def test_everything_of_the_submodules_has_a_row(
    rows: list[list[str]], submodules: Mapping[str, set[str]]
) -> None:
    names = named(rows, 1)
    assert sorted(names) == sorted(set().union(*submodules.values()))
    for row in rows:
        having, theirs = (set(named([row], column)) for column in (0, 1))
        assert having == {one for one, has in submodules.items() if has & theirs}
        assert row[2].strip()


def test_what_stands_beside_inputs_are_settings() -> None:
    known = {to_camel(name) for name in Settings.model_fields}
    known |= {f"queues[0].{to_camel(name)}" for name in QueueSettings.model_fields}
    assert {*named(INPUTS, 2), *named(OF_SUBMODULES[0], 2)} <= known


def test_what_stands_beside_outputs_are_outputs() -> None:
    beside = {*named(OUTPUTS, 2), *named(OF_SUBMODULES[1], 2)}
    assert beside - {"mfconfig"} <= {one.name for one in STACK_OUTPUTS}


def test_the_settings_of_the_text_exist() -> None:
    camel = {one for one in re.findall(r"`([a-z]+[A-Z]\w+)`", GUIDE)}
    assert camel <= {to_camel(name) for name in Settings.model_fields}


def test_the_commands_options_exist(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    offered = set(re.findall(r"^  (--[a-z-]+)", capsys.readouterr().out, re.M)) - {"--help"}
    written = " ".join(re.findall(r"python -m migration (.*)", GUIDE))
    assert set(re.findall(r"--[a-z-]+", written)) == offered
