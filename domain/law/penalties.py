"""What an act costs: the fine and the points, by code, place and day (rules R24 and R30)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from math import inf
from typing import NamedTuple, TypeVar

from domain.codes import CodeTable
from domain.law.ranges import FineRange, fine_range
from domain.money import NOTHING, Money
from domain.rules.values import Rules

Amount = TypeVar("Amount", Money, int)

# Renumbered on 1 April 2022: the acts are the same, by the words of the table.
SUCCESSORS = {"1344": "1116", "1345": "1117"}


class PenaltyKind(StrEnum):
    """What is imposed (road law, art. 88-90); TO_BE_SET: the agency sets the amount."""

    FINE = "fine"
    WARNING = "warning"
    TO_BE_SET = "to_be_set"


class Source(StrEnum):
    """Where an amount comes from."""

    RECORD = "record"
    LAW_AT_ACT = "law_at_act"
    LIGHTER_LAW_AT_DECISION = "lighter_law_at_decision"
    WARNING = "warning"  # order 163, art. 28: a warning carries no points
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Penalty:
    """
    What one act costs. The fine is None if the agency is to set it, 0.00 for a warning.

    `points` is None where nothing tells them. `basis` names the articles of the table's rows.
    """

    kind: PenaltyKind
    fine: Money | None
    fine_source: Source
    fine_range: FineRange | None
    points: int | None
    points_source: Source
    basis: tuple[str, ...]

    @property
    def lighter_rule_applied(self) -> bool:
        """Whether the law of the day of decision is milder and therefore applies."""
        return Source.LIGHTER_LAW_AT_DECISION in (self.fine_source, self.points_source)


class _Law(NamedTuple):
    """What the table says of a code on one day."""

    fine: Money | None
    points: int | None
    basis: str | None


def penalty_for(
    code: str,
    occurred_on: date,
    decided_on: date,
    table: CodeTable,
    rules: Rules,
    *,
    agency: str | None = None,
    recorded_fine: Money | None = None,
    recorded_points: int | None = None,
    is_warning: bool = False,
) -> Penalty:
    """
    What an act costs. Amounts of the record itself win over the table's.

    The law of the day of the act applies unless that of the day of decision is milder (penalty law,
    art. 37): always to the fine, to the points if the city's rule R24 says so. `decided_on` is
    today while nothing is decided. `agency` is the code of the deciding agency, whose standard
    counts (order 157, art. 5); None is one of the city. `is_warning` is what the record says of
    itself; a fine of 0.00 is a warning too, with nothing to pay and no points (order 163, art. 28;
    R30).
    """
    then = _law_on(table, code, occurred_on, agency)
    told = recorded_fine is not None and recorded_points is not None
    now = then if told else _later_law(table, code, max(occurred_on, decided_on), agency)
    fine, fine_source = _amount(recorded_fine, then.fine, now.fine, NOTHING)
    points, points_source = _amount(
        recorded_points, then.points, now.points if rules.points_lex_mitior else then.points, 0
    )
    if is_warning:
        fine, fine_source = NOTHING, Source.RECORD
    if fine == NOTHING and rules.warning_no_points_no_pay:
        points, points_source = 0, Source.WARNING
    return Penalty(
        _kind(fine),
        fine,
        fine_source,
        _range_of(table, code),
        points,
        points_source,
        _basis(then, now, fine_source, points_source),
    )


def highest(penalties: Iterable[Penalty]) -> Penalty:
    """
    The one penalty for an act that breaks several rules: the highest fine, never the sum.

    Penalty law, art. 29. If a fine that is still to be set may turn out higher than every known
    one, it is that penalty. Of equal fines the one with fewer points.

    :raises ValueError: if there is none
    """
    return max(penalties, key=_weight)


def _weight(penalty: Penalty) -> tuple[float, bool, float, tuple[str, ...]]:
    if penalty.fine is not None:
        most: float = penalty.fine.fen
    else:
        most = penalty.fine_range.maximum.fen if penalty.fine_range else inf
    points = inf if penalty.points is None else penalty.points
    return most, penalty.fine is not None, -points, penalty.basis


def _law_on(table: CodeTable, code: str, day: date, agency: str | None) -> _Law:
    row = table.find(code, day, agency)
    if row is None:
        return _Law(None, None, None)
    points = table.points_on(code, day) if row.points is None else row.points
    return _Law(row.fine, points, row.basis)


def _later_law(table: CodeTable, code: str, day: date, agency: str | None) -> _Law:
    """What the table says of the same act on a day by which its code may have another number."""
    law = _law_on(table, code, day, agency)
    successor = SUCCESSORS.get(code)
    unknown = law.fine is None and law.points is None
    return _law_on(table, successor, day, agency) if successor and unknown else law


def _amount(
    recorded: Amount | None, then: Amount | None, now: Amount | None, least: Amount
) -> tuple[Amount | None, Source]:
    """The record's own amount, else that of the act's day or the milder one since."""
    if recorded is not None:
        return recorded, Source.RECORD
    if now == least and then != least:
        return least, Source.LIGHTER_LAW_AT_DECISION  # Nothing is milder, whatever it was.
    if then is None:
        return None, Source.UNKNOWN
    if now is not None and now < then:
        return now, Source.LIGHTER_LAW_AT_DECISION
    return then, Source.LAW_AT_ACT


@lru_cache(maxsize=4096)
def _range_of(table: CodeTable, code: str) -> FineRange | None:
    return fine_range(code, [row.basis for row in table.rows_of(code)])


def _basis(then: _Law, now: _Law, *sources: Source) -> tuple[str, ...]:
    named = (then.basis, now.basis) if Source.LIGHTER_LAW_AT_DECISION in sources else (then.basis,)
    return tuple(dict.fromkeys(basis for basis in named if basis))


def _kind(fine: Money | None) -> PenaltyKind:
    if fine is None:
        return PenaltyKind.TO_BE_SET
    return PenaltyKind.WARNING if fine == NOTHING else PenaltyKind.FINE
