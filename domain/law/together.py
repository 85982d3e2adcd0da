"""What is asked for in one go, as each of the violations sees it. No order among them counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from domain.law.cases import Case, Relation
from domain.plates import Plate


@dataclass(frozen=True, slots=True)
class Together:
    """
    The points of all that is to be accepted at once, this violation included.

    :ivar points: of all of them
    :ivar points_elsewhere: of those of other vehicles
    :ivar others_unknown: whether the points of another one of them are unknown
    :ivar other_plates: other people's vehicles among them
    """

    points: int
    points_elsewhere: int
    others_unknown: bool
    other_plates: frozenset[Plate]


def alone(case: Case) -> Together:
    """One violation by itself."""
    return Together(case.violation.points or 0, 0, others_unknown=False, other_plates=_others(case))


def each_of(cases: Sequence[Case]) -> list[Together]:
    """Several violations of one person, each with what the others mean for it."""
    by_plate: Counter[Plate | None] = Counter()
    for case in cases:
        by_plate[_plate(case)] += case.violation.points or 0
    points = by_plate.total()
    unknown = sum(case.violation.points is None for case in cases)
    plates: frozenset[Plate] = frozenset().union(*map(_others, cases))
    return [
        Together(
            points,
            points - by_plate[_plate(case)],
            others_unknown=unknown > (case.violation.points is None),
            other_plates=plates,
        )
        for case in cases
    ]


def _plate(case: Case) -> Plate | None:
    return None if case.vehicle is None else case.vehicle.plate


def _others(case: Case) -> frozenset[Plate]:
    vehicle = case.vehicle
    if vehicle is None or vehicle.relation is Relation.OWNER:
        return frozenset()
    return frozenset({vehicle.plate})
