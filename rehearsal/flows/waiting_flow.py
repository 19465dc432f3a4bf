"""A step that waits for an object in S3, so that something can be done to a run under way."""

import time

from metaflow import S3, FlowSpec, Parameter, step


class WaitingFlow(FlowSpec):
    until = Parameter("until", help="URL of the object", required=True)

    @step
    def start(self):
        with S3() as s3:
            while not s3.get(self.until, return_missing=True).exists:
                time.sleep(0.5)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    WaitingFlow()
