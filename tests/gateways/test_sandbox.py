"""
The client against the sandbox of the same wire, in every trouble the sandbox can make.

Whatever the scenario: right data, or UpstreamUnavailable. Never an empty list where there are
records, never another plate's rows, never any other exception.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from domain.failures import UpstreamUnavailable
from domain.money import NOTHING, Money
from domain.plates import Plate, PlateType
from domain.records import (
    Answer,
    CameraRecord,
    DecisionRecord,
    DriverRecord,
    EvidenceImage,
    RecordChange,
    VehicleRecord,
)
from domain.times import CHINA, legal_day
from gateways.breaker import BreakerSettings
from gateways.police_records import PoliceRecords
from gateways.police_wire import PoliceWire
from gateways.soap import Variant
from sandbox.city import MAGIC_PLATES, City, OffenceCode, Person, generate_city
from sandbox.police import DEFAULT_SERIAL, PoliceSandboxSettings, police_app
from sandbox.police.scenarios import SCENARIOS

CODES = (
    OffenceCode("1039", "违反规定停放、临时停车", 100, 0),
    OffenceCode("1208", "不按所需行进方向驶入导向车道", 100, 0),
    OffenceCode("1625", "违反道路交通信号灯通行", 200, 6),
)
HEALTHY = Plate(PlateType.SMALL_VEHICLE, MAGIC_PLATES["healthy"])
SLOW = {"hang", "slow", "tail"}
PATHS = {
    Variant.OLD4: "/trffweb/services/TmriOutAccess",
    Variant.NEW9: "/trffweb/services/TmriOutNewAccess",
    Variant.NEW10: "/trffweb/services/TmriOutNewAccess",
}

# No usable answer for anybody.
UNAVAILABLE = frozenset(
    {
        *("down", "reset-after", "cut-body", "hang", "slow", "tail", "fault-500", "bad-gateway"),
        *("html-answer", "not-xml", "document-not-xml", "entity-bomb", "document-entity-bomb"),
        *("huge-answer", "empty-return", "refusal", "refusal-empty-body", "missing-code"),
        *("system-busy", "quota-exhausted", "rate-limited", "serial-expired", "night-window"),
        *("interface-refused", "address-refused"),
    }
)
# What a scenario takes away or changes in camera records; every other leaves them as they are.
CHANGES: dict[str, Callable[[CameraRecord], CameraRecord]] = {
    "missing-fine": lambda record: replace(record, fine=None),
    "missing-points": lambda record: replace(record, points=None),
    "missing-fields": lambda record: replace(record, fine=None, points=None),
    "empty-serial": lambda record: replace(record, record_number=None),
    "empty-violation-number": lambda record: replace(record, violation_number=None),
    "empty-numbers": lambda record: replace(record, record_number=None, violation_number=None),
    "unescaped-lt": lambda record: replace(record, place=f"限速<60公里路段{record.place}"),
}
# Times lose what cannot be restored; the day stays.
VAGUE = {"date-only", "no-seconds", "lost-leading-zero"}


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The sandbox, its city, and a client that speaks one variant."""

    city: City
    control: TestClient[Any, Any]

    @property
    def person(self) -> Person:
        """Somebody with decisions and without magic."""
        people = map(self.city.citizen, range(30))
        return next(person for person in people if len(person.decisions) > 1)

    def client(self, variant: Variant = Variant.NEW10, **settings: Any) -> Any:
        async def grant(_: str) -> bool:
            return True

        async def note(_: str) -> None:
            return None

        wire = PoliceWire(
            url=str(self.control.make_url(PATHS[variant])),
            variant=variant,
            serial=DEFAULT_SERIAL,
            unit_code="500101000000",
            unit_name="渝中区支队",
            breaker=BreakerSettings(minimum_calls=10_000),
            retry_wait_seconds=0.01,
            **settings,
        )
        return PoliceRecords.open(wire, take_quota=grant, quota_exhausted=note)

    async def switch(self, name: str, **parameters: Any) -> None:
        async with self.control.post(
            "/control/scenarios", json={"name": name, "parameters": parameters}
        ) as response:
            assert response.status == 200


@pytest.fixture(scope="session")
def city() -> City:
    return generate_city(7, 30, CODES)


@pytest.fixture
async def sandbox(city: City) -> AsyncIterator[Sandbox]:
    app = police_app(city, PoliceSandboxSettings(requests_per_second=100_000))
    async with TestClient(TestServer(app)) as control:
        yield Sandbox(city, control)


