"""The windows of RDS: when they meet."""

import pytest

from settings import SettingsError, parse


@pytest.mark.parametrize(
    ("backup", "maintenance"),
    [
        ("04:00-05:00", "sun:05:00-sun:06:00"),
        ("06:00-07:00", "sun:05:00-sun:06:00"),
        ("23:30-00:30", "mon:00:30-mon:01:30"),
        ("03:00-03:30", "sun:23:00-mon:03:00"),
        ("03:00-03:30", ""),
        ("", "sun:23:00-mon:03:00"),
    ],
)
def test_windows_that_do_not_meet_are_taken(backup: str, maintenance: str) -> None:
    parse({"dbBackupWindow": backup, "dbMaintenanceWindow": maintenance})


@pytest.mark.parametrize(
    ("backup", "maintenance"),
    [
        ("04:00-05:00", "sun:04:30-sun:06:00"),
        ("05:30-06:30", "sun:05:00-sun:06:00"),
        ("05:10-05:50", "wed:05:00-wed:06:00"),
        ("04:00-08:00", "wed:05:00-wed:06:00"),
        ("23:30-00:30", "mon:00:00-mon:01:00"),
        ("23:30-00:30", "sat:23:00-sat:23:45"),
        ("02:00-02:30", "sat:23:00-sun:03:00"),
        ("00:00-00:30", "sun:23:30-mon:00:15"),
    ],
)
def test_windows_that_meet_are_refused(backup: str, maintenance: str) -> None:
    with pytest.raises(SettingsError, match=r"dbBackupWindow is .*, which meets dbMaintenanceW"):
        parse({"dbBackupWindow": backup, "dbMaintenanceWindow": maintenance})
