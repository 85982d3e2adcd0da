"""Paying through GraphQL: the documents, and a payer whose fines are decided."""

import asyncio
from dataclasses import dataclass, field
from itertools import count

from sandbox.city import Person
from tests.graphql.phones import Phone
from tests.graphql.queries import BIND, binding, own_vehicles
from tests.stack import Api, Json, Platforms, Register

PAYMENT = """
  id number channel status amount { fen } paidAt expiresAt
  lines { decisionNumber principal { fen } surcharge { fen } status registeredAt }
  clientAction { __typename
    ... on AlipayTradePay { tradeNO }
    ... on WechatRequestPayment { timeStamp nonceStr package signType paySign } }
"""
CREATE = f"""mutation($input: CreatePaymentInput!) {{ createPayment(input: $input) {{ __typename
  ... on CreatePaymentSuccess {{ payment {{ {PAYMENT} }} }}
  ... on Refused {{ refusals {{ code message nextStep }} }} }} }}"""
CANCEL = f"""mutation($input: CancelPaymentInput!) {{ cancelPayment(input: $input) {{ __typename
  ... on CancelPaymentSuccess {{ payment {{ {PAYMENT} }} }}
  ... on Refused {{ refusals {{ code }} }} }} }}"""
SHOW = f"query($id: ID!) {{ payment(id: $id) {{ {PAYMENT} }} }}"
DECISIONS = """{ viewer { violations(first: 50, filter: { status: [DECIDED] }) { nodes {
  id status decision { id number status quote { total { fen } } payment { id status } } } } } }"""
_keys = count()


def a_key() -> str:
    """An idempotency key that no test has used."""
    return f"test-key-{next(_keys):08}"


@dataclass(slots=True)
class Payer:
    """A citizen in a mini-program, verified, with every vehicle bound."""

    phone: Phone
    register: Register
    decided: list[Json] = field(default_factory=list)

    @property
    def api(self) -> Api:
        """The process the phone talks to."""
        return self.phone.api

    @property
    def platforms(self) -> Platforms:
        """The platforms the phone is with."""
        return self.phone.platforms

    async def decisions(self) -> list[Json]:
        """What the citizen owes for, as the list shows it."""
        answer = (await self.phone.ask(DECISIONS)).json()
        assert "errors" not in answer, answer
        nodes: list[Json] = answer["data"]["viewer"]["violations"]["nodes"]
        return [node["decision"] for node in nodes]

    async def create(self, *decision_ids: str, key: str | None = None, **changed: Json) -> Json:
        """Begin a payment; the result."""
        given: Json = {
            "decisionIds": list(decision_ids),
            "channel": self.phone.channel,
            "idempotencyKey": key or a_key(),
        }
        return await self.phone.do("createPayment", CREATE, **(given | changed))

    async def ask_create(self, *decision_ids: str, key: str) -> Json:
        """Begin a payment; the whole answer."""
        given = {
            "decisionIds": list(decision_ids),
            "channel": self.phone.channel,
            "idempotencyKey": key,
        }
        return (await self.phone.ask(CREATE, input=given)).json()

    async def begun(self, *decision_ids: str, **changed: Json) -> Json:
        """A payment that was begun."""
        result = await self.create(*decision_ids, **changed)
        assert result["__typename"] == "CreatePaymentSuccess", result
        return result["payment"]

    async def show(self, payment_id: str) -> Json:
        """How it stands with a payment."""
        answer = (await self.phone.ask(SHOW, id=payment_id)).json()
        assert "errors" not in answer, answer
        return answer["data"]["payment"]

    async def cancel(self, payment_id: str) -> Json:
        """Give a payment up; the result."""
        return await self.phone.do("cancelPayment", CANCEL, id=payment_id)

    async def tap_pay(self, payment: Json) -> None:
        """Pay at the cashier."""
        await self.platforms.pay(self.phone.channel, payment["number"])

    async def money(self) -> list[Json]:
        """What really moved at the phone's channel."""
        return await self.platforms.money(self.phone.channel)


async def owed_by(payer: Payer, fen: int) -> Json:
    """The decision for which so much is owed."""
    return next(one for one in await payer.decisions() if one["quote"]["total"]["fen"] == fen)


async def settled(payer: Payer, payment: Json) -> Json:
    """The payment, once its notice has been taken in."""
    for _ in range(200):
        shown = await payer.show(payment["id"])
        if shown["status"] not in ("CREATED", "AWAITING"):
            return shown
        await asyncio.sleep(0.02)
    raise AssertionError("no notice came")


async def payer_of(
    api: Api,
    platforms: Platforms,
    register: Register,
    person: Person,
    channel: str = "ALIPAY",
    *,
    handled: int = 0,
) -> Payer:
    """Sign in, verify, bind; the register has decided so many open camera records more."""
    for record in _open_records(person)[:handled]:
        await register.change("handle", xh=record, jszh=person.identity_number)
    phone = Phone(api, platforms, person, channel)
    await phone.sign_in()
    await phone.verify()
    for vehicle in own_vehicles(person):
        await phone.do("bindVehicle", BIND, **binding(vehicle))
    return Payer(phone, register)


def _open_records(person: Person) -> list[str]:
    return [
        record.serial
        for vehicle in person.vehicles
        for record in vehicle.records
        if record.handled == "0"
    ]
