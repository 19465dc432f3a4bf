"""Rules about SageMaker notebook instances."""

from pulumi_policy import Severity

from rules.reading import mapping
from rules.rule import About, Report, Subject, resource_rule

_SAGEMAKER = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_NOTEBOOK = ["aws:sagemaker/notebookInstance:NotebookInstance"]


def _no_internet(subject: Subject, report: Report) -> None:
    access = subject.props.get("directInternetAccess")
    if access != "Disabled":
        report(
            "The SageMaker notebook must have no direct internet access; directInternetAccess is "
            f"{access or 'missing'}, and must be Disabled."
        )


sagemaker_notebook_no_internet = resource_rule(
    About(
        name="sagemaker-notebook-no-internet",
        description="Notebooks reach the internet through their VPC only, if at all.",
        severity=Severity.HIGH,
        remediation="Set directInternetAccess to Disabled, with subnetId and securityGroups.",
        url=f"{_SAGEMAKER}/appendix-notebook-and-internet-access.html",
        control="SageMaker.1",
    ),
    _NOTEBOOK,
    _no_internet,
)


def _in_vpc(subject: Subject, report: Report) -> None:
    if not subject.props.get("subnetId"):
        report(
            "The SageMaker notebook must stand in a VPC of yours; subnetId is missing, and must "
            "name a subnet."
        )


sagemaker_notebook_in_vpc = resource_rule(
    About(
        name="sagemaker-notebook-in-vpc",
        description="Notebooks stand in a VPC, where security groups and flow logs reach them.",
        severity=Severity.HIGH,
        remediation="Set subnetId and securityGroups.",
        url=f"{_SAGEMAKER}/appendix-notebook-and-internet-access.html",
        control="SageMaker.2",
    ),
    _NOTEBOOK,
    _in_vpc,
)


def _no_root(subject: Subject, report: Report) -> None:
    access = subject.props.get("rootAccess")
    if access != "Disabled":
        report(
            "The SageMaker notebook must not make its users root; rootAccess is "
            f"{access or 'missing'}, and must be Disabled."
        )


sagemaker_notebook_no_root = resource_rule(
    About(
        name="sagemaker-notebook-no-root",
        description="Users of notebooks are not root on them.",
        severity=Severity.HIGH,
        remediation="Set rootAccess to Disabled; lifecycle configurations still run as root.",
        url=f"{_SAGEMAKER}/nbi-root-access.html",
        control="SageMaker.3",
    ),
    _NOTEBOOK,
    _no_root,
)


def _imdsv2(subject: Subject, report: Report) -> None:
    service = mapping(subject.props.get("instanceMetadataServiceConfiguration"))
    version = service.get("minimumInstanceMetadataServiceVersion")
    if str(version) != "2":
        report(
            "The SageMaker notebook must require IMDSv2; minimumInstanceMetadataServiceVersion is "
            f"{version or 'missing'}, and must be 2."
        )


sagemaker_notebook_imdsv2 = resource_rule(
    About(
        name="sagemaker-notebook-imdsv2",
        description="A notebook's metadata service, which hands out the role's credentials, takes "
        "requests with a session token only.",
        severity=Severity.MEDIUM,
        remediation="Set instanceMetadataServiceConfiguration."
        "minimumInstanceMetadataServiceVersion to 2.",
        url="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstanceMetadataServiceConfiguration.html",
    ),
    _NOTEBOOK,
    _imdsv2,
)


POLICIES = [
    sagemaker_notebook_no_internet,
    sagemaker_notebook_in_vpc,
    sagemaker_notebook_no_root,
    sagemaker_notebook_imdsv2,
]
