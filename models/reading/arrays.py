"""Arrays as the server reads them, written out for a third of what the driver takes for it."""

from collections.abc import Sequence


def array_of(items: Sequence[str]) -> str:
    """An array parameter of a prebuilt statement: texts, or what the server makes of them."""
    quoted = [item.replace("\\", "\\\\").replace('"', '\\"') for item in items]
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"