@dataclass(frozen=True, slots=True)
class Answers:
    """What all questions about the healthy magic plate, and about a driver, came to."""

    vehicle: VehicleRecord | Exception | None
    driver: DriverRecord | Exception | None
    camera: Answer[CameraRecord] | Exception
    decisions: Answer[DecisionRecord] | Exception
    decision: Answer[DecisionRecord] | Exception
    pictures: tuple[EvidenceImage, ...] | Exception


async def ask_everything(records: PoliceRecords, sandbox: Sandbox) -> Answers:
    person = sandbox.person
    vehicle = sandbox.city.vehicle("02", HEALTHY.number)
    assert vehicle is not None
    answers = await asyncio.gather(
        records.vehicle(HEALTHY),
        records.driver(person.identity_number),
        records.camera_records(HEALTHY),
        records.decisions_of_driver(person.identity_number),
        records.decision(person.decisions[0].number),
        records.pictures(vehicle.records[0].serial),
        return_exceptions=True,
    )
    for answer in answers:
        assert not isinstance(answer, BaseException) or isinstance(answer, UpstreamUnavailable)
    return Answers(*answers)  # type: ignore[arg-type]


async def truth(sandbox: Sandbox) -> Answers:
    async with sandbox.client() as records:
        return await ask_everything(records, sandbox)


def rows(answer: Answer[Any] | Exception) -> list[Any]:
    assert isinstance(answer, Answer)
    return sorted(answer.rows, key=repr)


@pytest.mark.parametrize("variant", Variant)
async def test_every_variant_reads_what_the_city_knows(sandbox: Sandbox, variant: Variant) -> None:
    async with sandbox.client(variant) as records:
        answers = await ask_everything(records, sandbox)
    vehicle = sandbox.city.vehicle("02", HEALTHY.number)
    assert vehicle is not None
    assert isinstance(answers.vehicle, VehicleRecord)
    assert isinstance(answers.driver, DriverRecord)
    assert (answers.vehicle.vin, answers.vehicle.owner_name) == (vehicle.vin, vehicle.owner_name)
    assert answers.vehicle.type_code == vehicle.type_code == "K33"
    assert answers.driver.name == sandbox.person.name
    assert isinstance(answers.camera, Answer)
    assert answers.camera.complete
    known = {record.serial: record for record in vehicle.records}
    for record in answers.camera.rows:
        its = known.pop(record.record_number or "")
        assert record.occurred_at == its.occurred_at
        assert record.occurred_at.utcoffset() == timedelta(0)
        assert (record.code, record.handled) == (its.offence, its.handled == "1")
        assert record.fine == (None if its.fine_yuan is None else Money(its.fine_yuan * 100))
        assert (record.points, record.decision_number) == (its.points, its.decision_number or None)
        assert record.place == its.place
    assert known == {}
    assert isinstance(answers.decisions, Answer)
    assert {record.decision_number for record in answers.decisions.rows} == {
        decision.number for decision in sandbox.person.decisions
    }


@pytest.mark.parametrize("name", SCENARIOS)
async def test_right_data_or_unavailable(sandbox: Sandbox, name: str) -> None:
    expected = await truth(sandbox)
    await sandbox.switch(name, **({"seconds": 30, "every": 1} if name in SLOW else {}))
    seconds = 0.2 if name in SLOW else 5.0
    async with sandbox.client(timeout_seconds=seconds, picture_timeout_seconds=seconds) as records:
        answers = await ask_everything(records, sandbox)

    if name in UNAVAILABLE:
        assert isinstance(answers.camera, UpstreamUnavailable)
        assert isinstance(answers.vehicle, UpstreamUnavailable)
        assert isinstance(answers.driver, UpstreamUnavailable)
        assert isinstance(answers.decisions, UpstreamUnavailable)
        return
    check_camera(name, answers, expected)
    check_decisions(name, answers, expected)
    if isinstance(answers.vehicle, VehicleRecord):
        assert answers.vehicle.plate == HEALTHY
    elif name == "vanished":
        assert answers.vehicle is None
    else:
        assert name in {"dash-plate", "cut-list", "mojibake"}
    check_driver(name, answers, expected)
    if isinstance(answers.pictures, tuple):
        assert set(answers.pictures) <= set(expected.pictures)  # type: ignore[arg-type]


def check_driver(name: str, answers: Answers, expected: Answers) -> None:
    if not isinstance(answers.driver, DriverRecord):
        assert name in {"cut-list", "vanished"}
        assert answers.driver is None or name == "cut-list"
        return
    assert isinstance(expected.driver, DriverRecord)
    names = {"mojibake": None, "unescaped-lt": f"限速<60公里路段{expected.driver.name}"}
    shown = names.get(name, expected.driver.name)
    assert replace(answers.driver, issuing_authority=None) == replace(
        expected.driver, name=shown, issuing_authority=None
    )


