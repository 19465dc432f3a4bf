"""What every test runs with."""

import os
import signal

# An output in a text raises then, instead of deploying a sentence about outputs.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "1"

# moto would read its list of machine images again for every test, which takes a tenth of a second.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"

# `nohup` and a shell's background jobs have signals ignored, and so would every process that a test
# starts and signals. What has a handler here is ignored no longer there; here it changes nothing.
for _number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, lambda _signal, _frame: None)
