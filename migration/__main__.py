"""Starts the command as `python -m migration`."""

import sys

from migration.command import main

sys.exit(main())
