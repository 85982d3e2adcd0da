"""Files that are not even TOML, or not in UTF-8, and oddities that do no harm."""

import codecs
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.rules.files import CITY, book_of, said_about

RULE = '[[rule."pay.days"]]\nvalue = 20\nfrom = 2017-07-01\nsource = "通知"\n'
OTHERWISE = (
    'Write text in quotation marks ("<12"); numbers, days (2017-07-01), true and false without.'
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 1\nvalue = <12", f"line 2: This is not TOML (Invalid value). {OTHERWISE}"),
        (
            'a = 1\nvalue = “<12”  # "x"',
            "line 2: This is not TOML (Invalid value). “ is a full-width character: type it with"
            " the keyboard set to English.",
        ),
        (
            "value ＝ 12",
            "line 1: This is not TOML (Expected '=' after a key in a key/value pair). ＝ is a"
            " full-width character: type it with the keyboard set to English.",
        ),
        (
            "value 12 # ＝",
            "line 1: This is not TOML (Expected '=' after a key in a key/value pair). Write a line"
            " as name = value.",
        ),
        (
            "\nfrom = 2017-7-1",
            "line 2: This is not TOML (Expected newline or end of document after a statement)."
            " 2017-7-1 is no day: write one such as 2017-07-01.",
        ),
        (
            "from = 2017/07/01",
            "line 1: This is not TOML (Expected newline or end of document after a statement)."
            " 2017/07/01 is no day: write one such as 2017-07-01.",
        ),
        (
            "from = 2017年7月1日",
            "line 1: This is not TOML (Expected newline or end of document after a statement)."
            " 2017年7月1日 is no day: write one such as 2017-07-01.",
        ),
        (
            "from = 2017-02-29",
            "line 1: This is not TOML (Invalid date or datetime). 2017-02-29 is no day: write one"
            " such as 2017-07-01.",
        ),
        (
            "[city]\nid = 1\nid = 2",
            "line 3: This is not TOML (Cannot overwrite a value). A name stands once in a block:"
            ' begin a new [[rule."…"]] block for another version.',
        ),
        (
            "[city]\n[city]\n",
            "line 2: This is not TOML (Cannot declare ('city',) twice). Write this block once; only"
            ' [[rule."…"]] may be repeated.',
        ),
        (
            'name = {zh = "a", zh = "b"}',
            "line 1: This is not TOML (Duplicate inline table key 'zh'). A name stands once between"
            " { and }: remove one.",
        ),
        (
            '[[rule."pay.days"]\nvalue = 1',
            "line 1: This is not TOML (Expected ']]' at the end of an array declaration). Close the"
            ' header on its line: [city], or [[rule."…"]] with two brackets.',
        ),
        (
            'a = 1\nvalue = ["x"\n\n',
            "line 4: This is not TOML (Unclosed array). Close the bracket, and put a comma between"
            " its parts.",
        ),
        (
            'value = "x\nb = 1',
            "line 1: This is not TOML (Illegal character '\\n'). Close the quotation mark on the"
            " line where the text begins.",
        ),
        (
            'value = "x',
            "line 1: This is not TOML (Unterminated string). Close the quotation mark.",
        ),
        (
            'file = "C:\\rules"\nx = "C:\\city"',
            "line 2: This is not TOML (Unescaped '\\' in a string). Write \\\\ for a backslash, or"
            " put the text into single quotation marks.",
        ),
        (
            "rule = {}\n[[rule.a]]",
            "line 2: This is not TOML (Cannot mutate immutable namespace ('rule', 'a')). Write this"
            " block once, either with brackets of its own or in one line.",
        ),
        (f"n = {'9' * 5000}", f"line 1: This is not TOML ({{}}). {OTHERWISE}"),
    ],
)
def test_what_is_not_toml(text: str, said: str) -> None:
    (found,) = said_about(text)

    beginning, _, end = f"x.toml, {said}".partition("{}")
    assert found.startswith(beginning)
    assert found.endswith(end)
    assert end or found == beginning


@pytest.mark.parametrize("brackets", ["[", "{a="])
@pytest.mark.parametrize("depth", [100, 300, 330, 450, 490, 2000])
def test_brackets_without_end(brackets: str, depth: int) -> None:
    closing = {"[": "]", "{a=": "}"}[brackets]
    text = f'{CITY}[[rule."pay.days"]]\nvalue = {brackets * depth}1{closing * depth}\n'

    said = said_about(text)

    assert said[0].startswith("x.toml")
    assert any("cannot be used" in one or "nested too deeply" in one for one in said)


def test_saved_as_gbk() -> None:
    assert said_about((CITY + RULE).encode("gbk")) == [
        "x.toml, line 3: These characters are not UTF-8 (perhaps GBK): save the file as UTF-8."
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_saved_as_utf_16(encoding: str) -> None:
    raw = (CITY + RULE).encode(encoding)
    bom = b"" if encoding == "utf-16" else codecs.BOM_UTF16_BE

    assert said_about(bom + raw) == [
        "x.toml, line 1: The file is saved as UTF-16: save it as UTF-8."
    ]


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_windows_does_no_harm(bom: str, end: str) -> None:
    text = bom + (CITY + RULE).replace("\n", end)
    day = date(2017, 7, 1)

    assert book_of(text).on(day).pay_days == 20
    assert book_of(text).explain("pay.days", day).source.zh == "通知"
    assert said_about(text.replace("= 20" + end, "= 0" + end)) == [
        "x.toml, line 6, pay.days: 0 cannot be used: write a whole number from 1 to 365 (days)."
    ]


def test_dotted_and_quoted_keys_are_the_same() -> None:
    dotted = RULE.replace('"pay.days"', "pay.days").replace("2017-07-01", "2018-07-01")
    inline = 'rule."pay.days" = [{value = 30, from = 2019-01-01, source = "x"}]\n'

    book = book_of(CITY + RULE + dotted.replace("20\n", "25\n"))

    days = (date(2017, 6, 30), date(2017, 7, 1), date(2018, 6, 30), date(2018, 7, 1))
    assert [book.on(day).pay_days for day in days] == [15, 20, 20, 25]
    assert book_of(inline + CITY).on(date(2019, 1, 1)).pay_days == 30


PIECES = st.sampled_from(
    [
        *(CITY, RULE, "[city]\n", "[rule]\n", '[[rule."pay.days"]]\n', "[[rule.pay.days]]\n"),
        *("value = ", "from = ", "source = ", '"', "'", '"""', "[", "]", "{", "}", "=", ".", ","),
        *("\n", "\r\n", "#", "15", "2017-07-01", "true", "nan", "\x00", "\\", "“", "days"),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_whatever_stands_in_a_file_the_answer_is_a_list_of_problems(text: str) -> None:
    said = said_about(text)

    assert all(one.startswith("x.toml") for one in said)
    assert said or book_of(text)
