"""What each scenario does to rows: compared, row by row, with what is true in the register."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from sandbox.city import MAGIC_PLATES, City
from tests.sandbox.wire import Wire

Row = dict[str, str]
Rows = list[Row]


def each(change: Callable[[Row], Row]) -> Callable[[Rows], Rows]:
    return lambda rows: [change(row) for row in rows]


def without(*names: str) -> Callable[[Rows], Rows]:
    return each(lambda row: {name: value for name, value in row.items() if name not in names})


def values(change: Callable[[str, str], str]) -> Callable[[Rows], Rows]:
    return each(lambda row: {name: change(name, value) for name, value in row.items()})


def texts(change: Callable[[str], str]) -> Callable[[Rows], Rows]:
    return values(lambda _, value: value if value.isascii() else change(value))


def instants(change: Callable[[str], str]) -> Callable[[Rows], Rows]:
    return values(lambda _, value: change(value) if value.endswith(".0") else value)


FAR_AWAY = {
    "xh": "5101047900000001",
    "cjjg": "",
    "cjjgmc": "四川省成都市公安局交通管理局第六分局",
    "wfdd": "",
    "wfdz": "绕城高速成都段外侧38公里",
    "wfxw": "7999Z",
    "fkje": "0",
    "wfjfs": "",
    "xzqh": "510104",
}
OVER_WIDE = {
    "lxdh": "12000000000",
    "zsxxdz": "重庆市渝北区某某路100号8单元12-3",
    "sjhm": "12000000000",
    "dzyx": "nobody@example.invalid",
    "xb": "1",
    "csrq": "1988-08-08",
}
ROWS_OF_04C03: dict[str, Callable[[Rows], Rows]] = {
    "healthy": lambda rows: rows,
    "missing-fine": without("fkje"),
    "missing-points": without("wfjfs"),
    "missing-fields": without("fkje", "wfjfs"),
    "empty-serial": each(lambda row: row | {"xh": ""}),
    "empty-violation-number": each(lambda row: row | {"wfbh": ""}),
    "empty-numbers": each(lambda row: row | {"xh": "", "wfbh": ""}),
    "null-text": values(lambda _, value: value or "null"),
    "decimal-amounts": each(lambda row: row | {"fkje": row["fkje"] and f"{row['fkje']}.00"}),
    "plain-seconds": instants(lambda at: at[:-2]),
    "no-seconds": instants(lambda at: at[:-5]),
    "date-only": instants(lambda at: at[:10]),
    "lost-leading-zero": instants(
        lambda at: {"09": f"{at[:11]}9{at[13:-2]}", "11": at[:-2], "18": f"{at[:11]}6{at[13:-2]}"}[
            at[11:13]
        ]
    ),
    "dash-plate": each(lambda row: row | {"hphm": "-"}),
    "over-wide": each(lambda row: row | OVER_WIDE),
    "double-encoded": texts(quote),
    "full-width-blanks": texts(lambda text: f"\u3000{text}\u3000\u3000"),
    "mojibake": texts(lambda text: text.encode("gbk").decode(errors="replace")),
    "right-padding": values(lambda _, value: f"{value:<20}"),
    "single-row": lambda rows: rows[:1],
    "cut-list": lambda rows: rows[:1],
    "duplicates": lambda rows: rows + rows,
    "other-province": lambda rows: [*rows, rows[0] | FAR_AWAY],
    "unpaid-for-weeks": each(lambda row: row | {"jkbj": "0"}),
}


async def truth(wire: Wire, plate: str) -> Rows:
    response = await wire.http.get("/control/records", params={"hpzl": "02", "hphm": plate})
    rows: Rows = await response.json()
    assert len(rows) == 3
    return rows


@pytest.mark.parametrize("name", ROWS_OF_04C03)
async def test_rows_of_a_magic_plate(wire: Wire, name: str) -> None:
    plate = MAGIC_PLATES[name]
    answer = await wire.ask("04C03", hpzl="02", hphm=plate)

    assert answer.code == "1"
    assert answer.rows == ROWS_OF_04C03[name](await truth(wire, plate))
    assert answer.count == ("3" if name == "cut-list" else str(len(answer.rows)))


@pytest.mark.parametrize("name", [name for name in ROWS_OF_04C03 if name != "healthy"])
async def test_rows_of_an_ordinary_plate_while_switched_on(wire: Wire, name: str) -> None:
    plate = MAGIC_PLATES["healthy"]
    await wire.on(name, interface="04C03", times=1)
    during = await wire.ask("04C03", hpzl="02", hphm=plate)
    after = await wire.ask("04C03", hpzl="02", hphm=plate)

    rows = await truth(wire, plate)
    assert during.rows == ROWS_OF_04C03[name](rows)
    assert after.rows == rows


async def test_single_row_has_no_id(wire: Wire) -> None:
    text = await wire.text("04C03", hpzl="02", hphm=MAGIC_PLATES["single-row"])

    assert "%3Cviosurveil%3E" in text
    assert "id%3D" not in text


async def test_shuffled_changes_the_order_from_call_to_call(wire: Wire) -> None:
    plate = MAGIC_PLATES["shuffled"]
    rows = await truth(wire, plate)
    orders = []
    for _ in range(8):
        answer = await wire.ask("04C03", hpzl="02", hphm=plate)
        assert answer.rows is not None
        assert sorted(answer.rows, key=lambda row: row["xh"]) == rows
        orders.append([row["xh"] for row in answer.rows])

    assert len({tuple(order) for order in orders}) > 2


async def test_other_plates_are_mixed_in(wire: Wire) -> None:
    plate = MAGIC_PLATES["other-plates"]
    answer = await wire.ask("04C03", hpzl="02", hphm=plate)

    assert answer.rows == await truth(wire, plate) + await truth(wire, MAGIC_PLATES["healthy"])


async def test_resent_rows_come_before_their_older_selves(wire: Wire) -> None:
    plate = MAGIC_PLATES["resent-rows"]
    answer = await wire.ask("04C03", hpzl="02", hphm=plate)
    rows = await truth(wire, plate)

    assert answer.rows is not None
    assert answer.rows[3:] == rows
    assert answer.rows[0] == rows[0] | {
        "jllx": "2",
        "gxsj": "2026-10-14 11:35:38.0",
        "wfdz": "渝中区中山三路大溪沟路口（更正）",
    }
    assert [row["xh"] for row in answer.rows[:3]] == [row["xh"] for row in rows]


async def test_tombstones_show_at_the_second_look(wire: Wire) -> None:
    plate = MAGIC_PLATES["tombstones"]
    looks = [(await wire.ask("04C03", hpzl="02", hphm=plate)).rows for _ in range(2)]
    first, *rest = await truth(wire, plate)

    assert looks[0] == [first, *rest]
    assert looks[1] == [first | {"jllx": "3", "gxsj": "2026-10-14 11:35:38.0"}, *rest]


async def test_a_record_vanishes_at_the_second_look(wire: Wire) -> None:
    plate = MAGIC_PLATES["vanished"]
    looks = [await wire.ask("04C03", hpzl="02", hphm=plate) for _ in range(2)]
    rows = await truth(wire, plate)

    assert [(look.count, look.rows) for look in looks] == [("3", rows), ("2", rows[1:])]


async def test_the_newest_record_comes_late(wire: Wire) -> None:
    plate = MAGIC_PLATES["late-records"]
    looks = [(await wire.ask("04C03", hpzl="02", hphm=plate)).rows for _ in range(2)]
    rows = await truth(wire, plate)

    assert looks == [rows[1:], rows]  # the first of a magic plate is the newest


async def test_a_far_away_record_has_no_picture(wire: Wire) -> None:
    assert (await wire.ask("04C04", xh=FAR_AWAY["xh"])).rows == []


async def test_a_vehicle_is_sold_and_its_records_stay(wire: Wire, city: City) -> None:
    plate = MAGIC_PLATES["vehicle-sold"]
    looks = [(await wire.ask("01C21", hpzl="02", hphm=plate)).rows or [] for _ in range(2)]
    buyer = city.magic_buyer

    assert looks[0][0]["syr"] == city.magic_citizen.name
    assert looks[1] == [looks[0][0] | {"syr": buyer.name, "sfzmhm": buyer.identity_number}]
    assert (await wire.ask("04C03", hpzl="02", hphm=plate)).rows == await truth(wire, plate)
    assert ((await wire.ask("02C06", sfzmhm=buyer.identity_number)).rows or [])[0]["zt"] == "A"


async def test_a_plate_goes_to_another_vehicle(wire: Wire, city: City) -> None:
    plate = MAGIC_PLATES["plate-reused"]
    looks = [(await wire.ask("01C21", hpzl="02", hphm=plate)).rows or [] for _ in range(2)]

    assert looks[1] == [
        looks[0][0]
        | {
            "syr": city.magic_buyer.name,
            "sfzmhm": city.magic_buyer.identity_number,
            "clsbdh": "LTESTCAR3N0000001",
            "fdjh": "NEW0000001",
            "clpp1": "比亚迪牌",
            "ccdjrq": "2026-10-02",
            "gxrq": "2026-10-02 10:00:00.0",
        }
    ]
    records = (await wire.ask("04C03", hpzl="02", hphm=plate)).rows or []
    assert any(row["wfsj"] < "2026-10-02" for row in records)


async def _decisions(wire: Wire, name: str) -> Rows:
    """The unpaid and the paid decision of a magic plate, asked for one by one."""
    rows = await truth(wire, MAGIC_PLATES[name])
    answers = [await wire.ask("04C01", jdsbh=row["jdsbh"]) for row in rows[1:]]
    return [decision for answer in answers for decision in answer.rows or []]


async def test_decisions_name_no_driver(wire: Wire) -> None:
    for decision in await _decisions(wire, "missing-driver"):
        assert "dsr" not in decision
        assert {"fkje", "wfjfs"} <= decision.keys()
    for decision in await _decisions(wire, "missing-fields"):
        assert not {"dsr", "fkje", "wfjfs"} & decision.keys()


async def test_what_was_decided_stays_unpaid(wire: Wire) -> None:
    for decision in await _decisions(wire, "unpaid-for-weeks"):
        assert (decision["jkbj"], decision["jkfs"], decision["jkrq"]) == ("0", "0", "")
        assert decision["znj"] == "100"


async def test_surcharge_grows_by_the_day_until_it_equals_the_fine(wire: Wire) -> None:
    number = (await truth(wire, MAGIC_PLATES["surcharge-grows"]))[1]["jdsbh"]
    await wire.change("today", date="2026-09-15")
    amounts = []
    for _ in range(40):
        rows = (await wire.ask("04C01", jdsbh=number)).rows or []
        amounts.append(rows[0]["znj"])

    assert amounts[:5] == ["0", "0", "0", "3", "6"]
    assert amounts[34:38] == ["96", "99", "100", "100"]


async def test_late_decisions_are_found_in_the_end(wire: Wire) -> None:
    number = (await truth(wire, MAGIC_PLATES["late-decisions"]))[1]["jdsbh"]
    counts = [(await wire.ask("04C01", jdsbh=number)).count for _ in range(3)]

    assert counts == ["0", "0", "1"]


async def test_late_decisions_may_be_only_those_of_the_roadside(wire: Wire, city: City) -> None:
    person = city.citizen(0)
    await wire.on("late-decisions", parameters={"xxly": "1"})
    found = (await wire.ask("04C01", jszh=person.identity_number)).rows or []

    assert {row["xxly"] for row in found} == {"2"}
    assert len(found) == sum(decision.source == "2" for decision in person.decisions)


async def test_one_person_s_decisions_show_the_quirks_of_their_plates_only(
    wire: Wire, city: City
) -> None:
    magic = city.magic_citizen
    found = (await wire.ask("04C01", jszh=magic.identity_number)).rows or []

    late = MAGIC_PLATES["late-decisions"]
    assert len(found) == len(magic.decisions) - 2
    assert late not in {row["hphm"] for row in found}
