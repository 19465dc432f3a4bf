"""An image that a user pushes to the stack's repository."""

import sys
from collections.abc import Mapping

from rehearsal.exercises.exercise import Exercise, Hands, expect
from rehearsal.flow_runner import FlowError
from rehearsal.provider import Cloud

_REPOSITORY, _TAG = "rehearsal/jobs", "1"

# What a container engine calls through the registry's interface, by Amazon ECR's own operations.
_PUSH = """
import boto3, hashlib, json, sys
ecr, name, layer = boto3.client("ecr"), sys.argv[1], b"layer" * 10
ecr.get_authorization_token()
digest = "sha256:" + hashlib.sha256(layer).hexdigest()
ecr.batch_check_layer_availability(repositoryName=name, layerDigests=[digest])
upload = ecr.initiate_layer_upload(repositoryName=name)["uploadId"]
ecr.upload_layer_part(
    repositoryName=name, uploadId=upload, partFirstByte=0, partLastByte=len(layer) - 1,
    layerPartBlob=layer,
)
ecr.complete_layer_upload(repositoryName=name, uploadId=upload, layerDigests=[digest])
found = ecr.batch_get_image(repositoryName=name, imageIds=[{"imageTag": sys.argv[2]}])
if not found["images"]:
    media_type = "application/vnd.docker.distribution.manifest.v2+json"
    manifest = {"schemaVersion": 2, "mediaType": media_type, "layers": [
        {"mediaType": media_type, "size": len(layer), "digest": digest}]}
    ecr.put_image(repositoryName=name, imageTag=sys.argv[2], imageManifest=json.dumps(manifest))
ecr.get_download_url_for_layer(repositoryName=name, layerDigest=digest)
"""


def _wanted(_: Cloud) -> Mapping[str, str]:
    return {"imageRepository": _REPOSITORY, "usersPushImages": "true"}


def _push(hands: Hands) -> None:
    """Push an image as a user; take it away again, since no repository with images is deleted."""
    sandbox, environment = hands.runner.sandbox, hands.runner.profile.environment
    ecr = hands.stands.cloud.client("ecr")
    try:
        done = sandbox.run([sys.executable, "-c", _PUSH, _REPOSITORY, _TAG], environment)
        if done.returncode != 0:
            raise FlowError(f"an image cannot be pushed: {(done.stdout + done.stderr)[-1000:]}")
        pushed = ecr.list_images(repositoryName=_REPOSITORY)["imageIds"]
        expect([one["imageTag"] for one in pushed] == [_TAG], f"the repository has {pushed}")
    finally:
        # One that stays spares the next push what it would be tried by.
        left = ecr.list_images(repositoryName=_REPOSITORY)["imageIds"]
        if left:
            ecr.batch_delete_image(repositoryName=_REPOSITORY, imageIds=left)


EXERCISE = Exercise("push an image", _push, _wanted)
