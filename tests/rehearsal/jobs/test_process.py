"""A job's process: its command, its environment, its folders, its Python."""

import json
import os
import sys
import time
import uuid
from pathlib import Path

import pytest

from tests.rehearsal.jobs.small_batch import REGION, SmallBatch, python, shell

ENVIRONMENT = python("import json, os; print(json.dumps(dict(os.environ)))")
IMPORTS = python(
    "import importlib.util as u, json",
    "names = 'boto3 requests moto pulumi metaflow rehearsal settings pytest'.split()",
    "print(json.dumps([n for n in names if u.find_spec(n)]))",
)
FOLDERS = python(
    "import json, os, pathlib",
    "here = {n: os.environ[n] for n in ('HOME', 'TMPDIR')} | {'work': os.getcwd()}",
    "found = [p for one in here.values() for p in os.listdir(one)]",
    "[pathlib.Path(one, 'left').touch() for one in here.values()]",
    "print(json.dumps([here, found]))",
)
METADATA = python(
    "import json, requests, time",
    "start = time.time()",
    "try: requests.put('http://169.254.169.254/latest/api/token', timeout=(5, 5)); said = 'yes'",
    "except requests.ConnectionError as error: said = str(error)",
    "print(json.dumps([said, time.time() - start]))",
)


def test_the_process_has_what_batch_gives_it_and_nothing_of_the_users(
    batch: SmallBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "METAFLOW_PROFILE", "PYTHONPATH", "SOME_SECRET"):
        monkeypatch.setenv(name, "the-users-own")
    job_id = batch.submit(ENVIRONMENT)
    job = batch.wait(job_id)
    found = json.loads(batch.log(job)[-1])
    assert "the-users-own" not in found.values()
    assert found["AWS_BATCH_JOB_ID"] == job_id
    assert found["AWS_BATCH_JOB_ATTEMPT"] == "1"
    assert found["AWS_BATCH_JQ_NAME"] == batch.queue
    assert found["AWS_BATCH_CE_NAME"] == batch.queue.replace("queue", "environment")
    assert found["AWS_EXECUTION_ENV"] == "AWS_ECS_EC2"
    assert found["AWS_REGION"] == found["AWS_DEFAULT_REGION"] == REGION
    assert found["AWS_ENDPOINT_URL"] == found["METAFLOW_S3_ENDPOINT_URL"] == batch.cloud.endpoint
    for name in ("AWS_BATCH_JOB_ARRAY_INDEX", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        assert name not in found


def test_each_attempt_has_a_tmp_of_its_own(batch: SmallBatch) -> None:
    """As a container has: Metaflow downloads the script of every task to one name there."""
    file = f"/tmp/{uuid.uuid4()}"  # noqa: S108 the container's
    use = f"test ! -e {file} && echo mine >{file} && cat '{file}'"
    text = f"{use} && exit $((2 - AWS_BATCH_JOB_ATTEMPT))"
    job = batch.wait(batch.submit(shell(text), retryStrategy={"attempts": 2}))
    assert [one["container"]["exitCode"] for one in job["attempts"]] == [1, 0]
    assert batch.log(job) == ["mine"]
    assert not Path(file).exists()


def test_what_only_looks_like_a_path_into_tmp_stays(batch: SmallBatch) -> None:
    words = ["s3://bucket/tmp/a", "/home/tmp/b", "x/tmp/c", f"{batch.sandbox.folder}/d"]
    assert batch.log(batch.wait(batch.submit(["echo", *words]))) == [" ".join(words)]


def test_an_override_wins_by_name_and_batchs_own_names_cannot_be_taken(batch: SmallBatch) -> None:
    pairs = {"KEPT": "defined", "BOTH": "defined", "AWS_BATCH_JQ_NAME": "another"}
    overriding = {"BOTH": "overridden", "ADDED": "overridden", "AWS_BATCH_JOB_ATTEMPT": "7"}
    found = batch.printed(
        ENVIRONMENT,
        container={"environment": [{"name": n, "value": v} for n, v in pairs.items()]},
        containerOverrides={
            "environment": [{"name": n, "value": v} for n, v in overriding.items()]
        },
    )
    names = ("KEPT", "BOTH", "ADDED", "AWS_BATCH_JQ_NAME", "AWS_BATCH_JOB_ATTEMPT")
    expected = ["defined", "overridden", "overridden", batch.queue, "1"]
    assert [found[name] for name in names] == expected


def test_parameters_are_put_into_the_command_and_the_submissions_win(batch: SmallBatch) -> None:
    command = ["echo", "Ref::name", "Ref::name.long", "-Ref::other-", "Ref::unknown"]
    job = batch.wait(
        batch.submit(
            command,
            definition={"parameters": {"name": "a", "name.long": "b", "other": "defined"}},
            parameters={"other": "Ref::name"},
        )
    )
    assert batch.log(job) == ["a b -Ref::name- Ref::unknown"]
    assert job["parameters"] == {"name": "a", "name.long": "b", "other": "Ref::name"}


def test_an_overriding_command_replaces_the_definitions(batch: SmallBatch) -> None:
    job_id = batch.submit(
        ["echo", "defined"], containerOverrides={"command": ["echo", "overridden"]}
    )
    job = batch.wait(job_id)
    assert batch.log(job) == ["overridden"]
    assert job["container"]["command"] == ["echo", "overridden"]


def test_a_program_that_is_not_there_fails_as_a_container_does(batch: SmallBatch) -> None:
    job = batch.wait(batch.submit(["no-such-program"]))
    assert job["status"] == "FAILED"
    assert job["container"]["exitCode"] == 127
    expected = "CannotStartContainerError: no-such-program: No such file or directory"
    assert job["container"]["reason"] == expected


def test_each_attempt_has_empty_folders_of_its_own_that_go_with_it(batch: SmallBatch) -> None:
    first, second = batch.printed(FOLDERS), batch.printed(FOLDERS)
    assert first[1] == second[1] == []
    folders = [Path(one) for one in (*first[0].values(), *second[0].values())]
    assert len(set(folders)) == 6
    assert all(batch.sandbox.folder.resolve() in one.resolve().parents for one in folders)
    end = time.monotonic() + 20
    while any(one.exists() for one in folders):
        assert time.monotonic() < end, "a folder is left"
        time.sleep(0.05)


def test_its_python_has_what_the_bootstrap_installs_and_nothing_else(batch: SmallBatch) -> None:
    assert batch.printed(IMPORTS) == ["boto3", "requests"]


def test_its_path_leads_to_no_program_of_the_rehearsals_environment(
    batch: SmallBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([own, "/usr/bin", "/bin"]))
    job = batch.wait(batch.submit(shell("command -v python; echo $PATH")))
    jobs_own = str(batch.sandbox.folder / "jobs" / "python" / "bin")
    expected = [f"{jobs_own}/python", os.pathsep.join([jobs_own, "/usr/bin", "/bin"])]
    assert batch.log(job) == expected


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("python -m pip install -qqq --no-compile boto3 requests", 0, ""),
        ("python -m pip install -qqq 'Boto3>=1.2'", 0, ""),
        ("python -m pip install boto3 numpy==1.0", 1, "pip install numpy==1.0: a rehearsal is"),
        ("python -m pip list", 1, "a rehearsed job can run `pip install` only"),
    ],
    ids=["bootstrap", "version", "missing", "other"],
)
def test_pip_finds_what_is_there_and_says_what_is_not(
    batch: SmallBatch, command: str, code: int, said: str
) -> None:
    job = batch.wait(batch.submit(shell(command)))
    assert job["container"]["exitCode"] == code
    assert said in "\n".join(batch.log(job))
    assert bool(batch.log(job)) == bool(said)


