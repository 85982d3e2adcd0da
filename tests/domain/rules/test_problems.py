"""Every mistake in a rulebook is told with its line, its key, and what to write instead."""

from pathlib import Path

import pytest

from domain.rules.documents import FileProblem, RulebookProblem
from domain.rules.library import read_rulebook
from tests.domain.rules.files import CITY, said_about, said_about_rules

SOUND = """\
[[rule."pay.days"]]
value = 15
from = 2017-07-01
source = "a notice"
"""


def test_a_sound_file_has_no_problem() -> None:
    assert said_about(CITY) == []
    assert said_about_rules(SOUND) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            SOUND.replace("pay.days", "pay.day"),
            ['line 1: There is no rule "pay.day". Did you mean "pay.days"?'],
            id="unknown key with a near one",
        ),
        pytest.param(
            SOUND.replace("pay.days", "zzz"),
            ['line 1: There is no rule "zzz". clearway rules show lists all keys.'],
            id="unknown key",
        ),
        pytest.param(
            SOUND.replace('"pay.days"', "pay.dayz"),
            ['line 1: There is no rule "pay.dayz". Did you mean "pay.days"?'],
            id="unknown dotted key",
        ),
        pytest.param(
            SOUND.replace("[[", "[").replace("]]", "]"),
            ['line 1, pay.days: Write each version below a header [[rule."pay.days"]].'],
            id="one bracket",
        ),
        pytest.param(
            '[rule]\n"pay.days" = 15\n',
            ['line 2, pay.days: Write each version below a header [[rule."pay.days"]].'],
            id="value without a block",
        ),
        pytest.param(
            '[rule]\n"pay.days" = [15]\n',
            ['line 2, pay.days: Write each version below a header [[rule."pay.days"]].'],
            id="list of values without a block",
        ),
        pytest.param(
            "[[rule]]\nvalue = 15\n",
            ['line 1: Write each version below a header such as [[rule."pay.days"]].'],
            id="rule without a key",
        ),
        pytest.param(
            '[[rules."pay.days"]]\nvalue = 15\n',
            ['line 1: "rules" is unknown here. Did you mean "rule"?'],
            id="unknown section",
        ),
        pytest.param(
            SOUND.replace("from =", "form ="),
            [
                "line 1, pay.days: The first day is missing: add a line such as from = 2017-07-01.",
                'line 3, pay.days: "form" is unknown here. Did you mean "from"?',
            ],
            id="unknown name in a block",
        ),
        pytest.param(
            SOUND + "note = 1\n",
            ['line 5, pay.days: "note" is unknown here. Only value, from, source can stand here.'],
            id="unknown name that is near none",
        ),
        pytest.param(
            SOUND.replace("value = 15\n", ""),
            [
                "line 1, pay.days: The value is missing: write value = a whole number from 1"
                " to 365 (days)."
            ],
            id="missing value",
        ),
        pytest.param(
            SOUND.replace('source = "a notice"\n', ""),
            [
                'line 1, pay.days: The source is missing: write source = "…" with text between'
                " the marks."
            ],
            id="missing source",
        ),
        pytest.param(
            SOUND.replace('"a notice"', '" "'),
            [
                'line 4, pay.days: The source cannot be used: write source = "…" with text'
                " between the marks."
            ],
            id="blank source",
        ),
        pytest.param(
            SOUND.replace('"a notice"', '{zh = "通知", de = "x"}'),
            [
                'line 4, pay.days: "de" is unknown here. Only zh, en can stand here.',
                'line 4, pay.days: The en is missing: write en = "…" with text between the marks.',
            ],
            id="source without English",
        ),
        pytest.param(
            SOUND.replace("= 15", '= "15"'),
            ['line 2, pay.days: "15" cannot be used: write a whole number from 1 to 365 (days).'],
            id="wrong type",
        ),
        pytest.param(
            SOUND.replace("= 15", "= 0"),
            ["line 2, pay.days: 0 cannot be used: write a whole number from 1 to 365 (days)."],
            id="out of range",
        ),
        pytest.param(
            SOUND.replace("2017-07-01", '"2017-07-01"'),
            [
                'line 3, pay.days: from = "2017-07-01" cannot be used: write a day without'
                " quotation marks or time, such as 2017-07-01."
            ],
            id="day in quotation marks",
        ),
        pytest.param(
            SOUND.replace("2017-07-01", "2017-07-01 08:00:00"),
            [
                "line 3, pay.days: from = 2017-07-01T08:00:00 cannot be used: write a day without"
                " quotation marks or time, such as 2017-07-01."
            ],
            id="day with a time",
        ),
        pytest.param(
            SOUND + SOUND.replace("15", "20"),
            [
                "line 7, pay.days: Another version of this rule begins on 2017-07-01 too (line 7):"
                " give this one a day of its own, or remove it."
            ],
            id="two versions of one day",
        ),
        pytest.param(
            SOUND + SOUND.replace('"pay.days"', "pay.days"),
            [
                "line 7, pay.days: Another version of this rule begins on 2017-07-01 too (line 7):"
                " give this one a day of its own, or remove it."
            ],
            id="two versions of one day, written in two ways",
        ),
        pytest.param(
            '[[rule."handle.own_plate_types"]]\n# "02" is not\nvalue = [\n  "01", # x\n  "2",\n]\n'
            'from = 2017-07-01\nsource = "value = [02]"\n',
            [
                'line 5, handle.own_plate_types: "2" cannot be used: write one of "01", "02", "03",'
                ' "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16",'
                ' "17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "51", "52",'
                ' "99".'
            ],
            id="one of a list over several lines",
        ),
        pytest.param(
            '[[rule."first_offence"]]\nfrom = 2017-07-01\nsource = "x"\n'
            "[rule.first_offence.value]\nenabled = true\nonce_in_months = 0\nclean_months = 6\n"
            'codes = ["1344"]\n',
            [
                "line 6, first_offence: 0 cannot be used: write a whole number from 1 to 120"
                " (months)."
            ],
            id="one part of a table",
        ),
    ],
)
def test_mistakes_in_rules(text: str, said: list[str]) -> None:
    # The line that a message itself quotes is counted from the file's first one.
    assert said_about_rules(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "",
            [
                'x.toml: The city is missing: write [city] with id = "…", name = {zh = "…",'
                ' en = "…"} and province = "…".'
            ],
        ),
        (
            'city = "重庆"',
            [
                'x.toml, line 1: The city is missing: write [city] with id = "…", name = {zh = "…",'
                ' en = "…"} and province = "…".'
            ],
        ),
        (
            '[city]\nid = 50\nname = "重庆"\ntown = "重庆"\n',
            [
                'x.toml, line 1, city: The province is missing: write province = "…" with text'
                " between the marks.",
                'x.toml, line 2, city: The id cannot be used: write id = "…" with text between the'
                " marks.",
                'x.toml, line 3, city: The name cannot be used: write name = {zh = "…", en = "…"}.',
                'x.toml, line 4, city: "town" is unknown here. Only id, name, province can stand'
                " here.",
            ],
        ),
    ],
)
def test_mistakes_about_the_city(text: str, said: list[str]) -> None:
    assert said_about(text) == said


