"""Canaries: whatever happens, no log line holds a plate, a name, a number or a token."""

import logging
import re
from collections.abc import Iterator

import pytest

from sandbox.city import Person
from tests.graphql.queries import BIND, LICENCE, LISTS, bind_all, binding
from tests.graphql.test_lists import DEMO
from tests.stack import Api, Register, TestClock

TROUBLES = [
    "down", "cut-body", "fault-500", "empty-return", "html-answer", "not-xml", "document-not-xml",
    "refusal", "missing-code", "quota-exhausted", "serial-expired", "other-plates", "cut-list",
    "mojibake", "dash-plate",
]  # fmt: skip


def canaries(person: Person, *tokens: str) -> set[str]:
    assert person.licence is not None
    found = {person.identity_number, person.name, person.licence.file_number, *tokens}
    for vehicle in person.vehicles:
        found |= {vehicle.plate_number, vehicle.plate_number[1:], vehicle.vin, vehicle.vin[-6:]}
        found |= {vehicle.engine_number, vehicle.engine_number[-6:]}
        found |= {record.serial for record in vehicle.records}
        found |= {record.place for record in vehicle.records}
    found |= {decision.number for decision in person.decisions}
    return found


OF_THE_CLOCK = {"created", "msecs", "relativeCreated", "thread", "process"}
MEASURED = re.compile(r"\d+\.\d{4,}")


def everything_in(records: list[logging.LogRecord]) -> Iterator[str]:
    formatter = logging.Formatter()
    for record in records:
        yield formatter.format(record)
        told = {name: value for name, value in record.__dict__.items() if name not in OF_THE_CLOCK}
        # A time that was measured has digits enough to hold any number by chance.
        yield MEASURED.sub("(a time)", repr(told))


async def test_no_log_line_tells_who(
    api: Api,
    citizen: Person,
    stranger: Person,
    register: Register,
    clock: TestClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "clearway")
    token = api.token(citizen)
    vehicle = citizen.vehicles[0]

    await bind_all(api, citizen)
    await api.ask(BIND, citizen, input=binding(vehicle, proof="000000"))
    await api.ask(BIND, stranger, input=binding(vehicle))
    await api.ask(BIND, stranger, input=binding(vehicle, plate=vehicle.plate_number + "挂"))
    await api.ask(DEMO, citizen, filter={"plate": vehicle.plate_number})
    await api.ask(f'{{ violationCode(code: "{vehicle.plate_number}") {{ code }} }}', citizen)
    await api.ask(f'{{ node(id: "{citizen.identity_number}") {{ id }} }}', citizen)
    await api.ask(f'{{ node(id: "{citizen.name}") {{ nonsense }} }}', citizen)
    for trouble in TROUBLES:
        await register.switch(trouble)
        clock.advance(minutes=11)
        fresh = api.token(citizen)
        for query in (LISTS, LICENCE, DEMO):
            await api.post({"query": query}, fresh)
        await register.calm()
    assert (await api.post({"query": LISTS}, token)).status_code == 401
    assert (await api.post({"query": LISTS}, token[:-5])).status_code == 401
    bad = await api.http.post("/graphql", content=vehicle.plate_number.encode())
    assert bad.status_code == 415

    # So that the test cannot pass because nothing was logged.
    assert {record.name for record in caplog.records} >= {"clearway.http", "clearway.errors"}
    secrets = canaries(citizen, token, token.split(".")[2])
    for line in everything_in([r for r in caplog.records if r.name.startswith("clearway")]):
        for secret in secrets:
            assert secret not in line, line
