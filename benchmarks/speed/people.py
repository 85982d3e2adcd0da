"""The people of the facts: who they are, and who they are to Clearway."""

from dataclasses import dataclass
from uuid import UUID

from domain.principals import person_id
from runtime.settings import Settings

# The query asks for so many violations of each vehicle.
FIRST = 20
CASES = ("n1", "n20", "n100")


@dataclass(frozen=True, slots=True)
class Size:
    """How many users there are, and how many of them are in each of the three cohorts."""

    users: int
    cohort: int

    def members(self, case: str) -> range:
        """The users who are asked for in a case."""
        place = CASES.index(case)
        return range(1 + place * self.cohort, 1 + (place + 1) * self.cohort)


# 202,000 vehicles with 1.09 million violations.
WHOLE = Size(users=100_000, cohort=1000)


def name_of(user_id: int) -> str:
    """As the register knows them."""
    return f"市民{user_id}"


def identity_number_of(user_id: int) -> str:
    """The number of their licence, too; `facts.sql` writes the same."""
    return f"50010319{user_id:010d}"


def citizen_id(settings: Settings, subject: str) -> UUID:
    """Who a subject of our own issuer's tokens is to Clearway."""
    return person_id(settings.own_issuer, subject)
