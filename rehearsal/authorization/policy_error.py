"""What is said of a policy that AWS would not accept, or whose answer nobody knows."""


class PolicyError(ValueError):
    """A policy document cannot be judged: it is malformed, or means nothing for a request.

    The message is one line. It is raised rather than answered with "allowed" or "denied".
    """

    def __init__(self, message: str) -> None:
        """Say what was found, in one line whatever the policy's own texts contain."""
        super().__init__(" ".join(message.split()))
