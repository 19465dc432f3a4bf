"""The program's stacks on an emulated AWS, deployed or previewed, with some settings changed."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rehearsal import mocks, stack_files
from rehearsal.mocks import Deployment
from rehearsal.provider import Provider
from rehearsal.rehearse import ROOT
from rehearsal.stage import Stage, stage

STACKS = ("dev", "prod")
"""The stacks that the repository has a file of."""


@dataclass(frozen=True)
class Stacks:
    """An emulated AWS on which stacks are deployed.

    Attributes:
        stands: what stands in AWS's place.
    """

    stands: Stage

    def deploy(
        self, stack: str, settings: Mapping[str, Any] | None = None, *, preview: bool = False
    ) -> Deployment:
        """Deploy a stack's file in the region of the emulated AWS.

        Args:
            stack: name of the stack.
            settings: plain values by camelCase names, instead of the stack's own.
            preview: whether nothing is made and everything computed is unknown.

        Raises:
            mocks.DeploymentError: the program fails, or AWS refuses a resource.
        """
        texts = {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in (settings or {}).items()
        }
        config = stack_files.read_stack(ROOT, stack).with_settings(texts)
        return mocks.deploy(
            mocks.program_at(ROOT / "__main__.py"),
            Provider(self.stands.cloud),
            project=config.project,
            stack_name=config.stack_name,
            config={**config.values, "aws:region": self.stands.cloud.region},
            preview=preview,
        )


@contextmanager
def emulated(region: str) -> Iterator[Stacks]:
    """Start an emulated AWS for the block.

    Args:
        region: AWS region of everything that is deployed.
    """
    with stage(region, None) as stands:
        yield Stacks(stands)
