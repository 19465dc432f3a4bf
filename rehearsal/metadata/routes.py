"""The table of the metadata service's routes, and how a request finds its endpoint."""

import json
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote

from rehearsal.metadata import endpoints, task_records
from rehearsal.metadata.messages import Answer, FrameworkError, Request
from rehearsal.metadata.store import Store
from rehearsal.metadata.values import RefusedError

VERSION_HEADERS = {"METADATA_SERVICE_VERSION": endpoints.VERSION}
FLOW = "/flows/{flow_id}"
RUN = FLOW + "/runs/{run}"
STEP = RUN + "/steps/{step_name}"
TASK = STEP + "/tasks/{task}"


@dataclass(frozen=True)
class Route:
    """One route.

    `wrapped` endpoints answer faults with a JSON description and all answers with the version's
    header; the others leave both to the web framework (services/metadata_service/api/utils.py).
    """

    method: str
    path: str
    endpoint: Callable[[Store, Request], Answer]
    wrapped: bool = True

    def match(self, path: str) -> dict[str, str] | None:
        """Return the decoded segments of `path`, or None when it is another route's."""
        found = re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", self.path), path)
        return found and {name: unquote(value) for name, value in found.groupdict().items()}


ROUTES = (
    Route("GET", "/ping", endpoints.ping),
    Route("GET", "/version", endpoints.show_version, wrapped=False),
    Route("GET", "/healthcheck", endpoints.check_health),
    Route("GET", "/auth/token", endpoints.refuse_token, wrapped=False),
    Route("GET", "/flows", endpoints.list_flows),
    Route("GET", FLOW, endpoints.show_flow),
    Route("POST", FLOW, endpoints.create_flow),
    Route("GET", FLOW + "/runs", endpoints.list_runs),
    Route("POST", FLOW + "/run", endpoints.create_run),
    Route("GET", RUN, endpoints.show_run),
    Route("POST", RUN + "/heartbeat", endpoints.beat_run),
    Route("PATCH", RUN + "/tag/mutate", endpoints.mutate_tags),
    Route("GET", RUN + "/metadata", task_records.list_metadata),
    Route("GET", RUN + "/artifacts", task_records.list_artifacts),
    Route("GET", RUN + "/steps", endpoints.list_steps),
    Route("GET", STEP, endpoints.show_step),
    Route("POST", STEP + "/step", endpoints.create_step),
    Route("GET", STEP + "/artifacts", task_records.list_artifacts),
    Route("GET", STEP + "/tasks", endpoints.list_tasks),
    Route("GET", STEP + "/filtered_tasks", endpoints.filter_tasks),
    Route("POST", STEP + "/task", endpoints.create_task),
    Route("GET", TASK, endpoints.show_task),
    Route("POST", TASK + "/heartbeat", endpoints.beat_task),
    Route("GET", TASK + "/metadata", task_records.list_metadata),
    Route("POST", TASK + "/metadata", task_records.create_metadata, wrapped=False),
    Route("GET", TASK + "/artifacts", task_records.list_artifacts),
    Route("POST", TASK + "/artifact", task_records.create_artifacts, wrapped=False),
    Route(
        *("GET", TASK + "/attempt/{attempt}/artifacts"),
        task_records.list_attempt_artifacts,
        wrapped=False,
    ),
    Route("GET", TASK + "/artifacts/{name}", task_records.show_artifact),
    Route("GET", TASK + "/artifacts/{name}/attempt/{attempt}", task_records.show_attempt_artifact),
)


def answer(store: Store, method: str, target: str, body: bytes) -> Answer:
    """Answer a request; `target` is the path and query of the request line."""
    path, _, query = target.partition("?")
    matches = [(route, found) for route in ROUTES if (found := route.match(path)) is not None]
    for route, segments in matches:
        if route.method == method:
            parameters = parse_qsl(query, keep_blank_values=True)
            return _call(route, store, Request(segments, parameters, body))
    if not matches:
        return Answer(text="404: Not Found", status=404)
    allowed = {"Allow": ",".join(sorted(route.method for route, _ in matches))}
    return Answer(text="405: Method Not Allowed", status=405, headers=allowed)


def _call(route: Route, store: Store, request: Request) -> Answer:
    try:
        found = route.endpoint(store, request)
    except RefusedError as error:
        found = Answer(error.body, status=error.status)
    except Exception as error:  # the service answers every fault of its own
        if isinstance(error, FrameworkError) or not route.wrapped:
            return Answer(text=f"500 Internal Server Error\n\n{error}", status=500)
        found = Answer(_fault(error), status=500)
    if not route.wrapped:
        return found
    return replace(found, headers={**VERSION_HEADERS, **found.headers})


def _fault(error: Exception) -> dict[str, object]:
    return {
        "traceback": "".join(traceback.format_exception(error)),
        "detail": str(error),
        "status": 500,
        "title": "Internal Server Error",
        "type": "about:blank",
    }


def encode(found: Answer) -> bytes:
    """Return the body of an answer as bytes."""
    return (json.dumps(found.body) if found.text is None else found.text).encode()
