"""Parses the command line of `mfconfig`.

A module of its own, since importing argparse takes a third of a bare interpreter's start, and
`pulumi stack output --json | mfconfig` needs no option.
"""

import argparse
from collections.abc import Sequence
from functools import partial
from typing import NoReturn

from mfconfig.errors import UserError
from mfconfig.options import Options


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message}; see mfconfig --help")


def parse(words: Sequence[str]) -> Options:
    """Return what the words of a command line choose.

    Raises:
        UserError: they are no options, or contradict each other.
    """
    return _parser().parse_args(words, Options())


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="mfconfig",
        description="Write a Metaflow profile from the outputs of a deployed stack: "
        "pulumi stack output --json | mfconfig",
        allow_abbrev=False,
        # With a width given, argparse does not import shutil to ask the terminal for it.
        formatter_class=partial(argparse.HelpFormatter, width=100),
    )
    parser.add_argument(
        "--outputs", metavar="FILE", help="read the outputs from a file, not from standard input"
    )
    parser.add_argument(
        "--home", metavar="DIR", help="Metaflow home; default $METAFLOW_HOME or ~/.metaflowconfig"
    )
    parser.add_argument("--profile", metavar="NAME", help="profile; default the stack's name")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument(
        "--print",
        action="store_true",
        help="print the stack's settings with secrets masked, write nothing",
    )
    mode.add_argument(
        "--check",
        action="store_true",
        help="write nothing; print a diff and exit 1 when the profile differs",
    )
    return parser
