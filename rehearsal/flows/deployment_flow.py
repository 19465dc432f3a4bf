"""A step that deploys: it assumes the role for that, and finds the repository of an image."""

import boto3
from metaflow import FlowSpec, step


class DeploymentFlow(FlowSpec):
    @step
    def start(self):
        account = boto3.client("sts").get_caller_identity()["Account"]
        credentials = boto3.client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{account}:role/rehearsal-deployer", RoleSessionName="deployment"
        )["Credentials"]
        deployer = boto3.client(
            "sts",
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )
        self.acted_as = deployer.get_caller_identity()["Arn"].split("/")[1]
        answer = boto3.client("ecr").describe_repositories(repositoryNames=["rehearsal/model"])
        self.repository = answer["repositories"][0]["repositoryName"]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    DeploymentFlow()
