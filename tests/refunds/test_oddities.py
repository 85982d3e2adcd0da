"""What hardly ever happens to a refund, and would cost somebody money."""

import pytest

from sandbox.city.decisions import decision_numbers
from tests.graphql.paying import settled
from tests.refunds.office import Office
from tests.refunds.test_refund_door import GIVE_BACK, SHOW, ask, wish
from tests.stack import Json

pytestmark = pytest.mark.asyncio(loop_scope="module")
WHY = "SELECT reason, requester, status, amount_fen FROM refunds ORDER BY created_at, id"
MIRRORED = (
    "SELECT decision_number, decision_annulled FROM violations WHERE decision_number = ANY(%s)"
)
BEING_TOLD = """UPDATE write_backs SET lease_id = gen_random_uuid(),
  lease_until = TIMESTAMPTZ '{}' + INTERVAL '1 minute'"""
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


@pytest.mark.parametrize("paid_again", [False, True])
async def test_annulled_and_decided_anew_in_one_answer(
    office: Office, channel: str, paid_again: bool
) -> None:
    """One act has one decision that stands: what was paid for the other goes back."""
    payment = await office.paid(channel, 10000)
    await office.world.sweep()
    [decision] = await office.decisions_of(payment, 10000)
    await decided_anew(office, decision)
    payer = office.world.payer(channel)
    if paid_again:
        again = await payer.begun(decision)
        await payer.tap_pay(again)
        assert (await settled(payer, again))["status"] == "PAID"

    for _ in range(2):
        await office.world.api.running.paying.annulled.sweep_decided_anew()
        await office.world.sweep()

    await office.judge()
    assert await office.end() == [10000]
    shown = await office.shown(channel, payment)
    assert (shown["status"], shown["receipt"]) == ("REFUNDED", "REFUNDED")
    assert office.world.rows(WHY) == [("decision_annulled", "clearway", "succeeded", 10000)]
    if paid_again:
        assert (await office.shown(channel, again))["status"] == "PAID"


async def test_a_number_that_was_put_right_is_still_paid_for(office: Office) -> None:
    payment = await office.paid("ALIPAY", 10000)
    await office.world.sweep()
    await office.world.api.run(
        "UPDATE violations SET decision_number = '500199999999999' WHERE settled_at IS NOT NULL"
    )

    await office.world.api.running.paying.annulled.sweep_decided_anew()

    assert (await office.shown("ALIPAY", payment))["status"] == "PAID"
    assert office.refunds() == []


@pytest.mark.parametrize("number", ["\x00", "2026110\x00", "", "'; --", "２０２６"])
async def test_what_cannot_be_a_number_is_none_of_ours(office: Office, number: str) -> None:
    token = office.world.api.officer("finance")

    shown = await ask(office, SHOW, token, number=number)
    answer = await ask(office, GIVE_BACK, token, input=wish({"number": number}))

    assert shown == {"data": {"finance": {"payment": None}}}
    [refusal] = answer["data"]["refundPayment"]["refusals"]
    assert refusal["code"] == "NOT_FOUND"


async def test_given_back_while_the_register_was_being_told(office: Office, channel: str) -> None:
    """Whoever told it was killed; nobody tells it afterwards that the fine is paid."""
    payment = await office.paid(channel, 5900)
    await office.world.api.run(BEING_TOLD.format(office.world.clock().isoformat()))

    await office.refund(payment)
    await office.world.sweep_until_quiet()

    assert await office.given() == [5900]
    assert await office.world.register.writes() == []
    assert office.world.rows("SELECT state FROM write_backs") == [("withdrawn",)]
    assert [kind for kind, _ in office.tasks()] == ["register_shows_paid"]
