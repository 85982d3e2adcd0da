"""Steps of the tour: paying a decision through each channel, at the cashier's own page."""

from typing import Any
from uuid import uuid4

from cli.books import cleared
from cli.tour.case import Begun
from cli.tour.cashier import tap
from cli.tour.expectations import expect, given, wait_for
from cli.tour.session_steps import another_session
from cli.tour.story import Facts, Story
from domain.ledger import CLEARING
from domain.platforms import Channel

OWED = """
{ viewer { violations(first: 50, filter: { status: [DECIDED] }) { nodes {
  decision { id number quote { total { fen yuan } } payment { status } } } } } }
"""
PAYMENT = """
  id number status amount { fen yuan } expiresAt paidAt
  clientAction { __typename ... on AlipayTradePay { tradeNO }
    ... on WechatRequestPayment { package signType } }
"""
CREATE = f"""
mutation($input: CreatePaymentInput!) {{ createPayment(input: $input) {{ __typename
  ... on CreatePaymentSuccess {{ payment {{ {PAYMENT} }} }}
  ... on Refused {{ refusals {{ code }} }} }} }}
"""
SHOW = f"query($id: ID!) {{ payment(id: $id) {{ {PAYMENT} decisions {{ number status }} }} }}"
# A notice takes a moment; should it be lost, the worker asks the channel by its schedule.
PAID_SECONDS = 30.0


async def pay_alipay(story: Story, facts: Facts) -> None:
    """The decision just made is paid through Alipay: our payment, their page."""
    story.case.cleared_before = await cleared(story.settings)
    accepted = given(story.case.decision_id, "the decision")
    decision = next(one for one in await _owed(story) if one["id"] == accepted)
    payment = await _begin(story, facts, story.token(), Channel.ALIPAY, decision)
    handle = payment["clientAction"]["tradeNO"]
    await _pay(story, facts, f"alipay/cashier?trade_no={handle}")


async def pay_wechat(story: Story, facts: Facts) -> None:
    """Another decision is paid through WeChat, where the same person has signed in as well."""
    token = await another_session(story, Channel.WECHAT.name)
    facts["session"] = "another one, of the WeChat mini-program, the same person by face"
    owed = [one for one in await _owed(story) if not one["payment"]]
    others = [one for one in owed if one["id"] != story.case.decision_id]
    expect(bool(others), "another decision that is still to be paid", owed)
    payment = await _begin(story, facts, token, Channel.WECHAT, others[0])
    handle = payment["clientAction"]["package"].removeprefix("prepay_id=")
    await _pay(story, facts, f"wechatpay/cashier?prepay_id={handle}")


async def settle(story: Story, facts: Facts) -> None:
    """Only the channel's word makes a payment PAID; then the fine cannot be paid again."""
    expect(len(story.case.payments) == len(Channel), "two payments", story.case.payments)
    for begun in story.case.payments:

        async def paid(id: str = begun.id) -> Facts | None:
            shown: Facts = (await story.ask(story.token(), SHOW, id=id)).data["payment"]
            return shown if shown["status"] not in ("AWAITING", "UNKNOWN") else None

        shown = await wait_for("the end of a payment", paid, PAID_SECONDS)
        name = begun.request["channel"].lower()
        facts[name] = f"{shown['status']}, {shown['amount']['yuan']} yuan at {shown['paidAt']}"
        facts[f"decisions_of_{name}"] = shown["decisions"]
        expect(shown["status"] == "PAID", "PAID", shown)
        states = {one["status"] for one in shown["decisions"]}
        expect(states == {"PAID"}, "a paid decision", shown["decisions"])

    first = story.case.payments[0]
    again = await _create(story, story.token(), first.request)
    facts["same_key_again"] = f"the same payment {again['payment']['number']}"
    expect(again["payment"]["number"] == first.number, first.number, again)
    second = await _create(story, story.token(), first.request | {"idempotencyKey": str(uuid4())})
    codes = [one["code"] for one in second.get("refusals", ())]
    facts["paying_it_again"] = codes
    expect(codes == ["ALREADY_PAID"], "ALREADY_PAID", second)


async def _owed(story: Story) -> list[Facts]:
    nodes = (await story.ask(story.token(), OWED)).data["viewer"]["violations"]["nodes"]
    decisions: list[Facts] = [node["decision"] for node in nodes]
    return [one for one in decisions if one["number"] and one["quote"]]


async def _begin(
    story: Story, facts: Facts, token: str, channel: Channel, decision: Facts
) -> Facts:
    request: dict[str, Any] = {
        "decisionIds": [decision["id"]],
        "channel": channel.name,
        "idempotencyKey": str(uuid4()),
        "expectedTotal": decision["quote"]["total"]["fen"],
    }
    result = await _create(story, token, request)
    expect("payment" in result, "a payment", result)
    payment: Facts = result["payment"]
    begun = Begun(
        payment["id"], payment["number"], payment["amount"]["fen"], CLEARING[channel], request
    )
    story.case.payments.append(begun)
    facts["decision"] = decision["number"]
    facts["payment"] = begun.number
    facts["amount"] = f"{payment['amount']['yuan']} yuan"
    facts["state"] = payment["status"]
    facts["client_action"] = payment["clientAction"]
    expect(payment["status"] == "AWAITING", "AWAITING", payment["status"])
    return payment


async def _pay(story: Story, facts: Facts, page: str) -> None:
    url = f"{story.sandbox_url}/{page}"
    facts["cashier"] = url
    facts["after_tapping_pay"] = said = await tap(story.http, url, "Pay")
    expect("Paid" in said, "Paid", said)


async def _create(story: Story, token: str, request: Facts) -> Facts:
    created: Facts = (await story.ask(token, CREATE, input=request)).data["createPayment"]
    return created
