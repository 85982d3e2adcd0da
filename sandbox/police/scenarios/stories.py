"""What happens to camera records between one look and the next."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sandbox.police.answers import Answer
from sandbox.police.scenarios.rows import with_rows
from sandbox.police.scenarios.scenario import Scenario, Situation

SECOND_LOOK = {"after_calls": 1}


def later(
    change: Callable[[Answer, Situation], Answer],
) -> Callable[[Answer, Situation], Answer]:
    """Nothing happens during the first `after_calls` calls."""

    def hook(answer: Answer, situation: Situation) -> Answer:
        if situation.earlier_calls < situation.number("after_calls", 0) or not answer.rows:
            return answer
        return change(answer, situation)

    return hook


def hidden(situation: Situation) -> bool:
    """Whether what comes late is still to come; for good, unless `visible_after_calls` is given."""
    return situation.earlier_calls < situation.number("visible_after_calls", float("inf"))


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


def _vanished(answer: Answer, situation: Situation) -> Answer:
    if situation.interface != "04C03":
        return answer
    return with_rows(answer, list(answer.rows or ())[1:])


def _without_newest(answer: Answer, situation: Situation) -> Answer:
    if situation.interface != "04C03" or not hidden(situation):
        return answer
    newest = max((row["wfsj"] for row in answer.rows or ()), default="")
    return with_rows(answer, [row for row in answer.rows or () if row["wfsj"] != newest])


STORIES = (
    Scenario(
        "resent-rows",
        "Every row comes again, changed and with a newer gxsj, ahead of its older self.",
        answer=later(_resent),
    ),
    Scenario(
        "tombstones",
        "After `after_calls` (0) the first row is deleted: jllx 3 and a newer gxsj.",
        answer=later(_tombstone),
        magic_parameters=SECOND_LOOK,
    ),
    Scenario(
        "vanished",
        "After `after_calls` (0) the first row is gone without a trace, as after an objection.",
        answer=later(_vanished),
        magic_parameters=SECOND_LOOK,
    ),
    Scenario(
        "late-records",
        "The newest camera record is not shown before `visible_after_calls` calls.",
        answer=_without_newest,
        magic_parameters={"visible_after_calls": 1},
    ),
)