def test_the_instance_metadata_is_refused_at_once(batch: SmallBatch) -> None:
    said, seconds = batch.printed(METADATA)
    assert "169.254.169.254 is out of a job's reach" in said
    assert seconds < 0.5


def test_standard_output_and_errors_come_into_one_stream_in_order(batch: SmallBatch) -> None:
    job = batch.wait(batch.submit(shell("echo one; echo two >&2; echo; echo three; printf four")))
    assert batch.log(job) == ["one", "two", "three", "four"]
    name, kind, _ = job["container"]["logStreamName"].split("/")
    assert kind == "default"
    assert f"job-definition/{name}:" in job["jobDefinition"]


def test_a_job_may_log_elsewhere_or_not_at_all(batch: SmallBatch) -> None:
    options = {"awslogs-group": "elsewhere", "awslogs-stream-prefix": "mine"}
    elsewhere, nowhere = (
        batch.wait(batch.submit(["echo", "said"], container={"logConfiguration": one}))
        for one in ({"logDriver": "awslogs", "options": options}, {"logDriver": "json-file"})
    )
    assert elsewhere["container"]["logStreamName"].startswith("mine/default/")
    assert batch.log(elsewhere, "elsewhere") == ["said"]
    assert nowhere["status"] == "SUCCEEDED"
    assert "logStreamName" not in nowhere["container"]


def test_a_job_on_fargate_is_told_so(batch: SmallBatch) -> None:
    queue = batch.new_queue([], 4, kind="FARGATE")
    assert batch.printed(ENVIRONMENT, jobQueue=queue)["AWS_EXECUTION_ENV"] == "AWS_ECS_FARGATE"


def test_a_running_job_can_be_read(batch: SmallBatch) -> None:
    job_id = batch.submit(shell("echo early; sleep 30"))
    job = batch.wait(job_id, "RUNNING")
    end = time.monotonic() + 5
    while batch.log(job) != ["early"]:
        assert time.monotonic() < end
        time.sleep(0.05)
    batch.client.terminate_job(jobId=job_id, reason="read")


def test_nothing_waits_for_input(batch: SmallBatch) -> None:
    assert batch.wait(batch.submit(["cat"]))["container"]["exitCode"] == 0
