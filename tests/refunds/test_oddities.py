"""What hardly ever happens to a refund, and would cost somebody money."""

import pytest

from sandbox.city.decisions import decision_numbers
from tests.refunds.office import Office
from tests.stack import Json

pytestmark = pytest.mark.asyncio(loop_scope="module")
WHY = "SELECT reason, requester, status, amount_fen FROM refunds ORDER BY created_at, id"
MIRRORED = (
    "SELECT decision_number, decision_annulled FROM violations WHERE decision_number = ANY(%s)"
)
TOMBSTONE = {"jllx": "3", "gxsj": "2026-11-02 12:30:00"}


async def decided_anew(office: Office, decision: str) -> None:
    """The register annuls and decides the same act again before anybody looks."""
    world = office.world
    number, person = world.decisions[decision], world.payers["ALIPAY"].phone.person
    records = [record for car in person.vehicles for record in car.records]
    record = next(one for one in records if number in list(decision_numbers(one)))
    reopened: Json = {"clbj": "0", "jkbj": "0", "gxsj": "2026-11-02 12:31:00"}
    await world.register.change("change-decision", jdsbh=number, fields=TOMBSTONE)
    await world.register.change("change", xh=record.serial, fields=reopened)
    again = await world.register.change("handle", xh=record.serial, jszh=person.identity_number)
    world.clock.advance(minutes=11)
    await world.payer("ALIPAY").decisions()
    assert world.rows(MIRRORED, [[number, again["jdsbh"]]]) == [(again["jdsbh"], False)]


async def test_annulled_and_decided_anew_in_one_answer(office: Office, channel: str) -> None:
    """One act has one decision that stands: what was paid for the other goes back."""
    payment = await office.paid(channel, 10000)
    await office.world.sweep()
    [decision] = await office.decisions_of(payment, 10000)
    await decided_anew(office, decision)

    for _ in range(2):
        await office.world.api.running.paying.annulled.sweep_decided_anew()
        await office.world.sweep()

    await office.judge()
    assert await office.end() == [10000]
    shown = await office.shown(channel, payment)
    assert (shown["status"], shown["receipt"]) == ("REFUNDED", "REFUNDED")
    assert office.world.rows(WHY) == [("decision_annulled", "clearway", "succeeded", 10000)]
