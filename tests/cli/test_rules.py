"""`clearway rules`, run as a bureau's clerk would."""

from pathlib import Path

import pytest

from tests.cli.processes import clearway

CITY = """\
[city]
id = "test"
name = {zh = "试点市", en = "Trial City"}
province = "重庆"

[[rule."pay.days"]]
value = 20
from = 2030-01-01
source = {zh = "通知", en = "a notice"}
"""
WIDE = {"COLUMNS": "200"}


def test_all_rules_of_a_day() -> None:
    result = clearway("rules", "show", "--city", "beijing-style", "--on", "2024-01-01", env=WIDE)

    title, header, *rows = [line.rstrip() for line in result.stdout.splitlines()]
    assert (result.returncode, result.stderr) == (0, "")
    assert title == "北京式平台 Beijing-style platform, rules of 2024-01-01"
    assert header.split() == ["key", "value", "since", "source"]
    assert len([row for row in rows if row[:1] == "R" or row.startswith("     handle.")]) > 50
    assert [row.split()[:4] for row in rows if row.startswith(("R3 ", "R18 ", "R40 "))] == [
        ["R3", "handle.points_after", '"<=11"', "2017-01-01"],
        ["R18", "pay.days", "15", "always"],
        ["R18", "pay.count_receipt_day", "false", "always"],
        ["R40", "hours.handle", '"08:00-18:00"', "2017-01-01"],
    ]


def test_everything_about_one_rule() -> None:
    result = clearway("rules", "explain", "reconsider.days_untold", "--on", "2023-12-31")

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "R35 reconsider.days_untold = 60",
        "  没有被告知复议权利的，申请行政复议的最长期限。 2023-12-31：60 天",
        "  The same at most, for somebody who was not told of the right. 2023-12-31: 60 days",
        "  To change it, write a whole number from 1 to 3660 (days).",
        "  → always until 2023-12-31: 60 (default)",
        "      《行政复议法（2017年）》第9条",
        "      Administrative Reconsideration Law of 2017, art. 9",
        "    from 2024-01-01: 365 (default)",
        "      《行政复议法》第20条",
        "      Administrative Reconsideration Law, art. 20",
    ]


def test_a_number_stands_for_all_its_rules() -> None:
    result = clearway("rules", "explain", "r19")

    assert [line for line in result.stdout.splitlines() if line.startswith("R")] == [
        "R19 surcharge.percent_per_day = 3",
        "R19 surcharge.cap_percent = 100",
    ]


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "city.toml"
    file.write_text(CITY, encoding="utf-8")

    check = clearway("rules", "check", "--file", str(file))
    explain = clearway("rules", "explain", "pay.days", "--file", str(file), "--on", "2030-01-01")

    assert (check.returncode, check.stdout) == (0, "")
    assert check.stderr == f"{file} is sound: 1 version of its own.\n"
    assert explain.stdout.splitlines()[-3:] == [
        "  → from 2030-01-01: 20 (Trial City)",
        "      通知",
        "      a notice",
    ]


def test_a_packaged_book_is_sound() -> None:
    result = clearway("rules", "check")

    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "chongqing (packaged) is sound: 13 versions of its own.\n"


def test_the_mistakes_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "city.toml"
    file.write_text(CITY.replace("= 20\n", "= 0\n").replace("from", "form"), encoding="utf-8")

    result = clearway("rules", "check", "--file", str(file))

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        f"Error: {file} cannot be used, 3 problems:",
        f"  {file}, line 6, pay.days: The first day is missing: add a line such as"
        " from = 2017-07-01.",
        f"  {file}, line 7, pay.days: 0 cannot be used: write a whole number from 1 to 365 (days).",
        f'  {file}, line 8, pay.days: "form" is unknown here. Did you mean "from"?',
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["show", "--city", "beijing"],
            "Error: beijing cannot be used, 1 problem:\n  beijing: No rulebook of this name is"
            ' packaged. Did you mean "beijing-style"?\n',
        ),
        (
            ["show", "--city", "chongqing", "--file", "x.toml"],
            "Error: Which rulebook? Give either --city NAME or --file PATH.\n",
        ),
        (
            ["check", "--file", "none.toml"],
            "Error: none.toml cannot be used, 1 problem:\n  none.toml: The file cannot be read (No"
            " such file or directory).\n",
        ),
        (
            ["show", "--on", "yesterday"],
            "Error: yesterday is no day: give one such as --on 2024-01-01.\n",
        ),
        (
            ["explain"],
            "Error: Which rule? Give a key such as pay.days, or a number such as R18.\n",
        ),
        (
            ["explain", "pay.day"],
            'Error: There is no rule "pay.day". Did you mean "pay.days"? clearway rules show lists'
            " them all.\n",
        ),
        (
            ["explain", "R99"],
            'Error: There is no rule "R99". clearway rules show lists them all.\n',
        ),
        (
            ["show", "pay.days"],
            "Error: show is about all rules: leave pay.days out, or use explain.\n",
        ),
    ],
)
def test_what_cannot_be_done(arguments: list[str], said: str) -> None:
    result = clearway("rules", *arguments)

    assert (result.returncode, result.stdout, result.stderr) == (1, "", said)
