"""Writing to the register: done once, refused, surely not done, or unknown. Never sent twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.money import NOTHING, Money
from domain.police_writes import WriteProblem, WriteRefused
from domain.records import PaidMark, RecordChange
from gateways.breaker import BreakerSettings
from gateways.outcomes import NotDone
from gateways.soap import Variant
from sandbox.city import MAGIC_PLATES
from sandbox.police import DEFAULT_SERIAL, PoliceSandboxSettings, police_app
from tests.gateways.police_writing import (
    DRIVER,
    OPEN,
    OPEN_DECISION,
    ORDER,
    PAID,
    REPORT,
    UNPAID,
    UNPAID_RECORD,
    Client,
    connected,
)
from tests.gateways.register import IDENTITY, PLATE, Register
from tests.gateways.sandboxes import Sandbox, serving, small_city

ACCEPTED = {"interface": "04C56", "key": OPEN}
REPORTED = {"interface": "04C57", "key": UNPAID, "serial": "R0001"}
SERVICE = {
    Variant.OLD4: "TmriOutAccess",
    Variant.NEW9: "TmriOutNewAccess",
    Variant.NEW10: "TmriOutNewAccess",
}


@dataclass(frozen=True, slots=True)
class City:
    """The sandbox's register over a socket."""

    control: Sandbox

    @asynccontextmanager
    async def client(
        self, variant: Variant = Variant.NEW10, **settings: Any
    ) -> AsyncIterator[Client]:
        register = Register(url=f"{self.control.url}/trffweb/services/{SERVICE[variant]}")
        async with connected(
            register, serial=DEFAULT_SERIAL, variant=variant, retry_percent=1000, **settings
        ) as client:
            yield client

    async def change(self, action: str, **wanted: str) -> None:
        body = wanted | {"action": action}
        url = f"{self.control.url}/control/records"
        async with self.control.http.post(url, json=body) as response:
            assert response.status == 200

    async def effects(self) -> list[dict[str, Any]]:
        async with self.control.http.get(f"{self.control.url}/control/writes") as response:
            writes: list[dict[str, Any]] = (await response.json())["writes"]
        return [{name: write[name] for name in write if name != "at"} for write in writes]


@pytest.fixture
async def city() -> AsyncIterator[City]:
    settings = PoliceSandboxSettings(requests_per_second=100_000)
    async with serving("/police", police_app(small_city(), settings)) as control:
        yield City(control)


@pytest.mark.parametrize("variant", Variant)
async def test_what_is_written_can_be_read(city: City, variant: Variant) -> None:
    async with city.client(variant) as client:
        assert await client.writes.accept(ORDER) == OPEN_DECISION
        await client.writes.report_payment(REPORT)

        handled = await client.records.camera_record(OPEN)
        paid = await client.records.camera_record(UNPAID_RECORD)
        (decided,) = (await client.records.decision(OPEN_DECISION)).rows
        (settled,) = (await client.records.decision(UNPAID)).rows

        assert client.quota.taken[:2] == ["04C56", "04C57"]
    assert handled is not None
    assert (handled.handled, handled.decision_number) == (True, OPEN_DECISION)
    assert (decided.driver_identity_number, decided.driver_name) == (DRIVER, "魔术师")
    assert (decided.driver_file_number, decided.paid) == ("500199999999", PaidMark.UNPAID)
    assert paid is not None
    assert paid.paid is PaidMark.PAID
    assert (settled.paid, settled.paid_on) == (PaidMark.PAID, date(2026, 10, 30))
    assert await city.effects() == [ACCEPTED, REPORTED]


async def test_repeats_are_no_harm(city: City) -> None:
    async with city.client() as client:
        for _ in range(3):
            assert await client.writes.accept(ORDER) == OPEN_DECISION
            await client.writes.report_payment(REPORT)
        assert await client.writes.accept(replace(ORDER, file_number=None)) == OPEN_DECISION

    assert await city.effects() == [ACCEPTED, REPORTED]


async def test_twenty_at_once_have_one_effect(city: City) -> None:
    async with city.client(place_wait_seconds=5.0) as client:
        numbers = await asyncio.gather(*(client.writes.accept(ORDER) for _ in range(20)))
        await asyncio.gather(*(client.writes.report_payment(REPORT) for _ in range(20)))

    assert set(numbers) == {OPEN_DECISION}
    assert await city.effects() == [ACCEPTED, REPORTED]


REFUSED_ORDERS = {
    "unknown record": (replace(ORDER, record_number="5" * 16), WriteProblem.NOT_FOUND),
    "handled by another": (
        replace(
            ORDER,
            record_number=UNPAID_RECORD,
            identity_number="500000199202299995",
            file_number=None,
            name="新车主",
        ),
        WriteProblem.DONE_OTHERWISE,
    ),
    "unknown driver": (
        replace(ORDER, identity_number=IDENTITY, file_number=None),
        WriteProblem.OTHER,
    ),
    "other name": (replace(ORDER, name="张三"), WriteProblem.OTHER),
}


