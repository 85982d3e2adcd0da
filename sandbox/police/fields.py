"""The wire mapping: pinyin field names to the attributes of the city's entities."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.city import CameraRecord, Decision, Licence, Person, Vehicle
from sandbox.police.answers import Row

_VEHICLE = {
    "hphm": "plate_number",
    "hpzl": "plate_type",
    "clsbdh": "vin",
    "fdjh": "engine_number",
    "clpp1": "make",
    "csys": "colour",
    "cllx": "type_code",
    "syxz": "use",
    "syr": "owner_name",
    "sfzmhm": "owner_id",
    "ccdjrq": "first_registered",
    "yxqz": "inspection_until",
    "qzbfqz": "scrap_on",
    "fzjg": "authority",
    "zt": "status",
    "bxzzrq": "insurance_until",
    "gxrq": "updated_at",
}
_LICENCE = {
    "dabh": "file_number",
    "zjcx": "classes",
    "cclzrq": "first_issued",
    "yxqs": "valid_from",
    "yxqz": "valid_until",
    "zt": "status",
    "ljjf": "points",
    "qfrq": "points_clear_on",
    "syrq": "review_on",
    "cfrq": "overdue_on",
    "fzjg": "authority",
}
_CAMERA = {
    "xh": "serial",
    "cjjg": "capture_unit",
    "cjjgmc": "capture_unit_name",
    "hpzl": "plate_type",
    "hphm": "plate_number",
    "wfsj": "occurred_at",
    "wfsj1": "occurred_at",
    "wfdd": "place_code",
    "wfdz": "place",
    "wfxw": "offence",
    "fkje": "fine_yuan",
    "wfjfs": "points",
    "scz": "measured",
    "bzz": "limit",
    "cjfs": "capture_method",
    "clbj": "handled",
    "clsj": "handled_at",
    "cljg": "handling_unit",
    "cljgmc": "handling_unit_name",
    "jkbj": "paid",
    "jdsbh": "decision_number",
    "wfbh": "violation_number",
    "tzbj": "notified",
    "tzrq": "notified_on",
    "jllx": "change",
    "gxsj": "updated_at",
    "xzqh": "district",
}
_DECISION = {
    "jdsbh": "number",
    "wsjyw": "check_digit",
    "jdslb": "kind",
    "jszh": "licence_number",
    "dabh": "file_number",
    "dsr": "driver",
    "hpzl": "plate_type",
    "hphm": "plate_number",
    "wfsj": "occurred_at",
    "wfdd": "place_code",
    "wfdz": "place",
    "wfxw": "offence",
    "wfjfs": "points",
    "fkje": "fine_yuan",
    "cfzl": "penalty_kind",
    "clsj": "decided_at",
    "cljg": "unit",
    "cljgmc": "unit_name",
    "jkbj": "paid",
    "jkfs": "paid_by",
    "jkrq": "paid_on",
    "wfbh": "violation_number",
    "xxly": "source",
    "jllx": "change",
    "gxsj": "updated_at",
}
_INSTANTS = frozenset({"occurred_at", "handled_at", "decided_at", "updated_at"})
_DAYS = frozenset({"notified_on", "paid_on"})
_NUMBERS = frozenset({"fine_yuan", "points", "measured", "limit"})
SURCHARGE_AFTER_DAYS = 15


def vehicle_row(vehicle: Vehicle) -> Row:
    return _row(vehicle, _VEHICLE)


def driver_row(person: Person, licence: Licence) -> Row:
    row = {"sfzmhm": person.identity_number, "xm": person.name, "sjhm": person.phone}
    return _row(licence, _LICENCE) | row


def camera_row(record: CameraRecord) -> Row:
    return _row(record, _CAMERA) | {"zdjlbj": "0"}


def decision_row(decision: Decision, today: date) -> Row:
    return _row(decision, _DECISION) | {"znj": surcharge(decision, today)}


def surcharge(decision: Decision, today: date) -> str:
    """Three per cent of the fine for each day after the fifteenth, at most the fine itself."""
    until = decision.paid_on or today
    days = (until - decision.decided_at.date()).days - SURCHARGE_AFTER_DAYS
    if decision.paid == "9" or not decision.fine_yuan or days <= 0:
        return "0"
    fine = Decimal(decision.fine_yuan)
    return f"{min(fine, fine * days * 3 / 100).normalize():f}"


def with_camera_fields(record: CameraRecord, values: Mapping[str, str]) -> CameraRecord:
    """
    The record with some of its wire fields written anew.

    :raises ValueError: for a name or a value the wire does not know
    """
    return replace(record, **_typed(values, _CAMERA))


def with_decision_fields(decision: Decision, values: Mapping[str, str]) -> Decision:
    """
    The decision with some of its wire fields written anew.

    :raises ValueError: for a name or a value the wire does not know
    """
    return replace(decision, **_typed(values, _DECISION))


def _row(entity: object, fields: Mapping[str, str]) -> Row:
    return {name: _text(getattr(entity, attribute)) for name, attribute in fields.items()}


def _text(value: str | int | date | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}.0"
    return str(value)


def _typed(values: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, Any]:
    unknown = sorted(values.keys() - fields.keys())
    if unknown:
        raise ValueError(f"unknown fields: {', '.join(unknown)}")
    return {fields[name]: _value(fields[name], text) for name, text in values.items()}


def _value(attribute: str, text: str) -> object:
    if attribute in _INSTANTS:
        # Same zone as every instant of the city, which the wire never names.
        return datetime.fromisoformat(f"{text}+08:00") if text else None
    if attribute in _DAYS:
        return date.fromisoformat(text) if text else None
    if attribute in _NUMBERS:
        return int(text) if text else None
    return text
