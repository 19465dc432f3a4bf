"""What requests to Amazon SNS ask of the caller's policies and of the topic's."""

from collections.abc import Iterator, Mapping

from rehearsal.authorization.asked.look import Look
from rehearsal.authorization.asked.mapping import Operation
from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question


def _publishing(request: Request, look: Look) -> Iterator[Question]:
    """Ask for the topic (Service Authorization Reference, Amazon SNS, Publish).

    Messages to a device or a telephone number, and topics that a key of the customer encrypts, ask
    for more.
    """
    topic = request["TopicArn"]
    if look.topic_key(topic):
        raise request.unmapped("to an encrypted topic")
    yield Question("sns:Publish", topic, {})


OPERATIONS: Mapping[str, Operation] = {"Publish": _publishing}
