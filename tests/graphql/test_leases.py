"""One of all processes asks a question; whoever has lost the right to writes nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from domain.freshness import FreshnessState
from domain.ids import new_id
from domain.plates import Plate, PlateType
from domain.records import DriverRecord, VehicleRecord
from models import mirror_answers as answers
from models.mirror import Vehicle
from models.mirror_queries import CLAIM
from models.vault import Vault
from runtime.keys import data_key
from sandbox.city import Person
from services.mirror_writes import every_field
from services.questions import (
    EntryState,
    Question,
    about_decisions,
    about_licence,
    about_vehicle,
    about_violations,
)
from tests.stack import Api, Register, TestClock

ENTRY = """SELECT found, fetched_at, payload_hash, failed_at, failure, lease_id IS NULL
  FROM mirror_entries"""
WRITTEN = """SELECT (SELECT count(*) FROM vehicles), (SELECT count(*) FROM licences),
  (SELECT count(*) FROM violations)"""
UNKNOWN = (None,) * 5

Ask = Callable[[Vault, Person], Question]


def _plate_key(person: Person) -> str:
    vehicle = person.vehicles[0]
    return f"{vehicle.plate_type}:{vehicle.plate_number}"


QUESTIONS: dict[str, Ask] = {
    "vehicle": lambda _, person: about_vehicle(_plate_key(person)),
    "violations": lambda _, person: about_violations(_plate_key(person)),
    "licence": lambda vault, person: about_licence(vault, person.identity_number),
    "decisions": lambda vault, person: about_decisions(vault, person.identity_number),
}


@pytest.fixture(params=QUESTIONS)
def question(request: pytest.FixtureRequest, api: Api, citizen: Person) -> Question:
    """Something that the register has an answer to, and the mirror none yet."""
    return QUESTIONS[request.param](Vault(data_key(api.settings)), citizen)


async def test_who_comes_too_late_writes_nothing(
    api: Api, register: Register, question: Question
) -> None:
    await register.switch("slow", parameters={"seconds": 0.3})
    asking = asyncio.create_task(api.running.mirror.ensure({question: EntryState()}))
    await _until_leased(api)
    await api.run("UPDATE mirror_entries SET lease_id = gen_random_uuid()")

    await asyncio.sleep(0.8)

    assert sum((await register.calls()).values()) == 1
    assert await api.rows(ENTRY) == [(*UNKNOWN, False)]
    assert await api.rows(WRITTEN) == [(0, 0, 0)]

    # The other gives up; what the late one was told does not count for anybody.
    await api.run("UPDATE mirror_entries SET lease_id = NULL, lease_until = NULL")
    verdicts = await asking
    assert verdicts[question].state is FreshnessState.UNAVAILABLE


async def test_what_is_forgotten_meanwhile_is_asked_again(
    api: Api, register: Register, question: Question
) -> None:
    await register.switch("slow", parameters={"seconds": 0.3})
    asking = asyncio.create_task(api.running.mirror.ensure({question: EntryState()}))
    await _until_leased(api)
    async with api.running.db.begin() as connection:
        await api.running.mirror.forget_age(connection, [question])

    verdicts = await asking

    assert verdicts[question].state is FreshnessState.FRESH
    assert sum((await register.calls()).values()) == 2
    [(found, fetched_at, *_, is_free)] = await api.rows(ENTRY)
    assert (found, is_free) == (True, True)
    assert fetched_at is not None
    assert sum((await api.rows(WRITTEN))[0]) > 0


async def test_a_failure_gives_the_lease_back_and_changes_no_row(
    api: Api, register: Register, question: Question, clock: TestClock
) -> None:
    await api.running.mirror.ensure({question: EntryState()})
    [(found, fetched_at, payload_hash, *_)] = await api.rows(ENTRY)
    before = await _rows(api)
    clock.advance(minutes=11)
    await register.switch("refusal")
    known = EntryState(fetched_at)

    verdicts = await api.running.mirror.ensure({question: known})

    assert verdicts[question].state is FreshnessState.STALE
    [(*kept, failed_at, failure, is_free)] = await api.rows(ENTRY)
    assert kept == [found, fetched_at, payload_hash]
    assert (failed_at, failure is None, is_free) == (clock(), False, True)
    assert await _rows(api) == before


async def test_rows_and_outcome_are_written_together_or_neither(api: Api, clock: TestClock) -> None:
    now, lease = clock(), new_id()
    question = {"subject": "vehicle", "key": "02:渝A12345"}
    times = {"now": now, "lease_until": now + timedelta(seconds=12), "fresh_since": now}
    await api.running.db.write(CLAIM, question | times | {"lease_id": lease})
    outcome: dict[str, Any] = {
        **{"of_subject": "vehicle", "of_key": "02:渝A12345", "of_lease": lease},
        **dict.fromkeys(("source", "payload_hash", "empty_since", "failed_at", "failure")),
        **{"found": True, "fetched_at": now},
    }
    row = {"id": new_id(), "plate_key": "02:渝A12345", "status_letters": "A", "sealed": b"\0\xff"}
    whole = outcome | {"rows": answers.rows_of(Vehicle, [row])}
    half = outcome | {"rows": answers.rows_of(Vehicle, [row | {"status_letters": None}])}

    with pytest.raises(psycopg.errors.NotNullViolation):
        await api.running.db.write(answers.VEHICLE_ANSWERED, half)
    assert await api.rows(ENTRY) == [(*UNKNOWN, False)]

    assert await api.running.db.write(answers.VEHICLE_ANSWERED, whole) == [(now, None)]
    assert await api.rows(ENTRY) == [(True, now, None, None, None, True)]
    assert await api.rows("SELECT id, sealed FROM vehicles") == [(row["id"], b"\0\xff")]
    # The lease has been given back: its holder of a moment ago has nothing to say any more.
    assert await api.running.db.write(answers.VEHICLE_ANSWERED, whole) == []


@pytest.mark.parametrize("record_class", [VehicleRecord, DriverRecord])
def test_every_field_of_a_record_makes_it_another(
    record_class: Any,
) -> None:
    """Also those that are never shown in a log."""
    names = [one.name for one in fields(record_class)]
    record = record_class(**dict.fromkeys(names, "x"))
    others = [replace(record, **{name: "y"}) for name in names]
    others += [replace(record, **{name: None}) for name in names]

    texts = {every_field(one) for one in [record, *others]}

    assert len(texts) == 1 + 2 * len(names)
    assert every_field((Plate(PlateType("02"), "渝A12345"), date.max)) != every_field(
        (Plate(PlateType("01"), "渝A12345"), date.max)
    )


async def _until_leased(api: Api) -> None:
    for _ in range(200):
        if await api.rows("SELECT 1 FROM mirror_entries WHERE lease_id IS NOT NULL"):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody asks")


async def _rows(api: Api) -> list[list[tuple[Any, ...]]]:
    tables = "vehicles", "licences", "violations"
    return [await api.rows(f"SELECT * FROM {one} ORDER BY id") for one in tables]
