"""Faults of an emulated AWS: answers that a service gives instead of doing what it was asked."""

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from rehearsal.authorization import answers, wire
from rehearsal.authorization.answers import Answer, Refusal
from rehearsal.authorization.gate import Gate
from rehearsal.authorization.wire import Signed

_THROTTLING: Mapping[str, str] = {
    "apigateway": "TooManyRequests",
    "batch": "TooManyRequests",
    "ec2": "RequestLimitExceeded",
    "s3": "SlowDown",
}
"""What a service answers that is asked too often, where it is not `Throttling`.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html#CommonErrors and
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
"""

_CLIENTS = {"elasticloadbalancing": "elbv2", "monitoring": "cloudwatch"}
"""Service of boto3 by the name with which its requests are signed, of those that no job calls."""

NOT_SPREAD_YET: Mapping[str, Refusal] = {
    "AddRoleToInstanceProfile": Refusal(
        "NoSuchEntity",
        "The request was rejected because it referenced an entity that does not exist.",
    ),
    "CreateDBInstance": Refusal(
        "InvalidParameterValue",
        "The IAM role for ENHANCED_MONITORING is not valid or cannot be assumed.",
    ),
    "CreateRole": Refusal(
        "MalformedPolicyDocument", "Invalid principal in policy: a role that was just made."
    ),
    "CreateStateMachine": Refusal(
        "AccessDenied", "Neither the global service principal nor the regional one can assume it."
    ),
}
"""What services answer, by operation, as long as IAM has not spread a role to them."""


def throttled(signed: Signed) -> Answer:
    """Answer that the caller asks too often."""
    code = _THROTTLING.get(signed.service, "Throttling")
    answer = answers.answer(signed, Refusal(code, "Rate exceeded"))
    return replace(answer, status="503 SLOW DOWN") if signed.service == "s3" else answer


def broken(signed: Signed) -> Answer:
    """Answer that something broke in AWS."""
    failure = Refusal("InternalFailure", "The request processing has failed.")
    return replace(answers.answer(signed, failure), status="500 INTERNAL SERVER ERROR")


def unspread(signed: Signed) -> Answer:
    """Answer that a role is not known, or cannot be assumed."""
    return answers.answer(signed, NOT_SPREAD_YET[signed.operation])


Fault = Callable[[Signed], Answer]


@dataclass
class Weather:
    """What befalls the requests to an emulated AWS.

    Attributes:
        lasting: faults by operation, which no repetition helps against.
        passing: faults of which one befalls each request, the first time that it is made.
        struck: how often which fault befell a request.
        hit: the operations that lasting faults befell.
    """

    lasting: dict[str, Fault] = field(default_factory=dict)
    passing: tuple[Fault, ...] = ()
    struck: Counter[str] = field(default_factory=Counter)
    hit: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._asked: Counter[bytes] = Counter()
        self._lock = threading.Lock()

    def fault(self, signed: Signed) -> Fault | None:
        """Return what befalls a request, if anything."""
        request = repr((signed.service, signed.operation, signed.parameters)).encode()
        digest = hashlib.sha256(request).digest()
        with self._lock:
            times = self._asked[digest]
            self._asked[digest] += 1
            if signed.operation in self.lasting:
                self.hit.add(signed.operation)
                return self.lasting[signed.operation]
        faults = [self.passing[digest[0] % len(self.passing)]] if self.passing else []
        if faults and signed.operation in NOT_SPREAD_YET:
            faults.append(unspread)
        return faults[times] if times < len(faults) else None

    @contextmanager
    def over(self, gate: Gate) -> Iterator[None]:
        """Let it befall the requests that pass a gate, for the block."""
        application = gate._application

        def in_it(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            signed = _read(environ)
            fault = self.fault(signed) if signed else None
            if fault is None or signed is None:
                return application(environ, start)
            self.struck[fault.__name__] += 1
            answer = fault(signed)
            start(answer.status, answer.headers)
            return [answer.body]

        gate._application = in_it
        try:
            yield
        finally:
            gate._application = application


def _read(environ: dict[str, Any]) -> Signed | None:
    """Return a request; None where it is none to AWS."""
    signature = wire.signature(environ)
    if signature is None:
        return None
    client = _CLIENTS.get(signature.service, signature.service)
    return wire.read(environ, replace(signature, service=client))
