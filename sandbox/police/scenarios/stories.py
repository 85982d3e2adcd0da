"""Things that happen to a record or a vehicle between one look and the next."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sandbox.city import Decision
from sandbox.police.answers import Answer, Row
from sandbox.police.fields import decision_row
from sandbox.police.scenarios.rows import with_rows
from sandbox.police.scenarios.scenario import BOTH_LISTS, Scenario, Situation

_SECOND_LOOK = {"after_calls": 1}


def _later(
    change: Callable[[Answer, Situation], Answer],
) -> Callable[[Answer, Situation], Answer]:
    """Nothing happens during the first `after_calls` calls."""

    def hook(answer: Answer, situation: Situation) -> Answer:
        if situation.earlier_calls < situation.number("after_calls", 0) or not answer.rows:
            return answer
        return change(answer, situation)

    return hook


def newer(instant: str) -> str:
    """The same instant of the wire, a day later."""
    moved = datetime.fromisoformat(instant.removesuffix(".0")) + timedelta(days=1)
    return f"{moved:%Y-%m-%d %H:%M:%S}.0"


def _resent(answer: Answer, _: Situation) -> Answer:
    rows = list(answer.rows or ())
    again = [
        row | {"jllx": "2", "gxsj": newer(row["gxsj"]), "wfdz": f"{row['wfdz']}（更正）"}
        for row in rows
        if row.get("gxsj") and "wfdz" in row
    ]
    return with_rows(answer, again + rows)


def _tombstone(answer: Answer, _: Situation) -> Answer:
    first, *rest = answer.rows or ()
    if "gxsj" not in first:
        return answer
    return with_rows(answer, [first | {"jllx": "3", "gxsj": newer(first["gxsj"])}, *rest])


def _vanished(answer: Answer, _: Situation) -> Answer:
    return with_rows(answer, list(answer.rows or ())[1:])


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


def _sold(answer: Answer, situation: Situation) -> Answer:
    if situation.interface != "01C21":
        return answer
    buyer = situation.records.city.magic_buyer
    owner = {"syr": buyer.name, "sfzmhm": buyer.identity_number}
    return with_rows(answer, [row | owner for row in answer.rows or ()])


def _reused(answer: Answer, situation: Situation) -> Answer:
    if situation.interface != "01C21":
        return answer
    registered = situation.records.today - timedelta(days=30)
    other = {
        "clsbdh": "LTESTCAR3N0000001",
        "fdjh": "NEW0000001",
        "clpp1": "比亚迪牌",
        "ccdjrq": str(registered),
        "gxrq": f"{registered} 10:00:00.0",
    }
    return with_rows(
        _sold(answer, situation), [row | other for row in _sold(answer, situation).rows or ()]
    )


def _late(answer: Answer, situation: Situation) -> Answer:
    if situation.interface != "04C01":
        return answer
    if situation.earlier_calls >= situation.number("visible_after_calls", float("inf")):
        return answer
    source = situation.parameters.get("xxly")
    kept = [row for row in answer.rows or () if source not in (None, row["xxly"])]
    return with_rows(answer, kept)


STORIES = (
    Scenario(
        "resent-rows",
        "Every row comes again, changed and with a newer gxsj, ahead of its older self.",
        answer=_later(_resent),
    ),
    Scenario(
        "tombstones",
        "After `after_calls` (0) the first row is deleted: jllx 3 and a newer gxsj.",
        answer=_later(_tombstone),
        magic_parameters=_SECOND_LOOK,
    ),
    Scenario(
        "vanished",
        "After `after_calls` (0) the first row is gone without a trace, as after an objection.",
        answer=_later(_vanished),
        magic_parameters=_SECOND_LOOK,
    ),
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
        "vehicle-sold",
        "After `after_calls` (0) the vehicle belongs to somebody else; its records stay.",
        answer=_later(_sold),
        magic_interfaces=frozenset({"01C21"}),
        magic_parameters=_SECOND_LOOK,
    ),
    Scenario(
        "plate-reused",
        "After `after_calls` (0) the plate is on another vehicle of another owner.",
        answer=_later(_reused),
        magic_interfaces=frozenset({"01C21"}),
        magic_parameters=_SECOND_LOOK,
    ),
    Scenario(
        "late-decisions",
        "Decisions (of `xxly`, if given) are not found before `visible_after_calls` calls.",
        answer=_late,
        magic_interfaces=frozenset({"04C01"}),
        magic_parameters={"visible_after_calls": 2},
    ),
)
