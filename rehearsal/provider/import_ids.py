"""The ids by which resources are imported that AWS knows by several names at once."""

from rehearsal.provider.resource_type import RefusedError


def parts(resource_id: str, *names: str, separator: str = "/") -> dict[str, str]:
    """Split an id into what it is made of.

    Args:
        resource_id: such as `<REST API>/<resource>`.
        names: what its parts are called; the last one may hold the separator.
        separator: what stands between them.

    Raises:
        RefusedError: the id has another form.
    """
    found = resource_id.split(separator, len(names) - 1)
    if len(found) != len(names) or not all(found):
        form = separator.join(f"<{name}>" for name in names)
        raise RefusedError(f"the id is {resource_id!r}; to import it, give {form}")
    return dict(zip(names, found, strict=True))
