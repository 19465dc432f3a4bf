"""Roles, users and groups with all identity policies that they hold, wherever those stand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UnknownValueError

from rules.iam.documents import Kind, Placed, judge_documents
from rules.iam.holder_tables import ATTACHING, INLINE, KINDS, MEMBERSHIPS, POLICY
from rules.iam.statements import Document, Statement
from rules.reading import elements, judge_each, known, related
from rules.rule import Stack


@dataclass(frozen=True, kw_only=True)
class Held:
    """One policy document of a holder.

    Attributes:
        source: logical name of the resource that it stands in.
        document: the document.
        inline: whether it counts among the holder's inline policies.
    """

    source: str
    document: Document
    inline: bool


@dataclass(kw_only=True)
class Holder:
    """A role, user or group; or a policy that the stack gives to nobody.

    Attributes:
        kind: `role`, `user`, `group` or `policy`.
        name: logical name, or the physical one of a holder that is not of this stack.
        urn: the resource that must change; a policy's where the holder is not of this stack.
        names: ARNs of the holder and of its policies, or their names where no ARN is known yet.
        held: its documents, each once.
        attached: the managed policies attached to it, by URN or ARN.
    """

    kind: str
    name: str
    urn: str
    names: set[tuple[str, str]] = field(default_factory=set)
    held: list[Held] = field(default_factory=list)
    attached: set[str] = field(default_factory=set)

    @property
    def statements(self) -> list[tuple[str, Statement]]:
        """Every statement, with the name of the resource that it stands in."""
        return [(one.source, each) for one in self.held for each in one.document.statements]

    def hold(self, held: Iterable[Held]) -> None:
        """Add documents; what the provider reports of the same policy twice counts once."""
        have = {(one.document, one.inline) for one in self.held}
        self.held += [one for one in held if (one.document, one.inline) not in have]


def judge_holders(stack: Stack, judge: Callable[[Holder], None]) -> None:
    """Judge every holder of a stack by all that is known of it.

    Raises:
        UnknownValueError: a document, or whose it is, is known after the update only.
    """
    gathering = _Gathering(stack)
    _judge_steps(
        [
            partial(judge_each, stack.resources, gathering.read_documents),
            partial(judge_each, stack.resources, gathering.give),
            partial(judge_each, stack.resources, gathering.join),
            gathering.keep_the_rest,
            lambda: judge_each(gathering.holders.values(), judge),
        ]
    )


def judge_attachments(stack: Stack, judge: Callable[[Holder], None]) -> None:
    """Judge every holder of a stack by what is attached to it, reading no document.

    Raises:
        UnknownValueError: what is attached, or to whom, is known after the update only.
    """
    gathering = _Gathering(stack)
    _judge_steps(
        [
            partial(judge_each, stack.resources, gathering.give),
            lambda: judge_each(gathering.holders.values(), judge),
        ]
    )


def _judge_steps(steps: list[Callable[[], None]]) -> None:
    """Take every step, and only then raise the first unknown value met."""
    judge_each(steps, lambda step: step())


class _Gathering:
    """Puts the documents of a stack together by their holders."""

    def __init__(self, stack: Stack) -> None:
        self.holders: dict[str, Holder] = {}
        self._documents: dict[str, list[Document]] = {}
        self._given: set[str] = set()
        self._resources = {one.urn: one for one in stack.resources}
        self._policies = stack.of_type(POLICY)
        self._of_kind = {kind: stack.of_type(token) for token, kind in KINDS.items()}
        for kind, resources in self._of_kind.items():
            for one in resources:
                self._holder_of(one, kind)

    def _holder_of(self, resource: PolicyResource, kind: str) -> Holder:
        if resource.urn not in self.holders:
            self.holders[resource.urn] = Holder(
                kind=kind, name=resource.name, urn=resource.urn, names=_names(resource, kind)
            )
        return self.holders[resource.urn]

    def read_documents(self, resource: PolicyResource) -> None:
        """Read a resource's documents; a holder's own are given to it at once."""
        found: list[Document] = []
        self._documents[resource.urn] = found

        def keep(placed: Placed) -> None:
            # Without its denials a document says more than it allows.
            if placed.document.denials_known:
                found.append(placed.document)

        try:
            judge_documents(resource.resource_type, resource.props, (Kind.IDENTITY,), keep)
        except UnknownValueError:
            if resource.resource_type not in KINDS or _origins(resource, "inlinePolicies"):
                raise  # else the provider will answer what a role has; the program gave nothing
        finally:
            if resource.resource_type in KINDS:
                self._give(resource, self.holders[resource.urn], inline=True)

    def _give(self, source: PolicyResource, holder: Holder, inline: bool = False) -> None:
        self._given.add(source.urn)
        holder.hold(
            Held(source=source.name, document=one, inline=inline)
            for one in self._documents.get(source.urn, ())
        )

    def give(self, resource: PolicyResource) -> None:
        """Give an inline policy, or what is attached, to its holders."""
        rows: list[Callable[[], None]] = [
            partial(self._give_inline, resource, key, kind)
            for token, key, kind in INLINE
            if token == resource.resource_type
        ]
        rows += [
            partial(self._attach, resource, policies, key, kind)
            for token, policies, key, kind in ATTACHING
            if token == resource.resource_type
        ]
        if resource.resource_type in KINDS:
            rows.append(
                partial(
                    self._attach_to, resource, "managedPolicyArns", [self.holders[resource.urn]]
                )
            )
        _judge_steps(rows)

    def _give_inline(self, resource: PolicyResource, key: str, kind: str) -> None:
        for holder in self._named(resource, key, kind):
            self._give(resource, holder, inline=True)

    def _attach(self, resource: PolicyResource, policies: str, key: str, kind: str) -> None:
        self._attach_to(resource, policies, self._named(resource, key, kind))

    def _attach_to(self, resource: PolicyResource, key: str, holders: list[Holder]) -> None:
        policies, strangers = _linked(resource, key, self._policies)
        for holder in holders:
            holder.attached |= {*(one.urn for one in policies), *strangers}
            holder.names |= {("policy", one) for one in strangers}
            for policy in policies:
                holder.names |= _names(policy, "policy")
                self._give(policy, holder)

    def _named(self, resource: PolicyResource, key: str, kind: str) -> list[Holder]:
        """Return the holders that a property names: of this stack, or by name only."""
        ours, strangers = _linked(resource, key, self._of_kind[kind])
        found = [self._holder_of(one, kind) for one in ours]
        for name in strangers:
            place = f"{kind} {name}"
            if place not in self.holders:
                self.holders[place] = Holder(
                    kind=kind, name=name, urn=resource.urn, names={(kind, name)}
                )
            found.append(self.holders[place])
        return found

    def join(self, resource: PolicyResource) -> None:
        """Let the users of a group hold what the group holds."""
        for token, user_key, group_key in MEMBERSHIPS:
            if token != resource.resource_type:
                continue
            for user in self._named(resource, user_key, "user"):
                for group in self._named(resource, group_key, "group"):
                    user.names |= group.names
                    user.hold(
                        Held(source=one.source, document=one.document, inline=False)
                        for one in group.held
                    )

    def keep_the_rest(self) -> None:
        """Judge what nobody of this stack holds by itself."""
        for urn, documents in self._documents.items():
            if documents and urn not in self._given:
                resource = self._resources[urn]
                self._give(resource, self._holder_of(resource, "policy"))


def _linked(
    resource: PolicyResource, key: str, candidates: list[PolicyResource]
) -> tuple[list[PolicyResource], list[str]]:
    """Return the candidates that a property names, and its texts that name none of them.

    Raises:
        UnknownValueError: nothing in the property is known, not even where it comes from.
    """
    ours = related(resource, key, candidates)
    texts: list[Any] = []
    try:
        judge_each(elements(resource.props.get(key)), texts.append)
    except UnknownValueError:
        computed = resource.resource_type in KINDS and not _origins(resource, key)
        if not ours and not texts and not computed:
            raise
    names = {known(one.props, name) for one in ours for name in ("id", "arn", "name")}
    return ours, [one for one in texts if isinstance(one, str) and one not in names]


def _origins(resource: PolicyResource, key: str) -> list[PolicyResource]:
    return resource.property_dependencies.get(key, [])


def _names(resource: PolicyResource, kind: str) -> set[tuple[str, str]]:
    """Return a resource's ARN, or its name where there is no ARN yet, with its kind."""
    for key in ("arn", "name"):
        found = known(resource.props, key)
        if isinstance(found, str):
            return {(kind, found)}
    return set()
