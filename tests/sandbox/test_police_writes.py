"""What is written to the register: effects, repeats and refusals."""

from dataclasses import replace

import pytest

from sandbox.city import City
from tests.sandbox.police_writing import (
    ACCEPTANCE,
    ACCEPTED,
    ANNULLED,
    ANNULMENT,
    BUYER,
    DONE,
    DRIVER,
    OPEN,
    OPEN_DECISION,
    PAID,
    PAYMENT,
    REPORTED,
    UNPAID,
    UNPAID_PAYMENT,
    UNPAID_RECORD,
    camera_row,
    decision_row,
    everything,
    refused,
)
from tests.sandbox.wire import Wire


async def test_a_record_is_accepted(wire: Wire) -> None:
    before = await camera_row(wire, OPEN)

    assert await wire.write("04C56", **ACCEPTANCE) == replace(DONE, key=OPEN_DECISION)

    decision = await decision_row(wire, OPEN_DECISION)
    assert await camera_row(wire, OPEN) == before | {
        "clbj": "1",
        "clsj": "2026-11-01 12:00:00.0",
        "cljg": before["cjjg"],
        "cljgmc": before["cjjgmc"],
        "jdsbh": OPEN_DECISION,
        "wfbh": decision["wfbh"],
        "jllx": "2",
        "gxsj": "2026-11-01 12:00:00.0",
    }
    assert decision == decision | {
        "jszh": DRIVER,
        "dabh": "500199999999",
        "dsr": "魔术师",
        "fkje": "100",
        "znj": "0",
        "jkbj": "0",
        "clsj": "2026-11-01 12:00:00.0",
    }
    assert await wire.effects() == [ACCEPTED]


async def test_a_repeat_answers_the_same_number_and_does_nothing(wire: Wire) -> None:
    first = await wire.write("04C56", **ACCEPTANCE)
    after = await everything(wire)

    assert await wire.write("04C56", **ACCEPTANCE) == first
    assert await wire.write("04C56", xh=OPEN, jszh=DRIVER) == first
    assert await everything(wire) == after
    assert await wire.effects() == [ACCEPTED]


async def test_what_was_entered_overnight_becomes_newer_by_acceptance(wire: Wire) -> None:
    await wire.change("change", xh=OPEN, fields={"gxsj": "2026-11-02 01:30:00.0"})
    await wire.write("04C56", **ACCEPTANCE)

    assert (await camera_row(wire, OPEN))["gxsj"] == "2026-11-02 01:30:00.0"


REFUSED_ACCEPTANCES = {
    "unknown record": ({"xh": "5001037912345678"}, "未找到该违法记录"),
    "unknown driver": ({"jszh": "500000190001010015"}, "未找到该驾驶人信息"),
    "other file": ({"dabh": "500199999998"}, "当事人与驾驶证档案不符"),
    "other name": ({"dsr": "张三"}, "当事人与驾驶证档案不符"),
    "no record": ({"xh": ""}, "必填项xh不能为空"),
    "no driver": ({"jszh": ""}, "必填项jszh不能为空"),
    "handled by another": (
        {"xh": UNPAID_RECORD, "jszh": BUYER, "dabh": "", "dsr": ""},
        "该违法记录已处理",
    ),
}


@pytest.mark.parametrize("case", REFUSED_ACCEPTANCES)
async def test_refused_acceptances(wire: Wire, case: str) -> None:
    changed, message = REFUSED_ACCEPTANCES[case]
    before = await everything(wire)

    assert await wire.write("04C56", **ACCEPTANCE | changed) == refused(message)
    assert await everything(wire) == before
    assert await wire.effects() == []


async def test_a_person_without_a_licence_accepts_nothing(wire: Wire, city: City) -> None:
    person = next(person for person in city.citizens() if person.licence is None)

    answer = await wire.write("04C56", xh=OPEN, jszh=person.identity_number)

    assert answer == refused("未找到该驾驶人信息")


async def test_a_deleted_record_is_refused_and_a_removed_one_unknown(wire: Wire) -> None:
    await wire.change("tombstone", xh=OPEN)
    assert await wire.write("04C56", **ACCEPTANCE) == refused("该违法记录已删除")
    await wire.change("remove", xh=OPEN)
    assert await wire.write("04C56", **ACCEPTANCE) == refused("未找到该违法记录")
    assert await wire.effects() == []


async def test_what_another_channel_did_is_no_effect_of_a_write(wire: Wire) -> None:
    decision = await wire.change("handle", xh=OPEN, jszh=DRIVER)
    answer = await wire.write("04C56", **ACCEPTANCE)

    assert answer == replace(DONE, key=decision["jdsbh"])
    assert await wire.effects() == []


async def test_a_payment_shows_in_both_lists(wire: Wire) -> None:
    record = await camera_row(wire, UNPAID_RECORD)
    decision = await decision_row(wire, UNPAID)

    assert await wire.write("04C57", **UNPAID_PAYMENT) == DONE

    assert await decision_row(wire, UNPAID) == decision | {
        "jkbj": "1",
        "jkfs": "2",
        "jkrq": "2026-10-30",
        "jllx": "2",
    }
    assert await camera_row(wire, record["xh"]) == record | {"jkbj": "1"}
    assert await wire.effects() == [REPORTED]


async def test_a_decision_without_a_camera_record_is_paid_too(wire: Wire, city: City) -> None:
    decisions = [one for person in city.citizens() for one in person.decisions]
    scene = next(one for one in decisions if one.source == "1" and one.paid == "0")
    fine = str(scene.fine_yuan)

    payment = PAYMENT | {"jdsbh": scene.number, "fkje": fine, "znj": "0.00", "jkje": f"{fine}.0"}

    assert await wire.write("04C57", **payment) == DONE
    assert (await decision_row(wire, scene.number))["jkbj"] == "1"


