"""The police register of vehicles, drivers and violations, as we read it."""

import unicodedata
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from domain.plates import Plate, normalise
from domain.records import (
    Answer,
    CameraRecord,
    DecisionRecord,
    DriverRecord,
    EvidenceImage,
    VehicleRecord,
)
from domain.times import Clock, utc_now
from gateways.breaker import Breaker
from gateways.bulkhead import Bulkhead, CallClass
from gateways.pace import Pace
from gateways.police_calls import PoliceCalls, Question, QuotaExhausted, TakeQuota, time_for
from gateways.police_documents import Reply
from gateways.police_http import new_session
from gateways.police_listing import camera_key, decision_key, read_many, read_one
from gateways.police_pictures import pictures_of
from gateways.police_rows import (
    camera_record,
    camera_record_by_number,
    decision_by_number,
    decision_of_driver,
    driver_record,
    vehicle_record,
)
from gateways.police_stats import PoliceStats
from gateways.police_values import Row
from gateways.police_wire import Interface, PoliceWire
from gateways.retries import Retries, RetryBudget
from gateways.single_flight import SingleFlight

Result = TypeVar("Result")

# On paper a decision number has a check character as its sixteenth; the register knows fifteen.
DECISION_NUMBER_LENGTH = 15


@dataclass(frozen=True, slots=True)
class PoliceRecords:
    """
    Questions to the register. Every method either answers or raises UpstreamUnavailable.

    Equal questions of one class asked at the same moment share one call, where nothing else is
    said.
    """

    calls: PoliceCalls
    flights: SingleFlight = field(default_factory=SingleFlight)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        wire: PoliceWire,
        *,
        take_quota: TakeQuota,
        quota_exhausted: QuotaExhausted,
        clock: Clock = utc_now,
    ) -> AsyncIterator["PoliceRecords"]:
        """
        Connect for as long as the block lasts.

        `take_quota` is asked with the interface id before each call on the wire;
        `quota_exhausted` is told when the register itself says that nothing is left.
        """
        session = new_session(wire)
        calls = PoliceCalls(
            wire=wire,
            session=session,
            breaker=Breaker(wire.breaker),
            bulkhead=Bulkhead(wire.places, wire.place_wait_seconds),
            pace=Pace(wire.calls_per_second),
            retries=Retries(RetryBudget(wire.retry_percent), wait_seconds=wire.retry_wait_seconds),
            take_quota=take_quota,
            quota_exhausted=quota_exhausted,
            clock=clock,
            stats=PoliceStats(),
        )
        records = cls(calls)
        try:
            yield records
        finally:
            await records.flights.close()
            await session.close()

    @property
    def stats(self) -> PoliceStats:
        """Counters since the start."""
        return self.calls.stats

    async def vehicle(
        self, plate: Plate, *, call_class: CallClass = CallClass.CITIZEN
    ) -> VehicleRecord | None:
        """Find a vehicle (01C21); None if the register says there is none."""

        def read(reply: Reply | None) -> VehicleRecord | None:
            row = partial(vehicle_record, plate=plate)
            return read_one(reply, row, lambda record: record.updated_at, self.stats)

        return await self._ask(_by_plate(Interface.VEHICLE, plate), call_class, read)

    async def driver(
        self, identity_number: str, *, call_class: CallClass = CallClass.CITIZEN
    ) -> DriverRecord | None:
        """Find a driver (02C06); None if the register says there is none."""
        number = _half_width(identity_number)

        def read(reply: Reply | None) -> DriverRecord | None:
            row = partial(driver_record, identity_number=number)
            return read_one(reply, row, lambda _: None, self.stats)

        question = Question(Interface.DRIVER, (("sfzmhm", number),))
        return await self._ask(question, call_class, read)

    async def camera_records(
        self, plate: Plate, *, call_class: CallClass = CallClass.CITIZEN
    ) -> Answer[CameraRecord]:
        """List everything cameras recorded of a plate (04C03), handled or not, in no order."""

        def read(reply: Reply | None) -> Answer[CameraRecord]:
            return read_many(reply, partial(camera_record, plate=plate), camera_key, self.stats)

        return await self._ask(_by_plate(Interface.CAMERA_RECORDS, plate), call_class, read)

    async def camera_record(
        self, record_number: str, *, call_class: CallClass = CallClass.CITIZEN
    ) -> CameraRecord | None:
        """
        Find one camera record (04C03); None if the register says there is none.

        One that was deleted is there, marked so. The answer is never shared: one begun before a
        write could not tell what came of it.
        """
        number = _half_width(record_number)
        row = partial(camera_record_by_number, number=number)

        def read(reply: Reply | None) -> CameraRecord | None:
            return next(iter(read_many(reply, row, camera_key, self.stats).rows), None)

        question = Question(Interface.CAMERA_RECORDS, (("xh", number),))
        return await self.calls.ask(question, call_class, read)

    async def decisions_of_driver(
        self, identity_number: str, *, call_class: CallClass = CallClass.CITIZEN
    ) -> Answer[DecisionRecord]:
        """List the decisions against a driver (04C01), paid or not, in no order."""
        number = _half_width(identity_number)
        row = partial(decision_of_driver, identity_number=number)
        return await self._decisions(("jszh", number), call_class, row)

    async def decision(
        self, number: str, *, call_class: CallClass = CallClass.CITIZEN
    ) -> Answer[DecisionRecord]:
        """List the items of one decision (04C01), by its number with or without check character."""
        number = _half_width(number)[:DECISION_NUMBER_LENGTH]
        row = partial(decision_by_number, number=number)
        return await self._decisions(("jdsbh", number), call_class, row)

    async def pictures(
        self, record_number: str, *, call_class: CallClass = CallClass.CITIZEN
    ) -> tuple[EvidenceImage, ...]:
        """Fetch the evidence pictures of a camera record (04C04); empty if there are none."""
        number = _half_width(record_number)

        def read(reply: Reply | None) -> tuple[EvidenceImage, ...]:
            return () if reply is None else pictures_of(reply, number)

        question = Question(Interface.PICTURES, (("xh", number),))
        return await self._ask(question, call_class, read)

    async def _decisions(
        self,
        condition: tuple[str, str],
        call_class: CallClass,
        read_row: Callable[[Row], DecisionRecord],
    ) -> Answer[DecisionRecord]:
        def read(reply: Reply | None) -> Answer[DecisionRecord]:
            return read_many(reply, read_row, decision_key, self.stats)

        return await self._ask(Question(Interface.DECISIONS, (condition,)), call_class, read)

    async def _ask(
        self, question: Question, call_class: CallClass, read: Callable[[Reply | None], Result]
    ) -> Result:
        return await self.flights.join(
            (question, call_class),
            partial(self.calls.ask, question, call_class, read),
            time_for(self.calls.longest(question)),
        )


def _by_plate(interface: Interface, plate: Plate) -> Question:
    number = normalise(plate.number)
    return Question(interface, (("hpzl", plate.plate_type.value), ("hphm", number)))


def _half_width(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()
