"""Prints what policy packs found as the Pulumi CLI does (pkg/backend/display/progress.go)."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from rehearsal.policies.packs import Title
from rehearsal.policies.violations import MANDATORY, Violation

_DISABLED = "disabled:"
_MARKS = {"passed": "✅", "warned": "⚠️", "failed": "❌", "disabled": _DISABLED}
_PLAIN_MARKS = {
    "passed": "passed:",
    "warned": "warned:",
    "failed": "failed:",
    "disabled": _DISABLED,
}


def show(console: Console, packs: Sequence[Title], violations: Sequence[Violation]) -> None:
    """Print each pack, under it what it found, and in the end what is to be done.

    The last is no part of what the CLI prints.

    Args:
        console: where to.
        packs: the packs that judged.
        violations: what they found.
    """
    lines = ["[bold bright_magenta]Policies:[/]"]
    for pack in sorted(packs, key=lambda one: one.name):
        found = sorted(
            (one for one in violations if one.pack == pack.name), key=lambda one: one.rank
        )
        lines.append(_header(pack, found, plain=console.options.ascii_only))
        lines += [line for one in found for line in _lines(one)]
    lines += _remediations(violations)
    console.print("\n".join(lines), highlight=False, soft_wrap=True)


def _header(pack: Title, found: Sequence[Violation], *, plain: bool) -> str:
    levels = {one.level for one in found}
    result = "failed" if MANDATORY in levels else "warned" if levels else "passed"
    if pack.disabled:
        result = "disabled"
    mark = (_PLAIN_MARKS if plain else _MARKS)[result]
    name = escape(f"{pack.name}@v{pack.version}")
    return f"    {mark} [magenta]{name}[/] {escape(f'(local: {pack.shown})')}"


def _lines(violation: Violation) -> list[str]:
    style = "red" if violation.level == MANDATORY else "yellow"
    severity = f" [severity: {violation.severity}]" if violation.severity else ""
    heading = escape(f"[{violation.level}]{severity}  {violation.policy}")
    text = [violation.description]
    if violation.message != violation.description:
        text += violation.message.splitlines()
    return [
        f"        - [{style}]{heading}[/]{escape(_resource(violation.urn))}",
        *(f"          {escape(line)}" for line in text),
    ]


def _remediations(violations: Sequence[Violation]) -> list[str]:
    """Say of each rule that is violated, once, what to do."""
    steps = {one.policy: one.remediation for one in sorted(violations, key=lambda one: one.rank)}
    lines = [
        f"    {escape(policy)}: {escape(' '.join(words.split()))}"
        for policy, words in steps.items()
        if words
    ]
    return ["[bold bright_magenta]To do:[/]", *lines] if lines else []


def _resource(urn: str) -> str:
    if not urn:
        return ""
    *_, types, name = urn.split("::")
    return f"  ({_display_name(types.rsplit('$', 1)[-1])}: {name})"


def _display_name(token: str) -> str:
    """Return a type token without the file in its module (sdk/go/common/tokens/tokens.go)."""
    package, _, rest = token.partition(":")
    module, _, name = rest.partition(":")
    folder, _, file = module.rpartition("/")
    if not folder or file != name[:1].lower() + name[1:]:
        return token
    return f"{package}:{folder}:{name}"
