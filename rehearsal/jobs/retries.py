"""Whether a failed attempt is followed by another."""

from collections.abc import Mapping

from rehearsal.jobs.job import Job, Outcome


def retried(job: Job, outcome: Outcome) -> bool:
    """Tell whether a job is tried again after an attempt.

    The first condition that matches decides; without one the job is retried. A job that was
    terminated, or took too long, is not (AWS Batch User Guide, "Automated job retries").
    """
    if outcome.successful or outcome.final:
        return False
    if len(job.attempts) >= job.specification.attempts:
        return False
    matching = (one for one in job.specification.conditions if _matches(one, outcome))
    return next((one["action"].upper() for one in matching), "RETRY") == "RETRY"


def _matches(condition: Mapping[str, str], outcome: Outcome) -> bool:
    """Tell whether everything that a condition gives is so."""
    found = {
        "onExitCode": "" if outcome.exit_code is None else str(outcome.exit_code),
        "onReason": outcome.reason or "",
        "onStatusReason": outcome.status_reason,
    }
    return all(_glob(condition[name], text) for name, text in found.items() if condition.get(name))


def _glob(pattern: str, text: str) -> bool:
    """Compare with a pattern that may end with an asterisk, and case counts."""
    if pattern.endswith("*"):
        return text.startswith(pattern[:-1])
    return text == pattern
