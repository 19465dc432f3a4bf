"""The command `python -m migration`: its options, what it prints and its exit codes."""

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from migration import cloudformation, reading, takeover, terraform
from migration.holdings import Holdings, UserError

SUCCESS, FAILURE = 0, 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message}; see python -m migration --help")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code.

    Returns:
        0 when the import file is written; 2 for anything that the user has to put right, with
        nothing written.
    """
    try:
        _run(_parser().parse_args(argv))
    except UserError as error:
        print(f"migration: {error}", file=sys.stderr)
        return FAILURE
    return SUCCESS


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m migration",
        description="Write the import file for what a deployment by Outerbounds' CloudFormation "
        "template or Terraform module holds, and print the settings to use.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "listing",
        help="output of `aws cloudformation describe-stack-resources --stack-name NAME --output "
        "json`, or of `terraform show -json`",
    )
    parser.add_argument("import_file", help="the file to write, for `pulumi import --file`")
    parser.add_argument(
        "--databases",
        metavar="FILE",
        help="output of `aws rds describe-db-instances --output json`; the template's needs it",
    )
    parser.add_argument(
        "--database-secret",
        metavar="ARN",
        default="",
        help="secret with the database's username and password as JSON; the module's needs it",
    )
    return parser


def _run(options: argparse.Namespace) -> None:
    holdings = _holdings(options)
    configuration = takeover.as_configuration(takeover.settings(holdings))
    _write(Path(options.import_file), takeover.import_file(holdings))
    print(configuration, end="")
    for note in takeover.notes(holdings):
        print(note, file=sys.stderr)


def _holdings(options: argparse.Namespace) -> Holdings:
    listing = reading.document(options.listing)
    if cloudformation.holds(listing):
        databases = reading.document(options.databases) if options.databases else None
        return cloudformation.read(listing, databases)
    if terraform.holds(listing):
        return terraform.read(listing, options.database_secret)
    raise UserError(
        f"{options.listing} lists neither a CloudFormation stack's resources nor Terraform's state"
    )


def _write(path: Path, content: str) -> None:
    """Write a file as a whole or not at all.

    Raises:
        UserError: it cannot be written; what was there is unchanged.
    """
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
        Path(temporary).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise UserError(f"cannot write {path}: {error.strerror}") from None