async def test_the_same_payment_again_changes_nothing(wire: Wire) -> None:
    await wire.write("04C57", **UNPAID_PAYMENT)
    after = await everything(wire)

    assert await wire.write("04C57", **UNPAID_PAYMENT) == DONE
    written = UNPAID_PAYMENT | {"fkje": "100.00", "znj": "12.50", "jkje": "112.50"}
    assert await wire.write("04C57", **written) == DONE
    assert await everything(wire) == after
    assert await wire.effects() == [REPORTED]


REFUSED_PAYMENTS = {
    "unknown decision": ({"jdsbh": "500103112345678"}, "处罚决定书不存在"),
    "other check character": ({"wsjyw": "8"}, "文书校验码错误"),
    "other fine": ({"fkje": "150", "jkje": "162.5"}, "罚款金额与处罚决定不符"),
    "surcharge over the fine": ({"znj": "100.01", "jkje": "200.01"}, "加处罚款金额超出罚款本金"),
    "other total": ({"jkje": "112"}, "交款金额合计不符"),
    "not paid": ({"jkbj": "0"}, "交款标记或交款方式错误"),
    "paid on the spot": ({"jkfs": "1"}, "交款标记或交款方式错误"),
    "no serial": ({"yhlsh": ""}, "必填项yhlsh不能为空"),
    "no day": ({"jkrq": ""}, "必填项jkrq不能为空"),
    "no such day": ({"jkrq": "2026-02-30"}, "交款日期或金额格式错误"),
    "no amount": ({"fkje": "1e2"}, "交款日期或金额格式错误"),
    "paid elsewhere": ({"jdsbh": PAID, "wsjyw": ""}, "该决定书已交款"),
}


@pytest.mark.parametrize("case", REFUSED_PAYMENTS)
async def test_refused_payments(wire: Wire, case: str) -> None:
    changed, message = REFUSED_PAYMENTS[case]
    before = await everything(wire)

    assert await wire.write("04C57", **UNPAID_PAYMENT | changed) == refused(message)
    assert await everything(wire) == before
    assert await wire.effects() == []


async def test_a_serial_is_good_for_one_payment_and_a_decision_for_one_serial(wire: Wire) -> None:
    await wire.write("04C56", **ACCEPTANCE)
    await wire.write("04C57", **UNPAID_PAYMENT)
    after = await everything(wire)

    other = PAYMENT | {"jdsbh": OPEN_DECISION}
    assert await wire.write("04C57", **other) == refused("银行流水号重复，内容不一致")
    later = UNPAID_PAYMENT | {"jkrq": "2026-10-31"}
    assert await wire.write("04C57", **later) == refused("银行流水号重复，内容不一致")
    second = UNPAID_PAYMENT | {"yhlsh": "R0002"}
    assert await wire.write("04C57", **second) == refused("该决定书已交款")
    assert await everything(wire) == after
    assert await wire.effects() == [ACCEPTED, REPORTED]


async def test_a_warning_costs_nothing(wire: Wire, city: City) -> None:
    decisions = [one for person in city.citizens() for one in person.decisions]
    warning = next(one for one in decisions if one.paid == "9")
    nothing = {"jdsbh": warning.number, "fkje": "0", "znj": "0", "jkje": "0"}

    assert await wire.write("04C57", **PAYMENT | nothing) == refused("该处罚决定无需交款")


async def test_an_annulled_decision_is_buried_and_its_record_open_again(wire: Wire) -> None:
    record = await camera_row(wire, UNPAID_RECORD)
    decision = await decision_row(wire, UNPAID)

    assert await wire.write("04C58", **ANNULMENT) == DONE
    assert await wire.write("04C58", **ANNULMENT) == DONE

    noon = "2026-11-01 12:00:00.0"
    assert await decision_row(wire, UNPAID) == decision | {"jllx": "3", "gxsj": noon}
    assert await camera_row(wire, record["xh"]) == record | {
        **dict.fromkeys(("clsj", "cljg", "cljgmc", "jdsbh", "wfbh"), ""),
        "clbj": "0",
        "jkbj": "0",
        "jllx": "2",
        "gxsj": noon,
    }
    assert await wire.write("04C57", **UNPAID_PAYMENT) == refused("处罚决定书不存在")
    assert await wire.effects() == [ANNULLED]


async def test_after_an_annulment_the_right_driver_gets_another_number(wire: Wire) -> None:
    await wire.write("04C56", **ACCEPTANCE)
    await wire.write("04C58", **ANNULMENT | {"jdsbh": OPEN_DECISION})
    again = await wire.write("04C56", xh=OPEN, jszh=BUYER)

    assert again == replace(DONE, key="500103290000000")
    assert (await decision_row(wire, OPEN_DECISION))["jllx"] == "3"
    assert (await decision_row(wire, "500103290000000"))["jszh"] == BUYER
    assert (await camera_row(wire, OPEN))["jdsbh"] == "500103290000000"
    assert await wire.effects() == [ACCEPTED, ("04C58", OPEN_DECISION), ACCEPTED]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"jdsbh": "500103112345678"}, "处罚决定书不存在"),
        ({"jdsbh": ""}, "必填项jdsbh不能为空"),
        ({"cxyy": ""}, "必填项cxyy不能为空"),
        ({"spr": ""}, "必填项spr不能为空"),
    ],
)
async def test_refused_annulments(wire: Wire, changed: dict[str, str], message: str) -> None:
    assert await wire.write("04C58", **ANNULMENT | changed) == refused(message)
    assert await wire.effects() == []
