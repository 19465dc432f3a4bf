"""Who may call a stage: the resource policy first, then the API key, as API Gateway does it."""

import threading
from collections import Counter
from collections.abc import Mapping

from rehearsal.loopback import resource_policy
from rehearsal.loopback.exchange import AnsweredError, Request, forbidden, missing_token
from rehearsal.loopback.resource_policy import Verdict
from rehearsal.loopback.routing import Match
from rehearsal.loopback.views import Views
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.deployed_api import DeployedApi


class Access:
    """Judges callers by what is deployed, and by the usage plans and keys of the moment."""

    def __init__(self, cloud: Cloud, views: Views, source_ip: str) -> None:
        """Judge callers of one emulated AWS, all of them from one address."""
        self._cloud = cloud
        self._views = views
        self._source_ip = source_ip
        self._lock = threading.Lock()
        self._used: Counter[tuple[tuple[str, str], str]] = Counter()

    def admit(self, deployed: DeployedApi, stage: tuple[str, str], request: Request) -> None:
        """Let a call pass by address, before its route is looked for.

        Args:
            deployed: what the stage serves.
            stage: the API's id and the stage's name.
            request: the call; its target is the path below the stage.

        Raises:
            AnsweredError: the policy keeps the caller's address out.
        """
        if deployed.policy is None:
            return
        path = request.target.partition("?")[0].removeprefix("/")
        place = f"{stage[0]}/{stage[1]}/{request.method}/{path}"
        verdict = resource_policy.verdict(
            deployed.policy, self._cloud.arn("execute-api", place), self._source_ip
        )
        if verdict is not Verdict.ALLOWED:
            raise self._not_authorized(place, explicit=verdict is Verdict.DENIED)

    def _not_authorized(self, place: str, *, explicit: bool) -> AnsweredError:
        cloud = self._cloud
        account = f"********{cloud.account_id[-4:]}"
        message = (
            "User: anonymous is not authorized to perform: execute-api:Invoke on resource: "
            f"arn:{cloud.partition}:execute-api:{cloud.region}:{account}:{place}"
            f"{' with an explicit deny' if explicit else ''}"
        )
        return AnsweredError(403, "AccessDeniedException", {"Message": message})

    def check_key(self, match: Match, stage: tuple[str, str], request: Request) -> None:
        """Demand an API key where the method does.

        Raises:
            AnsweredError: the key is missing, unknown, disabled, or in no usage plan of the stage.
        """
        if match.route.authorization != "NONE":
            raise missing_token()
        if not match.route.key_required:
            return
        key = request.header("x-api-key")
        keys = self._keys(stage)
        if key not in keys:
            keys = self._keys(stage, again=True)
        if key is None or key not in keys:
            raise forbidden()
        self._count(stage, key, keys[key])

    def _count(self, stage: tuple[str, str], key: str, quota: int | None) -> None:
        """Count a request, and refuse it beyond the quota; no rehearsal lasts for a period."""
        with self._lock:
            self._used[stage, key] += 1
            used = self._used[stage, key]
        if quota is not None and used > quota:
            raise AnsweredError(429, "LimitExceededException", {"message": "Limit Exceeded"})

    def _keys(self, stage: tuple[str, str], *, again: bool = False) -> Mapping[str, int | None]:
        look_up = self._values_of_keys
        found: Mapping[str, int | None] = self._views.of(
            ("keys", stage), lambda: look_up(*stage), again=again
        )
        return found

    def _values_of_keys(self, api_id: str, stage_name: str) -> Mapping[str, int | None]:
        """Return the enabled keys in usage plans that have the stage: value -> quota, or None."""
        client = self._cloud.client("apigateway")
        wanted = {"apiId": api_id, "stage": stage_name}
        members = {
            key["id"]: plan.get("quota", {}).get("limit")
            for plans in client.get_paginator("get_usage_plans").paginate()
            for plan in plans["items"]
            if any(wanted.items() <= one.items() for one in plan.get("apiStages", ()))
            for keys in client.get_paginator("get_usage_plan_keys").paginate(usagePlanId=plan["id"])
            for key in keys["items"]
        }
        pages = client.get_paginator("get_api_keys").paginate(includeValues=True)
        return {
            key["value"]: members[key["id"]]
            for page in pages
            for key in page["items"]
            if key["id"] in members and key["enabled"]
        }
