"""What happens, and does not happen, to decisions."""

from dataclasses import replace
from datetime import timedelta

from sandbox.city import Decision
from sandbox.police.answers import Answer, Row
from sandbox.police.fields import decision_row
from sandbox.police.scenarios.rows import with_rows
from sandbox.police.scenarios.scenario import BOTH_LISTS, Scenario, Situation
from sandbox.police.scenarios.stories import hidden


def _never_paid(answer: Answer, situation: Situation) -> Answer:
    return with_rows(answer, [_unpaid(row, situation) for row in answer.rows or ()])


def _unpaid(row: Row, situation: Situation) -> Row:
    if row.get("jkbj") != "1":
        return row
    decision = situation.records.decision(row["jdsbh"])
    if situation.interface == "04C03" or decision is None:
        return row | {"jkbj": "0"}
    unpaid = replace(decision, paid="0", paid_by="0", paid_on=None)
    return decision_row(unpaid, situation.records.today)


def _growing(answer: Answer, situation: Situation) -> Answer:
    """A day passes with every call."""
    today = situation.records.today + timedelta(days=situation.earlier_calls)
    decisions: list[Decision | None] = [
        situation.records.decision(row.get("jdsbh", "")) for row in answer.rows or ()
    ]
    rows = [
        decision_row(decision, today) if decision and situation.interface == "04C01" else row
        for row, decision in zip(answer.rows or (), decisions, strict=True)
    ]
    return with_rows(answer, rows)


def _late(answer: Answer, situation: Situation) -> Answer:
    if situation.interface != "04C01" or not hidden(situation):
        return answer
    source = situation.parameters.get("xxly")
    kept = [row for row in answer.rows or () if source not in (None, row["xxly"])]
    return with_rows(answer, kept)


DECISIONS = (
    Scenario(
        "unpaid-for-weeks",
        "Whatever was decided stays unpaid, and the surcharge runs.",
        answer=_never_paid,
        magic_interfaces=BOTH_LISTS,
    ),
    Scenario(
        "surcharge-grows",
        "Surcharges grow by one day with every call for decisions.",
        answer=_growing,
        magic_interfaces=frozenset({"04C01"}),
    ),
    Scenario(
        "late-decisions",
        "Decisions (of `xxly`, if given) are not found before `visible_after_calls` calls.",
        answer=_late,
        magic_interfaces=frozenset({"04C01"}),
        magic_parameters={"visible_after_calls": 2},
    ),
)
