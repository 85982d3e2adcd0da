"""The whole story, end to end."""

import json
from typing import Any

from cli.tour.play import STEPS
from tests.cli.processes import Stack, clearway, open_folder

NAMES = [
    *("sign-in", "verify", "token", "bind", "look-up", "licence", "quote", "eligibility"),
    *("preview", "accept", "pay-alipay", "pay-wechat", "settle", "write-back", "receipt"),
    *("ledger", "refund", "reconcile", "police-down", "sign-out"),
]


def played(*arguments: str) -> dict[str, Any]:
    """What each step of a tour that held has found."""
    result = clearway("tour", "--json", *arguments)
    report = json.loads(result.stdout)
    assert report["ok"], (report, result.stderr)
    assert result.returncode == 0
    assert [step["name"] for step in report["steps"]] == NAMES == list(STEPS)
    assert all(step["ok"] and step["ms"] > 0 for step in report["steps"])
    return {step["name"]: step["detail"] for step in report["steps"]}


def test_tour_holds_and_prints_one_json_object() -> None:
    details = played()

    assert details["sign-in"]["viewer"] == {"name": None, "verification": "NONE"}
    assert details["verify"]["viewer"]["verification"] == "FACE"
    assert details["sign-out"]["access_token_refused_after_seconds"] < 5
    outage = details["police-down"]
    assert outage["freshness"] == "STALE"
    assert outage["somebody_never_looked_up"] == ["UPSTREAM_UNAVAILABLE"]
    assert outage["from_the_mirror"]["totalCount"] == details["look-up"]["violations"]
    _agree(details)
    for channel in ("alipay", "wechat"):
        paid = details[f"pay-{channel}"]["amount"]
        assert details["ledger"][f"{channel}_clearing"] == f"{paid} more, {paid} in all"


def test_tours_on_one_stack_use_up_what_is_open() -> None:
    with open_folder() as folder:
        stack = Stack.of(folder)
        try:
            stack.start()
            where = f"--url=http://127.0.0.1:{stack.api_port}", f"--data-dir={folder / 'data'}"
            first, second = played(*where), played(*where)
        finally:
            stack.clean_up()

    _agree(first)
    _agree(second)
    assert first["accept"]["decision"] != second["accept"]["decision"]
    assert first["pay-wechat"]["decision"] != second["pay-wechat"]["decision"]


def _agree(details: dict[str, Any]) -> None:
    """What one step says of a decision or a payment, the others say as well."""
    accepted, alipay, wechat = (details[one] for one in ("accept", "pay-alipay", "pay-wechat"))
    assert accepted["state"] == "UNPAID"
    assert accepted["penalty"] == details["preview"]["penalty"]
    assert alipay["decision"] == accepted["decision"] != wechat["decision"]
    # On the day of a decision there is no surcharge.
    assert accepted["penalty"].startswith(f"{alipay['amount']}, ")
    assert alipay["state"] == wechat["state"] == "AWAITING"
    settled = details["settle"]
    assert settled["alipay"].startswith(f"PAID, {alipay['amount']} at ")
    assert settled["wechat"].startswith(f"PAID, {wechat['amount']} at ")
    assert settled["paying_it_again"] == ["ALREADY_PAID"]
    assert details["write-back"]["in_the_register"] == [
        f"paid: decision {one['decision'][:15]}, serial {one['payment']}-1"
        for one in (alipay, wechat)
    ]
    receipt = details["receipt"]
    assert receipt["number"] == alipay["payment"]
    assert receipt["offline"] == f"genuine, {alipay['amount']} for {alipay['decision']}"
    assert (receipt["online"], receipt["with_one_other_character"]) == ("VALID", "NOT_GENUINE")
    assert details["ledger"]["debits_less_credits"] == "0.00 yuan"
