"""A run that fails, and goes on from there when it is resumed."""

from metaflow import FlowSpec, current, step


class ResumeFlow(FlowSpec):
    @step
    def start(self):
        self.first_run = current.run_id
        self.next(self.end)

    @step
    def end(self):
        if current.origin_run_id is None:
            raise RuntimeError("the first run fails")
        self.resumed_from = current.origin_run_id


if __name__ == "__main__":
    ResumeFlow()
