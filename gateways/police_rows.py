"""One function per interface: a row of the register as a domain record."""

import re
from datetime import datetime
from typing import TypeVar

from domain.money import NOTHING, Money
from domain.plates import InvalidPlate, Plate, PlateType, normalise, parse_plate
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
from gateways.police_values import Row, UnreadableRow

Value = TypeVar("Value")

PAID = {"0": PaidMark.UNPAID, "1": PaidMark.PAID, "9": PaidMark.NOTHING_TO_PAY}
CHANGES = {"1": RecordChange.NEW, "2": RecordChange.CHANGED, "3": RecordChange.DELETED}
HANDLED = {"0": False, "1": True}
# The wire's digits 1 to 9 stand for the methods in the order of the enumeration.
METHODS = {str(digit): method for digit, method in enumerate(CaptureMethod, start=1)}
SIMPLE = {"1": True, "2": False}
ON_SCENE = {"1": True, "2": False}
WARNING = "1"
TRAILER = "挂"
TYPE_CODE = re.compile(r"[A-Z0-9]{1,4}")
MOST_POINTS = 12
MOST_POINTS_IN_A_CYCLE = 999


class NotAskedFor(ValueError):
    """A row about another vehicle or person. It must not reach the asker."""


def vehicle_record(row: Row, plate: Plate) -> VehicleRecord:
    """Read a vehicle (01C21)."""
    _check_plate(row, plate)
    return VehicleRecord(
        plate=plate,
        vin=row.code("clsbdh"),
        engine_number=row.code("fdjh"),
        make=row.text("clpp1"),
        colour=row.code("csys"),
        type_code=_type_code(row),
        use_code=row.code("syxz"),
        owner_name=row.text("syr"),
        owner_identity_number=row.code("sfzmhm"),
        first_registered_on=row.day("ccdjrq"),
        inspection_valid_until=row.day("yxqz"),
        insurance_valid_until=row.day("bxzzrq"),
        scrap_on=row.day("qzbfqz"),
        issuing_authority=row.code("fzjg"),
        status_letters=row.code("zt") or "",
        updated_at=row.instant("gxrq"),
    )


def driver_record(row: Row, identity_number: str) -> DriverRecord:
    """Read a driver (02C06)."""
    if row.required("sfzmhm") != identity_number:
        raise NotAskedFor("sfzmhm")
    return DriverRecord(
        identity_number=identity_number,
        name=row.text("xm"),
        file_number=row.code("dabh"),
        classes=row.code("zjcx") or "",
        status_letters=row.code("zt") or "",
        first_licensed_on=row.day("cclzrq"),
        valid_from=row.day("yxqs"),
        valid_until=row.day("yxqz"),
        points=row.number("ljjf", MOST_POINTS_IN_A_CYCLE),
        next_reset_on=row.day("qfrq"),
        review_due_on=row.day("syrq"),
        overdue_since=row.day("cfrq"),
        issuing_authority=row.code("fzjg"),
    )


def camera_record(row: Row, plate: Plate) -> CameraRecord:
    """Read a camera record (04C03) that was asked for by its plate."""
    _check_plate(row, plate)
    return _camera_record(row, plate)


def camera_record_by_number(row: Row, number: str) -> CameraRecord:
    """Read a camera record (04C03) that was asked for by its number."""
    if row.required("xh") != number:
        raise NotAskedFor("xh")
    plate = _plate_of(row)
    if plate is None:
        raise UnreadableRow("hphm")
    return _camera_record(row, plate)


