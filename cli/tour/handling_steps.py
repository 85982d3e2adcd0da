"""Steps of the tour: what accepting a violation would mean, and accepting it."""

from uuid import uuid4

from cli.tour.expectations import expect, given, wait_for
from cli.tour.story import Facts, Story

OPEN = "{ viewer { violations(first: 50) { nodes { id points eligibility { allowed } } } } }"
PREVIEW = """
mutation($input: PreviewAcceptanceInput!) { previewAcceptance(input: $input) { __typename
  ... on PreviewAcceptanceSuccess { preview { hash rights validUntil
    items { violation { description } fine { yuan } points decisionText
      deadlines { payBy reconsiderationBy litigationBy } }
    totals { forecast { pointsBefore pointsAfter limit } } } }
  ... on Refused { refusals { code message } } } }
"""
ACCEPT = """
mutation($input: AcceptViolationsInput!) { acceptViolations(input: $input) { __typename
  ... on AcceptViolationsSuccess { acceptance { id items { status problem
    decision { id number text fine { yuan } points status } } } }
  ... on Refused { refusals { code message } } } }
"""
DECISION_SECONDS = 30.0


async def preview(story: Story, facts: Facts) -> None:
    """Everything that counts in law is shown before anybody says yes; nothing is changed."""
    nodes = (await story.ask(story.token(), OPEN)).data["viewer"]["violations"]["nodes"]
    allowed = [node for node in nodes if node["eligibility"]["allowed"]]
    expect(bool(allowed), "a violation that can be accepted", nodes)
    chosen = max(allowed, key=lambda node: node["points"])["id"]
    answer = await story.ask(story.token(), PREVIEW, input={"violationIds": [chosen]})
    result = answer.data["previewAcceptance"]
    expect("preview" in result, "a preview", result)
    story.case.violation_id, story.case.preview = chosen, result["preview"]

    shown, item = result["preview"], result["preview"]["items"][0]
    facts["violation"] = item["violation"]["description"]
    facts["penalty"] = f"{item['fine']['yuan']} yuan, {item['points']} points"
    forecast = shown["totals"]["forecast"]
    facts["points"] = "{pointsBefore} now, {pointsAfter} after, full at {limit}".format(**forecast)
    facts["deadlines"] = item["deadlines"]
    facts["rights"] = shown["rights"]
    after = forecast["pointsBefore"] + item["points"]
    expect(forecast["pointsAfter"] == after, f"{after} points after", forecast)
    expect(len(shown["rights"]) > 1, "the rights", shown["rights"])


async def accept(story: Story, facts: Facts) -> None:
    """A yes to exactly what was shown; the register decides it, once."""
    shown = given(story.case.preview, "the preview")
    request = {
        "violationIds": [story.case.violation_id],
        "previewHash": shown["hash"],
        "idempotencyKey": str(uuid4()),
    }

    async def decided() -> Facts | None:
        """The same request with the same key: it is safe to repeat."""
        result = (await story.ask(story.token(), ACCEPT, input=request)).data["acceptViolations"]
        expect("acceptance" in result, "an acceptance", result)
        item: Facts = result["acceptance"]["items"][0]
        expect(item["status"] != "REFUSED", "a decision", item["problem"])
        made: Facts | None = item["decision"]
        return made

    decision = await wait_for("a decision", decided, DECISION_SECONDS)
    story.case.decision_id = decision["id"]
    facts["decision"] = decision["number"]
    facts["state"] = decision["status"]
    facts["penalty"] = f"{decision['fine']['yuan']} yuan, {decision['points']} points"
    facts["text"] = f"{decision['text'].splitlines()[0]} … {len(decision['text'])} characters"
    number = str(decision["number"])
    expect(number[:15] in decision["text"], f"the number {number} in its text", decision["text"])
    again = given(await decided(), "the decision")
    facts["same_key_again"] = f"the same decision {again['number']}"
    expect(again["number"] == number, number, again["number"])
