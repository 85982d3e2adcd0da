"""The whole story, end to end."""

import json

from tests.cli.processes import clearway


def test_tour_holds_and_prints_one_json_object() -> None:
    result = clearway("tour", "--json")

    report = json.loads(result.stdout)
    assert report["ok"], report
    assert result.returncode == 0
    names = [step["name"] for step in report["steps"]]
    assert names == [
        *("sign-in", "verify", "token", "bind", "look-up", "licence", "quote", "eligibility"),
        *("police-down", "sign-out"),
    ]
    assert all(step["ok"] and step["ms"] > 0 for step in report["steps"])
    details = {step["name"]: step["detail"] for step in report["steps"]}
    assert details["sign-in"]["viewer"] == {"name": None, "verification": "NONE"}
    assert details["verify"]["viewer"]["verification"] == "FACE"
    assert details["sign-out"]["access_token_refused_after_seconds"] < 5
    outage = details["police-down"]
    assert outage["freshness"] == "STALE"
    assert outage["somebody_never_looked_up"] == ["UPSTREAM_UNAVAILABLE"]
    assert outage["from_the_mirror"]["totalCount"] == details["look-up"]["violations"]
