"""What every test runs with."""

import os

# An output in a text raises then, instead of deploying a sentence about outputs.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "1"

# moto would read its list of machine images again for every test, which takes a tenth of a second.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
