"""The five query interfaces: conditions in, rows out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.police.answers import Answer, Row, found, refused
from sandbox.police.fields import camera_row, decision_row, driver_row, vehicle_row
from sandbox.police.pictures import pictures
from sandbox.police.records import Records

Conditions = Mapping[str, str]
_NO_CONDITION = "查询条件不能为空"


class IncompleteConditions(Exception):
    """The register does not search without a key."""


@dataclass(frozen=True, slots=True)
class Interface:
    """A query interface: the name of its rows, and how they are found."""

    node: str
    rows: Callable[[Records, Conditions], list[Row]]


def answer_query(records: Records, interface: str, conditions: Conditions) -> Answer:
    query = QUERIES[interface]
    try:
        return found(query.node, query.rows(records, conditions))
    except IncompleteConditions:
        return refused("0", _NO_CONDITION)


def _vehicle(records: Records, conditions: Conditions) -> list[Row]:
    vehicle = records.vehicle(*_plate(conditions))
    return [vehicle_row(vehicle)] if vehicle else []


def _driver(records: Records, conditions: Conditions) -> list[Row]:
    identity = conditions.get("sfzmhm", "")
    if not identity:
        raise IncompleteConditions
    person = records.person(identity)
    return [driver_row(person, person.licence)] if person and person.licence else []


def _camera_records(records: Records, conditions: Conditions) -> list[Row]:
    if serial := conditions.get("xh", ""):
        record = records.camera_record(serial)
        return [camera_row(record)] if record else []
    handled = conditions.get("clbj", "")
    found_records = records.camera_records(*_plate(conditions))
    return [camera_row(record) for record in found_records if handled in ("", record.handled)]


def _decisions(records: Records, conditions: Conditions) -> list[Row]:
    keys = [conditions.get(name, "") for name in ("jdsbh", "wfbh", "jszh", "dabh")]
    if not any(keys):
        raise IncompleteConditions
    number, violation_number, licence_number, file_number = keys
    paid = conditions.get("jkbj", "")
    decisions = records.decisions(
        number=number,
        violation_number=violation_number,
        licence_number=licence_number,
        file_number=file_number,
    )
    return [decision_row(one, records.today) for one in decisions if paid in ("", one.paid)]


def _pictures(records: Records, conditions: Conditions) -> list[Row]:
    serial = conditions.get("xh", "")
    if not serial:
        raise IncompleteConditions
    if records.camera_record(serial) is None:
        return []
    return [
        {"xh": serial}
        | {f"zpstr{place}": image for place, image in enumerate(pictures(serial), start=1)}
    ]


def _plate(conditions: Conditions) -> tuple[str, str]:
    plate_type, plate_number = conditions.get("hpzl", ""), conditions.get("hphm", "")
    if not plate_type or not plate_number:
        raise IncompleteConditions
    return plate_type, plate_number


QUERIES = {
    "01C21": Interface("veh", _vehicle),
    "02C06": Interface("DrvPerson", _driver),
    "04C01": Interface("violation", _decisions),
    "04C03": Interface("viosurveil", _camera_records),
    "04C04": Interface("viojdczp", _pictures),
}