def _camera_record(row: Row, plate: Plate) -> CameraRecord:
    handled = _one_of(HANDLED, row, "clbj")
    return CameraRecord(
        record_number=row.code("xh"),
        plate=plate,
        code=row.required("wfxw"),
        occurred_at=_occurred_at(row),
        place_code=row.code("wfdd"),
        place=row.text("wfdz"),
        capture_agency=Agency(row.code("cjjg"), row.text("cjjgmc")),
        capture_method=METHODS.get(row.code("cjfs") or "", CaptureMethod.OTHER),
        fine=_fine(row),
        points=row.number("wfjfs", MOST_POINTS),
        measured=row.text("scz"),
        limit=row.text("bzz"),
        handled=handled,
        handled_at=row.instant("clsj"),
        handling_agency=Agency(row.code("cljg"), row.text("cljgmc")),
        # An open record may have no payment mark yet; a handled one without is not understood.
        paid=_one_of(PAID, row, "jkbj", None if handled else PaidMark.UNPAID),
        decision_number=row.code("jdsbh"),
        violation_number=row.code("wfbh"),
        change=_one_of(CHANGES, row, "jllx", RecordChange.NEW),
        updated_at=row.instant("gxsj"),
    )


def decision_of_driver(row: Row, identity_number: str) -> DecisionRecord:
    """Read an item of a decision (04C01) that was asked for by its driver."""
    if row.required("jszh") != identity_number:
        raise NotAskedFor("jszh")
    return _decision(row)


def decision_by_number(row: Row, number: str) -> DecisionRecord:
    """Read an item of a decision (04C01) that was asked for by its number."""
    if row.required("jdsbh") != number:
        raise NotAskedFor("jdsbh")
    return _decision(row)


def _decision(row: Row) -> DecisionRecord:
    return DecisionRecord(
        decision_number=row.required("jdsbh"),
        check_character=row.code("wsjyw"),
        violation_number=row.code("wfbh"),
        driver_identity_number=row.code("jszh"),
        driver_file_number=row.code("dabh"),
        driver_name=row.text("dsr"),
        plate=_plate_of(row),
        code=row.required("wfxw"),
        occurred_at=_occurred_at(row),
        place=row.text("wfdz"),
        fine=_fine(row),
        surcharge=row.money("znj"),
        points=row.number("wfjfs", MOST_POINTS),
        is_simple_procedure=SIMPLE.get(row.code("jdslb") or ""),
        is_warning=row.code("cfzl") == WARNING,
        is_on_scene=ON_SCENE.get(row.code("xxly") or ""),
        decided_at=row.instant("clsj"),
        agency=Agency(row.code("cljg"), row.text("cljgmc")),
        paid=_one_of(PAID, row, "jkbj"),
        paid_on=row.day("jkrq"),
        change=_one_of(CHANGES, row, "jllx", RecordChange.NEW),
        updated_at=row.instant("gxsj"),
    )


def _one_of(table: dict[str, Value], row: Row, name: str, missing: Value | None = None) -> Value:
    code = row.code(name)
    found = missing if code is None else table.get(code)
    if found is None:
        raise UnreadableRow(name)
    return found


def _occurred_at(row: Row) -> datetime:
    instant = row.instant("wfsj") or row.instant("wfsj1")
    if instant is None:
        raise UnreadableRow("wfsj")
    return instant


def _fine(row: Row) -> Money | None:
    return NOTHING if row.code("cfzl") == WARNING else row.money("fkje")


def _type_code(row: Row) -> str | None:
    code = row.code("cllx") or ""
    return code if TYPE_CODE.fullmatch(code) else None


def _check_plate(row: Row, plate: Plate) -> None:
    number = normalise(row.required("hphm"))
    same_type = row.required("hpzl").zfill(2) == plate.plate_type
    # Some interfaces leave the trailing 挂 of a trailer out.
    if not same_type or number.removesuffix(TRAILER) != plate.number.removesuffix(TRAILER):
        raise NotAskedFor("hphm")


def _plate_of(row: Row) -> Plate | None:
    number = row.code("hphm")
    try:
        plate_type = PlateType((row.code("hpzl") or "").zfill(2))
        if plate_type is PlateType.TRAILER and number is not None:
            number = number.removesuffix(TRAILER) + TRAILER
        return parse_plate(number or "", plate_type)
    except (InvalidPlate, ValueError):
        return None
