"""Lists with weights, as Accept and Accept-Language have them (RFC 9110, 12.4.2)."""

import re
from collections.abc import Iterator

MAX_ENTRIES = 20
WEIGHT = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.ASCII)


def weighted(header: str) -> Iterator[tuple[str, float]]:
    """Entries in small letters with their weights, 0 for a weight we cannot read."""
    for entry in header.split(",")[:MAX_ENTRIES]:
        name, *parameters = entry.lower().split(";")
        if name.strip():
            yield name.strip(), _weight(parameters)


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name.strip() == "q":
            return float(value) if WEIGHT.fullmatch(value.strip()) else 0.0
    return 1.0
