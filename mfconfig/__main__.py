"""Starts the command as `python -m mfconfig`."""

import sys

from mfconfig.command import main

sys.exit(main())