def test_all_mistakes_are_told_at_once_in_the_order_of_the_lines() -> None:
    said = said_about_rules(
        SOUND.replace("= 15", "= 400").replace("from = 2017-07-01\n", "")
        + SOUND.replace("pay.days", "pay.dais")
        + SOUND.replace("pay.days", "surcharge.rounding")
    )

    assert said == [
        "line 1, pay.days: The first day is missing: add a line such as from = 2017-07-01.",
        "line 2, pay.days: 400 cannot be used: write a whole number from 1 to 365 (days).",
        'line 4: There is no rule "pay.dais". Did you mean "pay.days"?',
        'line 9, surcharge.rounding: 15 cannot be used: write one of "fen_down", "yuan_down",'
        ' "yuan_half_up".',
    ]


def test_a_problem_can_be_taken_apart(tmp_path: Path) -> None:
    file = tmp_path / "city.toml"
    file.write_text(CITY + SOUND.replace("= 15", "= 0"), encoding="utf-8")

    with pytest.raises(RulebookProblem) as caught:
        read_rulebook(file)

    message = "0 cannot be used: write a whole number from 1 to 365 (days)."
    assert caught.value.problems == (FileProblem(str(file), 6, "pay.days", message),)
    assert str(caught.value) == f"{file}, line 6, pay.days: {message}"


def test_several_problems_are_told_in_a_line_each() -> None:
    problems = [FileProblem("x.toml", 9, None, "No."), FileProblem("x.toml", 2, "pay.days", "No!")]

    assert str(RulebookProblem(problems)) == "x.toml, line 2, pay.days: No!\nx.toml, line 9: No."


@pytest.mark.parametrize(
    ("name", "reason"), [("none.toml", "No such file or directory"), (".", "Is a directory")]
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, reason: str) -> None:
    path = tmp_path / name

    with pytest.raises(RulebookProblem) as caught:
        read_rulebook(path)

    assert str(caught.value) == f"{path}: The file cannot be read ({reason})."
