"""Steps of the tour: what the channels say of the day so far, against the books."""

import asyncio
import json
import os
import sys

from cli.tour.expectations import expect
from cli.tour.story import Facts, Story
from domain.times import legal_day, utc_now
from runtime.settings import PREFIX, Profile


async def reconcile(story: Story, facts: Facts) -> None:
    """Every payment and refund stands in its channel's bill, with the same amount."""
    day = legal_day(utc_now()).isoformat()
    arguments = ("reconcile", "--day", day, "--dry-run", "--json")
    facts["command"] = f"clearway {' '.join(arguments)}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "cli", *arguments),
        env={
            **os.environ,
            f"{PREFIX}PROFILE": Profile.DEV.value,
            f"{PREFIX}DATA_DIR": str(story.settings.data_dir),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, trouble = await process.communicate()
    expect(bool(said), "a report", trouble.decode(errors="replace")[-500:])
    report = json.loads(said)
    expect(not report["undone"], "both channels", report["undone"])
    for one in report["days"]:
        facts[one["channel"]] = (
            f"{one['payments']} payments and {one['refunds']} refunds in the bill,"
            f" {one['matched_payments']} and {one['matched_refunds']} as in the books"
        )
        facts[f"discrepancies_of_{one['channel']}"] = one["discrepancies"]
        in_bill = (one["payments"], one["refunds"])
        matched = (one["matched_payments"], one["matched_refunds"])
        # Another stack on the same books may have had a sandbox that has forgotten by now.
        expect(matched == in_bill or not story.is_alone, in_bill, matched)
        expect(not one["discrepancies"] or not story.is_alone, "nothing that differs", one)
