"""What every test runs with."""

import os

# An output in a text raises then, instead of deploying a sentence about outputs.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "1"
