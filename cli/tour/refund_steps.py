"""Steps of the tour: an officer of finance gives a payment back, and everything follows."""

from uuid import uuid4

from cli.books import trial_balance
from cli.tokens import officer_token
from cli.tour.case import Begun
from cli.tour.expectations import expect, wait_for
from cli.tour.story import TOKEN_LIFE, Facts, Story
from domain.ledger import Account

ROLE = "finance"
LOOK = """
query($number: String!) { finance { payment(number: $number) {
  number status amount { yuan } refundable { fen yuan } needsTreasury } } }
"""
REFUND = """
mutation($input: RefundPaymentInput!) { refundPayment(input: $input) { __typename
  ... on RefundPaymentSuccess { refund { caseNumber refund { number status amount { yuan } } } }
  ... on RefundNeedsTreasury { subject }
  ... on Refused { refusals { code } } } }
"""
SEEN = """
query($id: ID!) { payment(id: $id) { status refunded { fen yuan }
  refunds { number status reason refundedAt } receipt { token } } }
"""
WORTH = "query($token: String!) { verifyReceipt(token: $token) { status } }"
CASE_NUMBER = "渝公交退〔2026〕1号"
REFUNDED_SECONDS = 60.0


async def refund(story: Story, facts: Facts) -> None:
    """All of one payment goes back through its channel: once, and the citizen sees it."""
    expect(bool(story.case.payments), "a payment of a step before", "nothing")
    begun = story.case.payments[0]
    officer = officer_token(story.settings, ROLE, TOKEN_LIFE)
    payment = (await story.ask(officer, LOOK, number=begun.number)).data["finance"]["payment"]
    facts["seen_by_finance"] = payment
    request = {
        "paymentNumber": begun.number,
        "expectedRefundable": payment["refundable"]["fen"],
        "reason": "PAID_IN_ERROR",
        "caseNumber": CASE_NUMBER,
        "idempotencyKey": str(uuid4()),
    }
    result = (await story.ask(officer, REFUND, input=request)).data["refundPayment"]
    expect("refund" in result, "a refund", result)
    number = result["refund"]["refund"]["number"]
    facts["refund"] = result["refund"]["refund"]

    again = (await story.ask(officer, REFUND, input=request)).data["refundPayment"]
    facts["same_key_again"] = f"the same refund {again['refund']['refund']['number']}"
    expect(again["refund"]["refund"]["number"] == number, number, again)
    other = request | {"idempotencyKey": str(uuid4())}
    refused = (await story.ask(officer, REFUND, input=other)).data["refundPayment"]
    facts["refunding_it_twice"] = [one["code"] for one in refused.get("refusals", ())]
    expect(bool(facts["refunding_it_twice"]), "a refusal", refused)

    await _seen_by_citizen(story, facts, begun)
    trial = await trial_balance(story.settings)
    owed = next(one for one in trial.accounts if one.account is Account.REFUNDS_PAYABLE)
    facts["still_owed_to_citizens"] = f"{owed.balance} fen"
    expect(trial.difference == 0, "balanced books", trial.difference)


async def _seen_by_citizen(story: Story, facts: Facts, begun: Begun) -> None:
    async def over() -> Facts | None:
        shown: Facts = (await story.ask(story.token(), SEEN, id=begun.id)).data["payment"]
        return shown if shown["status"] != "REFUNDING" else None

    shown = await wait_for("the end of the refund", over, REFUNDED_SECONDS)
    facts["seen_by_the_citizen"] = f"{shown['status']}, {shown['refunded']['yuan']} yuan back"
    expect(shown["status"] == "REFUNDED", "REFUNDED", shown)
    expect(shown["refunded"]["fen"] == begun.fen, f"{begun.fen} fen", shown)
    token = shown["receipt"]["token"]
    worth = (await story.ask(None, WORTH, token=token)).data["verifyReceipt"]["status"]
    facts["receipt"] = worth
    expect(worth == "REFUNDED", "REFUNDED", worth)
