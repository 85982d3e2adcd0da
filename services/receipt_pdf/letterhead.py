"""What stands on every receipt of a deployment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letterhead:
    """
    What every receipt of a deployment says.

    :ivar agency: who collects the fines
    :ivar url: where the receipt can be verified
    """

    agency: str
    url: str
