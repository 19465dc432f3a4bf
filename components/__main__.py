"""The plugin `metaflow`, which the Pulumi CLI starts for programs in other languages."""

import sys
from pathlib import Path

# The CLI puts only this folder on the path; the packages stand beside it.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from components.plugin import serve  # noqa: E402 the path comes first

serve()
