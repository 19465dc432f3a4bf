"""Branches that join again, a step that is tried again, an error that is caught, a schedule."""

from metaflow import FlowSpec, Parameter, catch, current, retry, schedule, step


@schedule(cron="0 3 * * ? *")
class BranchFlow(FlowSpec):
    base = Parameter("base", default=20)

    @step
    def start(self):
        self.next(self.tried_again, self.caught)

    @retry(times=1, minutes_between_retries=0)
    @step
    def tried_again(self):
        if current.retry_count == 0:
            raise RuntimeError("the first attempt fails")
        self.value = self.base + current.retry_count
        self.next(self.join)

    @catch(var="problem")
    @step
    def caught(self):
        if self.base:
            raise RuntimeError("this is caught")
        self.next(self.join)

    @step
    def join(self, inputs):
        self.value = inputs.tried_again.value
        self.problem = str(inputs.caught.problem.exception)
        self.next(self.end)

    @step
    def end(self):
        print(f"{self.value}, and: {self.problem}")


if __name__ == "__main__":
    BranchFlow()
