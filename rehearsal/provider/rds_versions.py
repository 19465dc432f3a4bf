"""The PostgreSQL versions that RDS offers for new databases."""

from collections.abc import Mapping
from dataclasses import dataclass

CALENDAR = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/"
    "postgresql-release-calendar.html"
)


@dataclass(frozen=True, kw_only=True)
class Major:
    """One major version under RDS standard support.

    Attributes:
        oldest_minor: the oldest minor version that new databases may have.
        resolved_minor: the minor version that a bare major version stands for here, RDS's default;
            those of all major versions are of one day, 13 November 2025
            (https://www.postgresql.org/about/news/postgresql-181-177-1611-1515-1420-and-1323-released-3171/).
    """

    oldest_minor: int
    resolved_minor: int


POSTGRES: Mapping[int, Major] = {
    14: Major(oldest_minor=18, resolved_minor=20),
    15: Major(oldest_minor=13, resolved_minor=15),
    16: Major(oldest_minor=9, resolved_minor=11),
    17: Major(oldest_minor=5, resolved_minor=7),
    18: Major(oldest_minor=1, resolved_minor=1),
}
"""Major versions under RDS standard support in November 2026.

The minors are those of AWS's notice of 2026: since 1 May no new databases of 14.14 to 14.17, 15.9
to 15.12, 16.5 to 16.8 and 17.1 to 17.4; instances of them go to 14.20, 15.15, 16.11 and 17.7.
A copy: https://github.com/saayam-for-all/database/wiki/AWS-RDS-instances-%E2%80%90-Health-Checks
"""

EXTENDED_SUPPORT = (11, 12, 13)
"""Major versions past RDS standard support (13 since 28 February 2026), sold with paid Extended
Support only, in builds of their own as 11.22-rds.20241121 was one; see
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support-overview.html."""


def resolved(version: str) -> str:
    """Return the full version that RDS runs for a version or a bare major version."""
    if version.isdigit() and int(version) in POSTGRES:
        return f"{version}.{POSTGRES[int(version)].resolved_minor}"
    return version


def major_of(version: str) -> str:
    """Return the major version, which names the family of parameter groups too."""
    return version.split(".", maxsplit=1)[0]


def upgrade_problem(current: str, wanted: str) -> str | None:
    """Say in RDS's words why it would not bring a database to a version; None when it would.

    PostgreSQL's major versions get their minor ones on the same days, and RDS upgrades to none that
    is older than the running one: 16.13 goes to 17.9, of the same day, and not to 17.6. Nor does it
    go back to an older minor version, which a bare major version can stand for
    (https://github.com/hashicorp/terraform-provider-aws/pull/49496).
    """
    before, after = resolved(current), resolved(wanted)
    majors = int(major_of(before)), int(major_of(after))
    lower = majors[1] < majors[0]
    comparable = all(one in POSTGRES for one in majors)
    if lower or (comparable and _releases_after(after) < _releases_after(before)):
        return f"Cannot upgrade postgres from {before} to {after}"
    return None


def _releases_after(version: str) -> int:
    """Count the minor releases from those of November 2025 to a full version's."""
    major, _, minor = version.partition(".")
    return int(minor) - POSTGRES[int(major)].resolved_minor


def problem(version: str) -> str | None:
    """Say why RDS would not create a PostgreSQL database of a version, or None when it would."""
    major, _, minor = version.partition(".")
    if not major.isdigit():
        return f"Cannot find version {version} for postgres"
    if int(major) in EXTENDED_SUPPORT:
        return _extended_support_problem(version, int(major))
    if int(major) not in POSTGRES:
        offered = ", ".join(str(known) for known in POSTGRES)
        return f"Cannot find version {version} for postgres; RDS offers the majors {offered}"
    oldest = POSTGRES[int(major)].oldest_minor
    if minor and not (minor.isdigit() and int(minor) >= oldest):
        return (
            f"Cannot find version {version} for postgres; "
            f"RDS offers PostgreSQL {major} from {major}.{oldest} on"
        )
    return None


def _extended_support_problem(version: str, major: int) -> str | None:
    if "-rds." in version.lower():
        return None
    return (
        f"PostgreSQL {version} is past RDS standard support; RDS offers {major} with paid Extended "
        f"Support only, as builds named {major}.<minor>-rds.<date>"
    )