@pytest.mark.parametrize("case", REFUSED_ORDERS)
async def test_refused_orders(city: City, case: str) -> None:
    order, problem = REFUSED_ORDERS[case]
    async with city.client() as client:
        with pytest.raises(WriteRefused) as raised:
            await client.writes.accept(order)
        assert client.writing_calls == 1

    assert raised.value.problem is problem
    assert await city.effects() == []


@pytest.mark.parametrize("action", ["tombstone", "remove"])
async def test_a_record_that_is_gone_is_not_found(city: City, action: str) -> None:
    await city.change(action, xh=OPEN)
    async with city.client() as client:
        with pytest.raises(WriteRefused) as raised:
            await client.writes.accept(ORDER)

    assert raised.value.problem is WriteProblem.NOT_FOUND


REFUSED_REPORTS = {
    "unknown": (replace(REPORT, decision_number="5" * 15), WriteProblem.NOT_FOUND),
    "other fine": (replace(REPORT, principal=Money(15_000)), WriteProblem.OTHER_AMOUNT),
    "surcharge": (replace(REPORT, surcharge=Money(10_001)), WriteProblem.OTHER_AMOUNT),
    "paid elsewhere": (
        replace(REPORT, decision_number=PAID, check_character=None, surcharge=NOTHING),
        WriteProblem.DONE_OTHERWISE,
    ),
    "other check character": (replace(REPORT, check_character="0"), WriteProblem.OTHER),
}


@pytest.mark.parametrize("case", REFUSED_REPORTS)
async def test_refused_reports(city: City, case: str) -> None:
    report, problem = REFUSED_REPORTS[case]
    async with city.client() as client:
        with pytest.raises(WriteRefused) as raised:
            await client.writes.report_payment(report)
        assert client.writing_calls == 1

    assert raised.value.problem is problem
    assert await city.effects() == []


async def test_a_decision_is_paid_under_one_serial(city: City) -> None:
    async with city.client() as client:
        await client.writes.report_payment(REPORT)
        with pytest.raises(WriteRefused) as raised:
            await client.writes.report_payment(replace(REPORT, serial="R0002"))

    assert raised.value.problem is WriteProblem.DONE_OTHERWISE
    assert await city.effects() == [REPORTED]


NOT_DONE = {
    "quota-exhausted": UpstreamReason.OVER_QUOTA,
    "rate-limited": UpstreamReason.TOO_MANY_CALLS,
    "night-window": UpstreamReason.CLOSED_FOR_THE_NIGHT,
    "serial-expired": UpstreamReason.NOT_AUTHORISED,
    "interface-refused": UpstreamReason.NOT_AUTHORISED,
    "address-refused": UpstreamReason.NOT_AUTHORISED,
}


@pytest.mark.parametrize("name", NOT_DONE)
async def test_turned_away_is_not_done(city: City, name: str) -> None:
    await city.control.switch(name)
    async with city.client() as client:
        for write in (client.writes.accept(ORDER), client.writes.report_payment(REPORT)):
            with pytest.raises(NotDone) as raised:
                await write
            assert raised.value.reason is NOT_DONE[name]
        assert client.writing_calls == 2
        over = name == "quota-exhausted"
        assert client.quota.exhausted == (["04C56", "04C57"] if over else [])

    permanent = NOT_DONE[name] is UpstreamReason.NOT_AUTHORISED
    assert (raised.value.retry_after is None) == permanent
    assert await city.effects() == []


async def test_a_plain_refusal_is_definite(city: City) -> None:
    await city.control.switch("refusal", message="该业务停办")
    async with city.client(breaker=BreakerSettings(minimum_calls=2)) as client:
        for _ in range(4):
            with pytest.raises(WriteRefused) as raised:
                await client.writes.accept(ORDER)
            assert (raised.value.problem, str(raised.value)) == (WriteProblem.OTHER, "other")
        assert not client.records.calls.breaker.is_open

    assert await city.effects() == []


# Of an unknown outcome: whether it was done, and why nobody knows.
UNKNOWN = {
    "down": (False, UpstreamReason.UNREACHABLE),
    "reset-after": (True, UpstreamReason.UNREACHABLE),
    "cut-body": (True, UpstreamReason.BROKEN_ANSWER),
    "fault-500": (True, UpstreamReason.BROKEN_ANSWER),
    "bad-gateway": (True, UpstreamReason.UNREACHABLE),
    "html-answer": (True, UpstreamReason.BROKEN_ANSWER),
    "not-xml": (True, UpstreamReason.BROKEN_ANSWER),
    "document-not-xml": (True, UpstreamReason.BROKEN_ANSWER),
    "entity-bomb": (True, UpstreamReason.BROKEN_ANSWER),
    "document-entity-bomb": (True, UpstreamReason.BROKEN_ANSWER),
    "empty-return": (True, UpstreamReason.BROKEN_ANSWER),
    "huge-answer": (True, UpstreamReason.BROKEN_ANSWER),
    "missing-code": (True, UpstreamReason.BROKEN_ANSWER),
    "system-busy": (False, UpstreamReason.BROKEN_ANSWER),
}


