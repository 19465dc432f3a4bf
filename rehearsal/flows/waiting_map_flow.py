"""Steps of a foreach that wait for an object in S3."""

import time

from metaflow import S3, FlowSpec, Parameter, step


class WaitingMapFlow(FlowSpec):
    until = Parameter("until", help="URL of the object", required=True)

    @step
    def start(self):
        self.numbers = [1]
        self.next(self.wait, foreach="numbers")

    @step
    def wait(self):
        with S3() as s3:
            while not s3.get(self.until, return_missing=True).exists:
                time.sleep(0.5)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.waited = len(list(inputs))
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    WaitingMapFlow()
