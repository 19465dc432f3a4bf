"""A short flow that uses what a deployment must give: steps, a foreach, artifacts."""

from metaflow import FlowSpec, step


class ForeachFlow(FlowSpec):
    @step
    def start(self):
        self.numbers = [1, 2, 3]
        self.next(self.square, foreach="numbers")

    @step
    def square(self):
        self.squared = self.input**2
        self.next(self.join)

    @step
    def join(self, inputs):
        self.total = sum(one.squared for one in inputs)
        self.next(self.end)

    @step
    def end(self):
        assert self.total == 14
        print(f"The squares sum to {self.total}.")


if __name__ == "__main__":
    ForeachFlow()
