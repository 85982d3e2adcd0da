"""What happens to vehicles and plates: their records stay where they are."""

from datetime import timedelta

from sandbox.police.answers import Answer
from sandbox.police.scenarios.rows import with_rows
from sandbox.police.scenarios.scenario import Scenario, Situation
from sandbox.police.scenarios.stories import SECOND_LOOK, later


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
    sold = _sold(answer, situation)
    return with_rows(sold, [row | other for row in sold.rows or ()])


OWNERS = (
    Scenario(
        "vehicle-sold",
        "After `after_calls` (0) the vehicle belongs to somebody else; its records stay.",
        answer=later(_sold),
        magic_interfaces=frozenset({"01C21"}),
        magic_parameters=SECOND_LOOK,
    ),
    Scenario(
        "plate-reused",
        "After `after_calls` (0) the plate is on another vehicle of another owner.",
        answer=later(_reused),
        magic_interfaces=frozenset({"01C21"}),
        magic_parameters=SECOND_LOOK,
    ),
)
