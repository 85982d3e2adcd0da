"""Refunds through GraphQL: what officers of finance ask, and what they are told."""

from typing import Any

import pytest

from tests.refunds.office import Office
from tests.stack import Json

pytestmark = pytest.mark.asyncio(loop_scope="module")
REFUND = """number status reason amount { fen } createdAt refundedAt
  lines { decisionNumber principal { fen } surcharge { fen } }"""
GIVE_BACK = f"""mutation($input: RefundPaymentInput!) {{ refundPayment(input: $input) {{ __typename
  ... on RefundPaymentSuccess {{
    refund {{ refund {{ {REFUND} }} caseNumber requester problem }} }}
  ... on RefundNeedsTreasury {{ subject }}
  ... on Refused {{ refusals {{ code message }} }} }} }}"""
SHOW = f"""query($number: String!) {{ finance {{ payment(number: $number) {{
  number channel reference status amount {{ fen }} refundable {{ fen }} refunded {{ fen }}
  needsTreasury createdAt paidAt
  lines {{ position decisionNumber agencyCode principal {{ fen }} surcharge {{ fen }} status
    principalLeft {{ fen }} surchargeLeft {{ fen }} givenBack {{ fen }} }}
  refunds {{ refund {{ {REFUND} }} caseNumber requester problem }} }} }} }}"""
NOON = "2026-11-02T04:00:00+00:00"


SENSELESS: tuple[Json, ...] = (
    *({"caseNumber": ""}, {"caseNumber": " "}, {"caseNumber": "号" * 65}),
    *({"caseNumber": "7\n号"}, {"reason": "PAID_TWICE"}, {"idempotencyKey": "short"}),
    *({"idempotencyKey": "k" * 256}, {"lines": []}),
    # An amount is a whole number of fen.
    *({"expectedRefundable": one} for one in ("5900", 59.5, -1, True, 2**53 + 1)),
    {"lines": [{"position": 1, "principal": "5000", "surcharge": 0}]},
)


async def ask(office: Office, query: str, token: str | None, **variables: Json) -> Any:
    """The whole answer."""
    body = {"query": query, "variables": variables}
    answer = await office.world.api.post(body, token, **{"accept-language": "en"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def wish(payment: Json, **changed: Json) -> Json:
    """To give back the fine of the first line."""
    plain: Json = {
        "paymentNumber": payment["number"],
        "expectedRefundable": 5900,
        "lines": [{"position": 1, "principal": 5000, "surcharge": 0}],
        "reason": "PAID_TOO_MUCH",
        "caseNumber": "渝公交财〔2026〕7号",
        "idempotencyKey": "a-key-of-this-test",
    }
    return plain | changed


async def test_a_refund_and_what_is_left(office: Office) -> None:
    payment = await office.paid("ALIPAY", 5900)
    token = office.world.api.officer("finance")

    answer = await ask(office, GIVE_BACK, token, input=wish(payment))
    shown = await ask(office, SHOW, token, number=payment["number"])

    told = answer["data"]["refundPayment"]
    number = told["refund"]["refund"]["number"]
    [(reference,)] = office.world.rows("SELECT reference FROM payments")
    refund = {
        "refund": {
            "number": number,
            "status": "SUCCEEDED",
            "reason": "PAID_TOO_MUCH",
            "amount": {"fen": 5000},
            "createdAt": NOON,
            "refundedAt": NOON,
            "lines": [
                {
                    "decisionNumber": payment["lines"][0]["decisionNumber"],
                    "principal": {"fen": 5000},
                    "surcharge": {"fen": 0},
                }
            ],
        },
        "caseNumber": "渝公交财〔2026〕7号",
        "requester": f"{office.world.api.settings.own_issuer}|officer-finance",
        "problem": None,
    }
    assert answer == {"data": {"refundPayment": {"__typename": "RefundPaymentSuccess", **told}}}
    assert told["refund"] == refund
    assert (len(number), number[0]) == (23, "R")
    [line] = shown["data"]["finance"]["payment"].pop("lines")
    assert line.pop("agencyCode")
    assert line == {
        "position": 1,
        "decisionNumber": payment["lines"][0]["decisionNumber"],
        "principal": {"fen": 5000},
        "surcharge": {"fen": 900},
        "status": "PAID",
        "principalLeft": {"fen": 0},
        "surchargeLeft": {"fen": 900},
        "givenBack": {"fen": 5000},
    }
    assert shown == {
        "data": {
            "finance": {
                "payment": {
                    "number": payment["number"],
                    "channel": "ALIPAY",
                    "reference": reference,
                    "status": "PAID",
                    "amount": {"fen": 5900},
                    "refundable": {"fen": 900},
                    "refunded": {"fen": 5000},
                    "needsTreasury": False,
                    "createdAt": NOON,
                    "paidAt": NOON,
                    "refunds": [refund],
                }
            }
        }
    }
    assert await office.end() == [5000]


async def test_why_not(office: Office) -> None:
    payment = await office.paid("ALIPAY", 5900)
    token = office.world.api.officer("finance")

    stale = await ask(office, GIVE_BACK, token, input=wish(payment, expectedRefundable=5899))
    beyond = wish(payment, lines=[{"position": 2, "principal": 1, "surcharge": 0}])
    other = await ask(office, GIVE_BACK, token, input=beyond)
    nothing = await ask(office, SHOW, token, number="2026110222222222222222")

    [told] = stale["data"]["refundPayment"]["refusals"]
    assert told["code"] == "REFUNDABLE_CHANGED"
    assert "59.00" in told["message"]
    assert [one["code"] for one in other["data"]["refundPayment"]["refusals"]] == [
        "BEYOND_REFUNDABLE"
    ]
    assert nothing == {"data": {"finance": {"payment": None}}}
    for changed in SENSELESS:
        answer = await ask(office, GIVE_BACK, token, input=wish(payment, **changed))
        assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST", changed
    office.world.clock.advance(days=1)
    token = office.world.api.officer("finance")
    for _ in range(2):
        answer = await ask(office, GIVE_BACK, token, input=wish(payment))
        assert answer == {
            "data": {
                "refundPayment": {
                    "__typename": "RefundNeedsTreasury",
                    "subject": payment["number"],
                }
            }
        }
    assert (list(office.refunds()), await office.end()) == ([], [])
    assert office.tasks() == [("treasury_refund", payment["number"])]


async def test_not_for_others(office: Office) -> None:
    payment = await office.paid("ALIPAY", 5900)
    api = office.world.api
    strangers = {
        None: "UNAUTHENTICATED",
        office.world.payer("ALIPAY").phone.access: "FORBIDDEN",
        api.officer("reviewer"): "FORBIDDEN",
    }

    for token, code in strangers.items():
        given = await ask(office, GIVE_BACK, token, input=wish(payment))
        shown = await ask(office, SHOW, token, number=payment["number"])
        assert [one["extensions"]["code"] for one in given["errors"]] == [code]
        assert given["data"] is None
        assert [one["extensions"]["code"] for one in shown["errors"]] == [code]
        assert payment["lines"][0]["decisionNumber"] not in f"{shown}"

    assert (list(office.refunds()), await office.calls("ALIPAY")) == ([], 0)
