"""What is kept of the last `make bench`: whole, and as the code wrote it."""

import json
import re

import pytest

from benchmarks.speed.chart import chart
from benchmarks.speed.people import CASES
from benchmarks.speed.places import PEERS, RESULTS
from benchmarks.speed.report import markdown
from benchmarks.speed.results import Results

CONTENDERS = {
    "clearway",
    "reference",
    "mercurius-jit",
    "mercurius-tuned",
    "apollo",
    "postgraphile",
    "strawberry-sqlalchemy",
}
NUMBERS = ("cpu_us", "rps", "p50_ms", "p99_ms", "rss_mb")


@pytest.fixture
def results() -> Results:
    return Results.read(RESULTS / "latest.json")


def test_every_contender_was_measured_in_every_case_without_an_error() -> None:
    kept = json.loads((RESULTS / "latest.json").read_bytes())

    rows = [(row["contender"], row["case"]) for row in kept["rows"]]
    assert sorted(rows) == sorted((name, case) for name in CONTENDERS for case in CASES)
    assert all(row[name] > 0 for row in kept["rows"] for name in NUMBERS)
    assert [row for row in kept["rows"] if row["errors"]] == []
    assert {"date", "commit", "cpu", "python", "node", "postgresql"} <= kept["machine"].keys()


def test_the_report_is_what_the_code_makes_of_the_results(results: Results) -> None:
    assert (RESULTS / "latest.md").read_text(encoding="utf-8") == markdown(results)


def test_the_chart_is_what_the_code_makes_of_the_results(results: Results) -> None:
    assert (RESULTS / "latest.svg").read_text(encoding="utf-8") == chart(results)


@pytest.mark.parametrize("lock", ["requirements.lock", "node/package-lock.json"])
def test_the_lock_files_of_the_peers_hold_no_address(lock: str) -> None:
    text = (PEERS / lock).read_text(encoding="utf-8")

    assert re.findall(r'://|"resolved"|--(?:extra-)?index-url|--find-links', text) == []
    assert len(re.findall(r"sha(?:256:|512-)", text)) > 30
