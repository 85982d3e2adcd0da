"""Steps of the tour: the police register fails, and what is known stays known."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

from cli.tour.expectations import expect
from cli.tour.story import Facts, Story

TOTALS = """
{ viewer { violations { totalCount totals { fine { yuan } owedFine { yuan } points }
  freshness { state fetchedAt } } } }
"""
NEWCOMER = "{ viewer { licence { points } } }"
# Longer than a breaker stays open after the register has come back.
RECOVERY_SECONDS = 30.0
POLL_SECONDS = 0.5
STRANGERS = 20


async def police_down(story: Story, facts: Facts) -> None:
    """The mirror answers with its age; what it never saw is said to be missing, not empty."""
    before = await _violations(story)
    await story.switch("down", active=True)
    try:
        await _known(story, facts, before)
        newcomer = await _unknown(story, facts)
    finally:
        await story.switch("down", active=False)
    if not story.is_alone:
        # Somebody else's stack is left as it was found: its breaker closed again.
        await _recovery(story, facts, newcomer)


async def _known(story: Story, facts: Facts, before: dict[str, Any]) -> None:
    if story.stale_after_seconds is not None:
        await asyncio.sleep(story.stale_after_seconds + 0.1)
    after = await _violations(story)
    freshness = after.pop("freshness")
    before.pop("freshness")
    age = datetime.now(UTC) - datetime.fromisoformat(freshness["fetchedAt"])
    facts["from_the_mirror"] = after
    facts["freshness"] = freshness["state"]
    facts["age_in_seconds"] = round(age.total_seconds(), 1)
    expect(after == before, before, after)
    states = {"STALE"} if story.stale_after_seconds is not None else {"STALE", "FRESH"}
    expect(freshness["state"] in states, " or ".join(sorted(states)), freshness)


async def _unknown(story: Story, facts: Facts) -> str:
    """Somebody nobody has asked about, whose token comes back; earlier tours met some people."""
    for _ in range(1 if story.is_alone else STRANGERS):
        newcomer = story.token(story.stranger())
        answer = await story.ask(newcomer, NEWCOMER)
        if answer.error_codes:
            break
    facts["somebody_never_looked_up"] = answer.error_codes
    expect(answer.error_codes == ["UPSTREAM_UNAVAILABLE"], "UPSTREAM_UNAVAILABLE", answer.body)
    viewer = answer.body["data"]["viewer"]
    expect(viewer["licence"] is None, "no licence with the error", answer.body)
    return newcomer


async def _recovery(story: Story, facts: Facts, newcomer: str) -> None:
    began = time.monotonic()
    while (answer := await story.ask(newcomer, NEWCOMER)).error_codes:
        waited = time.monotonic() - began
        expect(waited < RECOVERY_SECONDS, "an answer when the register is back", answer.body)
        await asyncio.sleep(POLL_SECONDS)
    expect(bool(answer.data["viewer"]["licence"]), "a licence", answer.body)
    facts["back_after_seconds"] = round(time.monotonic() - began, 1)


async def _violations(story: Story) -> dict[str, Any]:
    found: dict[str, Any] = (await story.ask(story.token(), TOTALS)).data["viewer"]["violations"]
    return found
