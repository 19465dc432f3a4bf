"""Conventions of the components: type tokens that last, and nothing hidden that they read."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import adopted_vpc, deployed

COMPONENTS = sorted((deployed.ROOT / "components").glob("**/*.py"))
ELSEWHERE = ("api_key_authorizer.py", "migrate.py")
"""Run on Lambda and in the service's container, not in the Pulumi program."""

PROGRAM = [path for path in COMPONENTS if path.name not in ELSEWHERE]
HIDDEN_INPUTS = {
    "pulumi.Config",
    "pulumi.runtime",
    "os.environ",
    "os.getenv",
    "boto3",
    "pulumi.StackReference",
}
ABOVE_THEM = {"rehearsal", "policies", "tests", "mfconfig", "bench", "tools"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def component_classes() -> Iterator[tuple[str, ast.expr]]:
    """Yield each component's class name with the type token that it gives to its base class."""
    for path in COMPONENTS:
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ClassDef):
                continue
            if "pulumi.ComponentResource" not in map(ast.unparse, node.bases):
                continue
            [token] = [
                call.args[0]
                for call in ast.walk(node)
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__"
            ]
            yield node.name, token


CLASSES = list(component_classes())


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            found.add(node.module or "")
    return found


def test_the_components_are_found() -> None:
    assert {name for name, _ in CLASSES} >= {"Metaflow", "Network", "RestGateway", "FlowLogs"}


@pytest.mark.parametrize(("name", "token"), CLASSES, ids=[name for name, _ in CLASSES])
def test_a_type_token_is_a_literal_that_ends_in_the_class_name(name: str, token: ast.expr) -> None:
    # Derived from the class's name, a renamed class would replace every deployed resource.
    assert isinstance(token, ast.Constant)
    assert token.value == f"metaflow:index:{name}"
    assert re.fullmatch(r"metaflow:index:[A-Z][A-Za-z]+", token.value)


def test_no_type_token_stands_twice() -> None:
    tokens = [ast.unparse(token) for _, token in CLASSES]
    assert len(set(tokens)) == len(tokens)


def test_every_component_is_registered_with_all_options_in_an_adopted_vpc_or_with_http() -> None:
    adopting = deployed.deploy_stack("dev", **adopted_vpc.PUBLIC, interfaceEndpoints=True)
    every = deployed.deploy_stack("prod", **deployed.OF_EVERY_TYPE, **deployed.GATEWAY_FRONT)
    by_name = deployed.deploy_stack("dev", **deployed.HTTP_GATEWAY)
    registered = {
        one.type.rsplit(":", 1)[-1]
        for stack in (every, adopting, by_name)
        for one in stack.registrations
        if one.type.startswith("metaflow:index:")
    }
    assert registered == {name for name, _ in CLASSES}


@pytest.mark.parametrize("path", PROGRAM, ids=lambda path: path.name)
def test_a_component_reads_neither_configuration_nor_environment(path: Path) -> None:
    used = {ast.unparse(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    assert HIDDEN_INPUTS.isdisjoint(used | imported(path))


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.name)
def test_a_component_knows_nothing_of_what_judges_or_uses_it(path: Path) -> None:
    assert ABOVE_THEM.isdisjoint(module.split(".")[0] for module in imported(path))


def test_only_the_top_component_knows_the_settings() -> None:
    knowing = {path.name for path in COMPONENTS if "settings" in imported(path)}
    assert knowing == {"metaflow.py", "network_tiers.py", "preconditions.py"}


def test_the_top_component_and_the_program_create_nothing_themselves() -> None:
    for path in (deployed.ROOT / "components" / "metaflow.py", deployed.ROOT / "__main__.py"):
        assert "pulumi_aws" not in imported(path)


def test_what_a_stack_does_not_use_is_not_imported() -> None:
    """The SDK's module of AWS WAF alone takes longer than all others together."""
    # A module that is not used yet stands there without its parts.
    program = (
        "import sys, components.metaflow\n"
        "parts = [one.split('.') for one in sys.modules if one.startswith('pulumi_aws.')]\n"
        "print(*sorted({one[1] for one in parts if len(one) > 2}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        cwd=deployed.ROOT,
    )
    rare = {"apigatewayv2", "ecr", "lambda_", "route53", "servicediscovery", "wafv2"}
    assert rare.isdisjoint(done.stdout.split())
    assert "batch" in done.stdout.split()
