"""Metaflow's S3 client in a step: small and large objects, missing ones, an upload that breaks."""

import io

from metaflow import S3, FlowSpec, step

LARGE = 20 * 1024 * 1024
"""Bytes; from 8 MiB on boto3 uploads in parts."""


class BreaksOnce(io.BytesIO):
    """A large object that cannot be read to its end the first time."""

    broken = False

    def read(self, size=-1):
        if self.tell() > LARGE // 2 and not BreaksOnce.broken:
            BreaksOnce.broken = True
            raise RuntimeError("the object cannot be read any further")
        return super().read(size)


class DatatoolsFlow(FlowSpec):
    @step
    def start(self):
        with S3(run=self) as s3:
            s3.put("small", "text")
            s3.put_many([("many/a", "a"), ("many/b", "b")])
            s3.put("large", BreaksOnce(bytes(LARGE)))
            self.broken = BreaksOnce.broken
        self.next(self.end)

    @step
    def end(self):
        with S3(run=self) as s3:
            self.text = s3.get("small").text
            self.size = s3.info("large").size
            self.names = sorted(one.key for one in s3.list_recursive(["many"]))
            self.missing = s3.get("missing", return_missing=True).exists


if __name__ == "__main__":
    DatatoolsFlow()
