"""Trouble with which rows come, and in what order."""

from dataclasses import replace
from zlib import crc32

from sandbox.city import MAGIC_PLATES
from sandbox.police.answers import Answer, Row
from sandbox.police.fields import camera_row
from sandbox.police.scenarios.scenario import Scenario, Situation

_FAR_AWAY = {
    "xh": "5101047900000001",
    "cjjg": "",
    "cjjgmc": "四川省成都市公安局交通管理局第六分局",
    "wfdd": "",
    "wfdz": "绕城高速成都段外侧38公里",
    "wfxw": "7999Z",
    "fkje": "0",
    "wfjfs": "",
    "clbj": "0",
    "clsj": "",
    "cljg": "",
    "cljgmc": "",
    "jkbj": "0",
    "jdsbh": "",
    "wfbh": "",
    "xzqh": "510104",
}


def with_rows(answer: Answer, rows: list[Row]) -> Answer:
    return replace(answer, rows=tuple(rows), row_count=len(rows))


def _shuffled(answer: Answer, situation: Situation) -> Answer:
    """Another order each time, without chance."""

    def place(row: Row) -> int:
        return crc32(f"{situation.earlier_calls}{sorted(row.items())}".encode())

    return with_rows(answer, sorted(answer.rows or (), key=place))


def _duplicates(answer: Answer, _: Situation) -> Answer:
    return with_rows(answer, [*(answer.rows or ()), *(answer.rows or ())])


def _other_plates(answer: Answer, situation: Situation) -> Answer:
    if situation.interface != "04C03":
        return answer
    strangers = situation.records.camera_records("02", MAGIC_PLATES["healthy"])
    return with_rows(answer, [*(answer.rows or ()), *map(camera_row, strangers)])


def _other_province(answer: Answer, situation: Situation) -> Answer:
    """One more record, with the time and plate of the first and nothing else we could know."""
    if situation.interface != "04C03" or not answer.rows:
        return answer
    return with_rows(answer, [*answer.rows, answer.rows[0] | _FAR_AWAY])


ROWS = (
    Scenario("shuffled", "Rows come in another order each time.", answer=_shuffled),
    Scenario("duplicates", "Every row comes twice.", answer=_duplicates),
    Scenario("other-plates", "Rows of somebody else's plate are mixed in.", answer=_other_plates),
    Scenario(
        "other-province",
        "A row of another province: unknown code, unit by name only, no picture, fine 0.",
        answer=_other_province,
    ),
)
