"""What an API request asks of IAM: actions, resources and condition keys."""

from rehearsal.authorization.asked.look import Encryption, Look, Secret
from rehearsal.authorization.asked.registry import questions
from rehearsal.authorization.asked.request import Request, UnmappedError

__all__ = ["Encryption", "Look", "Request", "Secret", "UnmappedError", "questions"]
