"""The weekly and daily windows of RDS: their form, their length, and whether they meet.

Source: Amazon RDS API Reference, CreateDBInstance, `PreferredBackupWindow` and
`PreferredMaintenanceWindow`; Amazon RDS User Guide, "Backup window".
"""

import re

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR, _DAY = 60, 24 * 60
_WEEK = len(_DAYS) * _DAY
_SHORTEST = 30
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"


def problem_of_backup_window(window: str) -> str | None:
    """Name why RDS cannot back up at such times."""
    if not window:
        return None
    if not re.fullmatch(f"{_TIME}-{_TIME}", window):
        return f"{window!r} has not the form hh:mm-hh:mm"
    start, end = map(_minute, window.split("-"))
    return _problem_of_length((end - start) % _DAY)


def problem_of_maintenance_window(window: str) -> str | None:
    """Name why RDS cannot maintain a database at such times."""
    if not window:
        return None
    moment = f"({'|'.join(_DAYS)}):{_TIME}"
    if not re.fullmatch(f"{moment}-{moment}", window):
        return f"{window!r} has not the form ddd:hh:mm-ddd:hh:mm"
    start, end = map(_minute_of_week, window.split("-"))
    length = (end - start) % _WEEK
    return f"it lasts {length} minutes" if length > _DAY else _problem_of_length(length)


def overlap(backup: str, maintenance: str) -> bool:
    """Say whether the daily window meets the weekly one on any day."""
    start, end = map(_minute, backup.split("-"))
    length = (end - start) % _DAY
    from_, until = map(_minute_of_week, maintenance.split("-"))
    lasting = (until - from_) % _WEEK
    return any(
        (from_ - daily) % _WEEK < length or (daily - from_) % _WEEK < lasting
        for daily in range(start, start + _WEEK, _DAY)
    )


def _problem_of_length(minutes: int) -> str | None:
    return f"it lasts {minutes} minutes" if minutes < _SHORTEST else None


def _minute(time: str) -> int:
    hour, minute = time.split(":")
    return int(hour) * _HOUR + int(minute)


def _minute_of_week(moment: str) -> int:
    day, time = moment.split(":", 1)
    return _DAYS.index(day) * _DAY + _minute(time)