@pytest.mark.parametrize("name", UNKNOWN)
async def test_unknown_is_asked_about_and_done_once(city: City, name: str) -> None:
    done, reason = UNKNOWN[name]
    await city.control.switch(name)
    async with city.client() as client:
        for write in (client.writes.accept(ORDER), client.writes.report_payment(REPORT)):
            with pytest.raises(UpstreamUnavailable) as raised:
                await write
            assert not isinstance(raised.value, NotDone)
            assert raised.value.reason is reason
        assert client.writing_calls == 2
        assert await city.effects() == ([ACCEPTED, REPORTED] if done else [])

        await city.control.calm()
        record = await client.records.camera_record(OPEN)
        assert record is not None
        assert (record.handled, record.decision_number is not None) == (done, done)
        assert await client.writes.accept(ORDER) == OPEN_DECISION
        await client.writes.report_payment(REPORT)
    assert await city.effects() == [ACCEPTED, REPORTED]


@pytest.mark.parametrize("name", ["fault-500", "bad-gateway", "system-busy"])
@pytest.mark.parametrize("effect", [True, False])
async def test_trouble_tells_nothing_about_the_effect(city: City, name: str, effect: bool) -> None:
    await city.control.switch(name, effect=effect)
    async with city.client() as client:
        with pytest.raises(UpstreamUnavailable) as raised:
            await client.writes.accept(ORDER)

    assert not isinstance(raised.value, NotDone)
    assert await city.effects() == ([ACCEPTED] if effect else [])


async def test_what_nobody_waited_for_may_still_be_done(city: City) -> None:
    await city.control.switch("slow", seconds=0.4)
    async with city.client(timeout_seconds=0.2) as client:
        with pytest.raises(UpstreamUnavailable) as raised:
            await client.writes.accept(ORDER)
        assert not isinstance(raised.value, NotDone)
        assert raised.value.reason is UpstreamReason.TIMED_OUT

    async with asyncio.timeout(5):
        effects = await city.effects()
        while not effects:
            await asyncio.sleep(0.02)
            effects = await city.effects()
    assert effects == [ACCEPTED]


async def test_a_lost_number_is_read_from_the_record(city: City) -> None:
    await city.control.switch("keystr-lost")
    async with city.client(breaker=BreakerSettings(minimum_calls=2)) as client:
        for _ in range(4):
            with pytest.raises(UpstreamUnavailable) as raised:
                await client.writes.accept(ORDER)
            assert raised.value.detail == "no decision number"
        await client.writes.report_payment(REPORT)
        record = await client.records.camera_record(OPEN)

    assert record is not None
    assert record.decision_number == OPEN_DECISION
    assert await city.effects() == [ACCEPTED, REPORTED]


ODD = [
    *("remark", "nested-body", "plus-blanks", "raw-answer", "gbk-bytes", "gbk-envelope"),
    *("wrong-charset", "single-row", "duplicates", "encoded-message", "message-in-retdesc"),
]


@pytest.mark.parametrize("name", ODD)
async def test_odd_answers_are_understood(city: City, name: str) -> None:
    await city.control.switch(name)
    async with city.client() as client:
        assert await client.writes.accept(ORDER) == OPEN_DECISION
        await client.writes.report_payment(REPORT)
        with pytest.raises(WriteRefused) as raised:
            await client.writes.report_payment(replace(REPORT, serial="R0002"))

    assert raised.value.problem is WriteProblem.DONE_OTHERWISE
    assert await city.effects() == [ACCEPTED, REPORTED]


@pytest.mark.parametrize("tag", ["msg", "msg1", "rtnmsg1", "retdesc"])
async def test_a_refusal_may_be_anywhere_in_the_head(city: City, tag: str) -> None:
    await city.control.switch(f"message-in-{tag}")
    async with city.client() as client:
        with pytest.raises(WriteRefused) as raised:
            await client.writes.report_payment(replace(REPORT, principal=Money(5_000)))

    assert raised.value.problem is WriteProblem.OTHER_AMOUNT


async def test_one_record_by_its_number(city: City) -> None:
    async with city.client() as client:
        listed = await client.records.camera_records(replace(PLATE, number=MAGIC_PLATES["healthy"]))
        for record in listed.rows:
            assert await client.records.camera_record(record.record_number or "") == record
        assert await client.records.camera_record("5" * 16) is None

        await city.change("tombstone", xh=OPEN)
        buried = await client.records.camera_record(OPEN)
        assert buried is not None
        assert (buried.record_number, buried.change) == (OPEN, RecordChange.DELETED)

        await city.change("remove", xh=OPEN)
        assert await client.records.camera_record(OPEN) is None


@pytest.mark.parametrize("name", ["refusal", "dash-plate", "empty-serial", "cut-list"])
async def test_one_record_or_unavailable(city: City, name: str) -> None:
    await city.control.switch(name)
    async with city.client() as client:
        with pytest.raises(UpstreamUnavailable):
            await client.records.camera_record(OPEN)
