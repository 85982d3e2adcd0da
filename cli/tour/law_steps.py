"""Steps of the tour: what is owed and until when, and what can be done online, with the reasons."""

from datetime import datetime, timedelta
from typing import Any

from cli.tour.expectations import expect
from cli.tour.story import Facts, Story

QUOTES = """
query($at: DateTime) { viewer { violations(first: 50) { nodes { id status points fine { yuan }
  decision { decidedAt }
  quote(at: $at) { principal { fen } surcharge { fen } total { fen yuan } overdueDays dueOn
    validUntil } } } } }
"""
SURCHARGE = '{ rule(key: "surcharge.percent_per_day") { number value source } }'
JUDGED = """
{ viewer { violations(first: 50) { nodes { id description
  eligibility { allowed refusals { code message nextStep legalBasis rule } } } } } }
"""
FORECAST = """
query($ids: [ID!]!) { viewer { licence { scoringCycle { forecast(violationIds: $ids) {
  pointsBefore pointsAfter limit alert nextResetOn } } } } }
"""


async def quote(story: Story, facts: Facts) -> None:
    """Principal and surcharge add up, and grow by the rule at the next midnight, never further."""
    nodes = await _nodes(story, QUOTES)
    owed = [node for node in nodes if node["quote"]]
    expect(bool(owed), "something owed", nodes)
    for node in owed:
        amounts = {name: node["quote"][name]["fen"] for name in ("principal", "surcharge", "total")}
        adds_up = amounts["principal"] + amounts["surcharge"] == amounts["total"]
        expect(adds_up and amounts["surcharge"] <= amounts["principal"], "a sum", amounts)
    undecided = [node for node in owed if node["status"] == "UNHANDLED"]
    late = [node["quote"]["overdueDays"] for node in undecided]
    expect(not any(late), "no surcharge before a decision", late)
    facts["owed"] = [_shown(node) for node in owed]

    growing = [node for node in owed if node["quote"]["validUntil"]]
    facts["growing"] = len(growing)
    for node in growing[:1]:
        tick = datetime.fromisoformat(node["quote"]["validUntil"])
        after = (await _quotes(story, tick))[node["id"]]
        before = (await _quotes(story, tick - timedelta(seconds=1)))[node["id"]]
        facts["at_the_next_midnight"] = [before["total"]["yuan"], after["total"]["yuan"]]
        grown = after["total"]["fen"] - before["total"]["fen"]
        expect(grown > 0, "a surcharge that grows at midnight", facts["at_the_next_midnight"])
    rule = (await story.ask(story.token(), SURCHARGE)).data["rule"]
    facts["rule"] = rule
    expect(bool(rule and rule["source"]), "the rule behind it with its source", rule)


async def eligibility(story: Story, facts: Facts) -> None:
    """Allowed, or every reason with what to do instead; and where the points would be."""
    nodes = await _nodes(story, JUDGED)
    allowed = [node for node in nodes if node["eligibility"]["allowed"]]
    refused = [node for node in nodes if not node["eligibility"]["allowed"]]
    reasons = [one for node in refused for one in node["eligibility"]["refusals"]]
    expect(all(node["eligibility"]["refusals"] for node in refused), "a reason each", refused)
    expect(all(one["message"] and one["nextStep"] for one in reasons), "words for each", reasons)
    facts["allowed"] = len(allowed)
    facts["refused"] = sorted({one["code"] for one in reasons})
    facts["for_example"] = reasons[:1]

    ids = [node["id"] for node in allowed[:20]]
    licence = (await story.ask(story.token(), FORECAST, ids=ids)).data["viewer"]["licence"]
    found = licence["scoringCycle"]["forecast"]
    facts["forecast"] = found
    expect(found["pointsAfter"] >= found["pointsBefore"], "points that only grow", found)


async def _nodes(story: Story, query: str) -> list[dict[str, Any]]:
    answer = await story.ask(story.token(), query)
    nodes: list[dict[str, Any]] = answer.data["viewer"]["violations"]["nodes"]
    return nodes


async def _quotes(story: Story, at: datetime) -> dict[str, dict[str, Any]]:
    answer = await story.ask(story.token(), QUOTES, at=at.isoformat())
    nodes = answer.data["viewer"]["violations"]["nodes"]
    return {node["id"]: node["quote"] for node in nodes}


def _shown(node: dict[str, Any]) -> str:
    owed = node["quote"]
    return f"{owed['total']['yuan']} yuan, {owed['overdueDays']} days late ({node['status']})"
