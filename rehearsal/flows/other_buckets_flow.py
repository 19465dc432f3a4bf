"""A step that reads a bucket beside the datastore, and writes to another one."""

from metaflow import S3, FlowSpec, step


class OtherBucketsFlow(FlowSpec):
    @step
    def start(self):
        with S3(s3root="s3://rehearsal-raw/in") as raw:
            self.names = [one.key for one in raw.list_paths()]
            self.text = raw.get("text").text
        with S3(s3root="s3://rehearsal-shared/out") as shared:
            shared.put("text", self.text.upper())
            self.written = shared.get("text").text
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    OtherBucketsFlow()
