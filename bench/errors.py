"""What a command of the bench shows in one line, and ends with 2."""


class BenchError(Exception):
    """Something that was given cannot be used; the message is one line."""
