"""The order in which registered resources are deleted."""

from itertools import permutations

from rehearsal.registrations import Registration, dependents_first


def registration(name: str, *dependencies: str, parent: str = "") -> Registration:
    return Registration(
        urn=name,
        type="aws:s3/bucket:Bucket",
        name=name,
        parent=parent,
        custom=True,
        id=name,
        inputs={},
        outputs={},
        dependencies=dependencies,
        property_dependencies={},
        protect=False,
        retain_on_delete=False,
        ignore_changes=(),
    )


def test_dependents_and_children_come_first_in_whatever_order_they_are_given() -> None:
    resources = [
        registration("network"),
        registration("component"),
        registration("database", "network", parent="component"),
        registration("secret", "database"),
        registration("bucket", parent="component"),
        registration("service", "secret", "network"),
        registration("gateway", "service", "of-another-stack", parent="component"),
    ]
    for given in permutations(resources):
        order = [one.name for one in dependents_first(given)]
        assert sorted(order) == sorted(one.name for one in given)
        for one in given:
            for before in {*one.dependencies, one.parent} & set(order):
                assert order.index(one.name) < order.index(before), order
