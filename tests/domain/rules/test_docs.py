"""The table of rules in the manual is the catalogue."""

from datetime import date
from pathlib import Path

from domain.rules.book import City, Rulebook
from domain.rules.catalogue import CATALOGUE
from domain.texts import Text

MANUAL = Path(__file__).parents[3] / "docs" / "rules.md"


def table() -> list[str]:
    book = Rulebook.of(City("nowhere", Text("无", "Nowhere"), "重庆"), {})
    rows = ["| no. | key | default | what it says |", "| --- | --- | --- | --- |"]
    for key in CATALOGUE:
        one = book.explain(key, date.max)
        number = f"R{one.number}" if one.number else ""
        rows.append(f"| {number} | `{key}` | `{one.value}` | {one.meaning.en} |")
    return rows


def test_the_manual_has_every_rule() -> None:
    text = MANUAL.read_text(encoding="utf-8")

    assert [line for line in text.splitlines() if line.startswith("|")] == table()
