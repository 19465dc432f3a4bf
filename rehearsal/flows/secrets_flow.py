"""A secret of Secrets Manager that a step reads with `@secrets`."""

import os

from metaflow import FlowSpec, secrets, step


class SecretsFlow(FlowSpec):
    @secrets(sources=["rehearsal/flow"])
    @step
    def start(self):
        self.length = len(os.environ["TOKEN"])
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SecretsFlow()
