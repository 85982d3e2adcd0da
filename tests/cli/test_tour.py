"""The whole story, end to end."""

import json

from tests.cli.processes import clearway


def test_tour_holds_and_prints_one_json_object() -> None:
    result = clearway("tour", "--json")

    report = json.loads(result.stdout)
    assert report["ok"], report
    assert result.returncode == 0
    names = [step["name"] for step in report["steps"]]
    assert names == ["token", "bind", "look-up", "licence", "police-down"]
    assert all(step["ok"] and step["ms"] > 0 for step in report["steps"])
    outage = report["steps"][-1]["detail"]
    assert outage["freshness"] == "STALE"
    assert outage["somebody_never_looked_up"] == ["UPSTREAM_UNAVAILABLE"]
    assert outage["from_the_mirror"]["totalCount"] == report["steps"][2]["detail"]["violations"]
