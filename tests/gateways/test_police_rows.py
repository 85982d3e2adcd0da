"""Rows into records: every field in its place, every quirk of the values."""

from datetime import UTC, date, datetime

import pytest

from domain.money import NOTHING, Money
from domain.plates import Plate, PlateType
from domain.records import (
    Agency,
    CameraRecord,
    CaptureMethod,
    DecisionRecord,
    DriverRecord,
    PaidMark,
    RecordChange,
    VehicleRecord,
)
from gateways.police_rows import (
    NotAskedFor,
    camera_record,
    decision_by_number,
    driver_record,
    vehicle_record,
)
from gateways.police_values import Row, UnreadableRow, instant_of
from tests.gateways.register import CAMERA_ROW, DECISION, DECISION_ROW, IDENTITY, PLATE


def camera(**fields: str) -> CameraRecord:
    return camera_record(Row(CAMERA_ROW | fields), PLATE)


def decision(**fields: str) -> DecisionRecord:
    return decision_by_number(Row(DECISION_ROW | fields), DECISION)


def test_a_whole_vehicle() -> None:
    row = {"hphm": "渝AF0001", "hpzl": "02", "clsbdh": "LTESTCAR3N0000001", "fdjh": "e12345"}
    row |= {"clpp1": "长安牌", "csys": "a", "syxz": "A", "syr": "张三", "sfzmhm": IDENTITY}
    row |= {"ccdjrq": "2020-01-02", "yxqz": "2026-01-31 00:00:00.0", "qzbfqz": "2099-12-31"}
    row |= {"fzjg": "渝A", "zt": "GQ", "bxzzrq": "-", "gxrq": "2024-01-01 08:00"}
    row |= {"cllx": "K33"}

    assert vehicle_record(Row(row), PLATE) == VehicleRecord(
        plate=PLATE,
        vin="LTESTCAR3N0000001",
        engine_number="E12345",
        make="长安牌",
        colour="A",
        type_code="K33",
        use_code="A",
        owner_name="张三",
        owner_identity_number=IDENTITY,
        first_registered_on=date(2020, 1, 2),
        inspection_valid_until=date(2026, 1, 31),
        insurance_valid_until=None,
        scrap_on=date(2099, 12, 31),
        issuing_authority="渝A",
        status_letters="GQ",
        updated_at=datetime(2024, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("text", "type_code"),
    [
        ("M21", "M21"),
        (" k33　", "K33"),
        ("Ｈ１１", "H11"),
        ("Z71X", "Z71X"),
        ("", None),
        ("-", None),
        ("轿车", None),
        ("K33轿车", None),
        ("K-33", None),
        ("K3333", None),
        ("K٣٣", None),
    ],
)
def test_a_type_is_a_code_or_nothing(text: str, type_code: str | None) -> None:
    assert vehicle_record(Row(CAMERA_ROW | {"cllx": text}), PLATE).type_code == type_code


def test_a_whole_driver() -> None:
    row = {"sfzmhm": IDENTITY, "xm": " 张三　", "dabh": "500100000001", "zjcx": "A1A2D"}
    row |= {"zt": "AH", "cclzrq": "2010-05-06", "yxqs": "2020-05-06", "yxqz": "长期"}
    row |= {"ljjf": "13", "qfrq": "2024-05-06", "syrq": "", "cfrq": "null", "fzjg": "渝A"}

    assert driver_record(Row(row), IDENTITY) == DriverRecord(
        identity_number=IDENTITY,
        name="张三",
        file_number="500100000001",
        classes="A1A2D",
        status_letters="AH",
        first_licensed_on=date(2010, 5, 6),
        valid_from=date(2020, 5, 6),
        valid_until=date.max,
        points=13,
        next_reset_on=date(2024, 5, 6),
        review_due_on=None,
        overdue_since=None,
        issuing_authority="渝A",
    )


def test_a_whole_camera_record() -> None:
    fields = {"scz": "82", "bzz": "60", "clsj": "2024-04-09", "cljg": "500102000000"}

    assert camera(**fields, cljgmc="涪陵支队", clbj="1", jdsbh=DECISION) == CameraRecord(
        record_number="5001017900000001",
        plate=PLATE,
        code="1344",
        occurred_at=datetime(2024, 4, 2, 15, 59, 57, tzinfo=UTC),
        place_code="10001",
        place="渝中区中山三路",
        capture_agency=Agency("500101000000", "渝中区支队"),
        capture_method=CaptureMethod.RED_LIGHT,
        fine=Money(10000),
        points=1,
        measured="82",
        limit="60",
        handled=True,
        handled_at=datetime(2024, 4, 8, 16, tzinfo=UTC),
        handling_agency=Agency("500102000000", "涪陵支队"),
        paid=PaidMark.UNPAID,
        decision_number=DECISION,
        violation_number=None,
        change=RecordChange.NEW,
        updated_at=datetime(2024, 4, 3, tzinfo=UTC),
    )


def test_a_whole_decision() -> None:
    assert decision(jkbj="1", jkrq="2024-04-06 10:11:12.0") == DecisionRecord(
        decision_number=DECISION,
        check_character="7",
        violation_number="5001012024100000000101",
        driver_identity_number=IDENTITY,
        driver_file_number=None,
        driver_name="张三",
        plate=PLATE,
        code="1344",
        occurred_at=datetime(2024, 4, 2, 15, 59, 57, tzinfo=UTC),
        place="渝中区中山三路",
        fine=Money(10000),
        surcharge=NOTHING,
        points=1,
        is_simple_procedure=True,
        is_warning=False,
        is_on_scene=False,
        decided_at=datetime(2024, 4, 5, 1, tzinfo=UTC),
        agency=Agency(None, None),
        paid=PaidMark.PAID,
        paid_on=date(2024, 4, 6),
        change=RecordChange.NEW,
        updated_at=datetime(2024, 4, 5, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-04-02 23:59:57.0", datetime(2024, 4, 2, 15, 59, 57, tzinfo=UTC)),
        ("2024-04-02 23:59:57", datetime(2024, 4, 2, 15, 59, 57, tzinfo=UTC)),
        ("2024-04-02T23:59:57.123456789", datetime(2024, 4, 2, 15, 59, 57, 123456, tzinfo=UTC)),
        ("2024-04-02 23:59", datetime(2024, 4, 2, 15, 59, tzinfo=UTC)),
        ("2024-04-02 9:35:38", datetime(2024, 4, 2, 1, 35, 38, tzinfo=UTC)),
        ("2024/4/2", datetime(2024, 4, 1, 16, tzinfo=UTC)),
        ("2024年4月2日", datetime(2024, 4, 1, 16, tzinfo=UTC)),
        ("20240402235957", datetime(2024, 4, 2, 15, 59, 57, tzinfo=UTC)),
        ("20240402", datetime(2024, 4, 1, 16, tzinfo=UTC)),
        ("9999-12-31", datetime(9999, 12, 30, 16, tzinfo=UTC)),
        ("2024-02-30", None),
        ("2024-04-02 24:00:00", None),
        ("0001-01-01", None),
        ("2024-04-02 23:59:57 UTC", None),
        ("1712073597000", None),
    ],
)
def test_times_are_china_time(text: str, expected: datetime | None) -> None:
    assert instant_of(text) == expected


@pytest.mark.parametrize(
    ("text", "fine"),
    [("150", 15000), ("150.00", 15000), ("150.5", 15050), ("１５０", 15000), ("0", 0)],
)
def test_amounts_are_text(text: str, fine: int) -> None:
    assert camera(fkje=text).fine == Money(fine)


@pytest.mark.parametrize("text", ["", "-", "-50", "1,500", "150元", "1e3", "150.005"])
def test_other_amounts_are_not_known(text: str) -> None:
    assert camera(fkje=text).fine is None
    assert decision(fkje=text, znj=text).surcharge is None


@pytest.mark.parametrize(
    ("text", "points"),
    [("0", 0), ("12", 12), ("3.0", 3), ("", None), ("13", None), ("-1", None), ("三", None)],
)
def test_points_come_from_their_field_only(text: str, points: int | None) -> None:
    assert camera(wfjfs=text, wfxw="1625").points == points
    assert decision(wfjfs=text, wfxw="1625").points == points


def test_a_warning_costs_nothing() -> None:
    record = decision(cfzl="1", fkje="", jkbj="9")

    assert (record.is_warning, record.fine, record.paid) == (
        True,
        NOTHING,
        PaidMark.NOTHING_TO_PAY,
    )


@pytest.mark.parametrize(
    "value",
    ["渝中区", "　渝中区　　", "渝中区        ", "\x0b渝中区\x1f", "%E6%B8%9D%E4%B8%AD%E5%8C%BA"],
)
def test_texts_are_trimmed_and_decoded_once_more(value: str) -> None:
    assert camera(wfdz=value).place == "渝中区"


def test_a_percent_sign_in_chinese_text_is_no_encoding() -> None:
    assert camera(wfdz="超速%20以上").place == "超速%20以上"
    assert camera(wfdz="限速60%").place == "限速60%"


@pytest.mark.parametrize(
    "value",
    ["\ufffd\ufffd", "ӱ\ufffd\ufffd", "渝中\ufffd区", "", "-", "--", "　", "null", "无", "/"],
)
def test_words_for_nothing(value: str) -> None:
    record = camera(xh=value, jdsbh=value, wfdz=value, cjjgmc=value)

    assert (record.record_number, record.decision_number, record.place) == (None, None, None)
    assert record.capture_agency.name is None


def test_another_plate_is_not_ours() -> None:
    for fields in ({"hphm": "渝AF0002"}, {"hpzl": "01"}, {"hphm": "AF0001"}):
        with pytest.raises(NotAskedFor):
            camera(**fields)
        with pytest.raises(NotAskedFor):
            vehicle_record(Row(CAMERA_ROW | fields), PLATE)


def test_another_person_or_number_is_not_ours() -> None:
    with pytest.raises(NotAskedFor):
        decision(jdsbh="500101100000002")
    with pytest.raises(NotAskedFor):
        driver_record(Row({"sfzmhm": "500000190103010016"}), IDENTITY)


@pytest.mark.parametrize("written", ["渝af0001", "渝A·F0001", "渝ＡＦ０００１", "渝A F0001  "])
def test_a_plate_may_be_written_in_many_ways(written: str) -> None:
    assert camera(hphm=written, hpzl="2").plate == PLATE


def test_a_trailer_may_come_without_its_suffix() -> None:
    trailer = Plate(PlateType.TRAILER, "渝A1234挂")
    row = Row(CAMERA_ROW | {"hpzl": "15", "hphm": "渝A1234"})

    assert camera_record(row, trailer).plate == trailer
    assert decision(hpzl="15", hphm="渝A1234").plate == trailer
    assert camera_record(row, Plate(PlateType.TRAILER, "渝A1234")).plate.number == "渝A1234"


@pytest.mark.parametrize("fields", [{"hphm": "-"}, {"hphm": "渝A"}, {"hpzl": "41"}, {"hpzl": ""}])
def test_a_decision_may_be_without_a_plate(fields: dict[str, str]) -> None:
    assert decision(**fields).plate is None


@pytest.mark.parametrize(
    "fields",
    [
        {"wfsj": "yesterday"},
        {"wfxw": ""},
        {"clbj": ""},
        {"clbj": "2"},
        {"jkbj": "7"},
        {"clbj": "1", "jkbj": ""},
        {"jllx": "4"},
        {"hphm": "-"},
        {"hpzl": ""},
    ],
)
def test_what_cannot_be_understood_is_not_guessed(fields: dict[str, str]) -> None:
    with pytest.raises(UnreadableRow):
        camera(**fields)


def test_defaults_of_open_records() -> None:
    record = camera(jkbj="", jllx="", cjfs="42", wfjfs="", fkje="")

    assert (record.paid, record.change) == (PaidMark.UNPAID, RecordChange.NEW)
    assert (record.capture_method, record.points, record.fine) == (CaptureMethod.OTHER, None, None)


def test_the_second_time_field_stands_in_for_the_first() -> None:
    assert camera(wfsj="", wfsj1="2024-04-02").occurred_at == datetime(2024, 4, 1, 16, tzinfo=UTC)


def test_records_do_not_print_who_they_are_about() -> None:
    assert "张三" not in repr(decision())
    assert IDENTITY not in repr(decision())
