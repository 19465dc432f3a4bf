"""The one error that `mfconfig` reports to its user."""


class UserError(Exception):
    """Something the user can put right; its text is the one line that says what and how."""