def check_camera(name: str, answers: Answers, expected: Answers) -> None:
    assert isinstance(expected.camera, Answer)
    assert len(expected.camera.rows) == 3
    if name in {"dash-plate", "mojibake"}:
        assert isinstance(answers.camera, UpstreamUnavailable)
        return
    assert isinstance(answers.camera, Answer)
    assert all(record.plate == HEALTHY for record in answers.camera.rows)
    assert answers.camera.complete == (name != "cut-list")
    if name in VAGUE:
        days = [legal_day(record.occurred_at) for record in rows(answers.camera)]
        assert days == [legal_day(record.occurred_at) for record in rows(expected.camera)]
    elif name in STORIES:
        STORIES[name](answers.camera.rows, expected.camera.rows)
    else:
        change = CHANGES.get(name, lambda record: record)
        assert rows(answers.camera) == sorted(map(change, expected.camera.rows), key=repr)


Rows = tuple[CameraRecord, ...]


def some(shown: Rows, true: Rows) -> None:
    assert shown
    assert set(shown) < set(true)


def resent(shown: Rows, true: Rows) -> None:
    assert {record.record_number for record in shown} == {record.record_number for record in true}
    assert all(record.change is RecordChange.CHANGED for record in shown)


def one_deleted(shown: Rows, true: Rows) -> None:
    (deleted,) = set(shown) - set(true)
    assert deleted.change is RecordChange.DELETED
    assert len(shown) == len(true)


def one_from_far_away(shown: Rows, true: Rows) -> None:
    (far,) = set(shown) - set(true)
    assert (far.fine, far.points, far.capture_agency.code) == (NOTHING, None, None)
    assert len(shown) == len(true) + 1


def unpaid(shown: Rows, true: Rows) -> None:
    assert {record.paid.value for record in shown} == {"unpaid"}
    assert len(shown) == len(true)


STORIES: dict[str, Callable[[Rows, Rows], None]] = {
    "single-row": some,
    "cut-list": some,
    "vanished": some,
    "late-records": some,
    "resent-rows": resent,
    "tombstones": one_deleted,
    "other-province": one_from_far_away,
    "unpaid-for-weeks": unpaid,
}


def check_decisions(name: str, answers: Answers, expected: Answers) -> None:
    if name == "late-decisions":  # The register says that there are none yet: so it is.
        assert rows(answers.decisions) == []
        return
    if name in {"cut-list", "vanished", "tombstones", "single-row"}:
        assert isinstance(answers.decision, Answer | UpstreamUnavailable)
        return
    known = {record.decision_number: record.place for record in rows(expected.decisions)}
    shown = {record.decision_number: record.place for record in rows(answers.decisions)}
    assert shown.keys() == known.keys()
    if name not in {"resent-rows", "unescaped-lt"}:
        places = dict.fromkeys(known) if name == "mojibake" else known
        assert shown == places
    assert len(rows(answers.decision)) == 1


async def test_no_such_vehicle_driver_or_decision(sandbox: Sandbox) -> None:
    async with sandbox.client() as records:
        assert await records.vehicle(Plate(PlateType.SMALL_VEHICLE, "渝A00000")) is None
        assert await records.driver("500000190001010015") is None
        assert await records.decision("9" * 15) == Answer((), complete=True)
        assert await records.pictures("9" * 16) == ()


async def test_every_magic_plate(sandbox: Sandbox) -> None:
    async with sandbox.client(timeout_seconds=0.3) as records:
        for name, number in MAGIC_PLATES.items():
            plate = Plate(PlateType.SMALL_VEHICLE, number)
            try:
                answer = await records.camera_records(plate)
            except UpstreamUnavailable:
                assert name in UNAVAILABLE | {"dash-plate", "mojibake"}
            else:
                assert name not in UNAVAILABLE
                assert answer.rows
                assert {record.plate for record in answer.rows} == {plate}


async def test_whole_households(sandbox: Sandbox) -> None:
    async with sandbox.client() as records:
        for index in range(0, 30, 5):
            person = sandbox.city.citizen(index)
            for vehicle in person.vehicles:
                plate = Plate(PlateType(vehicle.plate_type), vehicle.plate_number)
                answer = await records.camera_records(plate)
                assert answer.complete
                assert {row.record_number for row in answer.rows} == {
                    record.serial for record in vehicle.records
                }
            decided = await records.decisions_of_driver(person.identity_number)
            assert {row.decided_at.astimezone(CHINA) for row in decided.rows if row.decided_at} == {
                decision.decided_at for decision in person.decisions
            }
