"""Trouble inside the values of rows."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from sandbox.police.answers import Answer, Row
from sandbox.police.scenarios.scenario import BOTH_LISTS, CAMERA_RECORDS, Scenario, Situation

_INSTANTS = ("wfsj", "wfsj1", "clsj", "gxsj", "gxrq")


def each_row(change: Callable[[Row], Row]) -> Callable[[Answer, Situation], Answer]:
    def hook(answer: Answer, _: Situation) -> Answer:
        rows = None if answer.rows is None else tuple(change(row) for row in answer.rows)
        return replace(answer, rows=rows)

    return hook


def _without(*names: str) -> Callable[[Answer, Situation], Answer]:
    return each_row(lambda row: {name: value for name, value in row.items() if name not in names})


def _emptied(*names: str) -> Callable[[Answer, Situation], Answer]:
    return each_row(
        lambda row: {name: "" if name in names else value for name, value in row.items()}
    )


def _instants(change: Callable[[str], str]) -> Callable[[Answer, Situation], Answer]:
    return each_row(
        lambda row: {
            name: change(value) if name in _INSTANTS and value else value
            for name, value in row.items()
        }
    )


def _texts(change: Callable[[str], str]) -> Callable[[Answer, Situation], Answer]:
    """Change the values with Chinese in them; codes and dates stay as they are."""
    return each_row(
        lambda row: {
            name: value if value.isascii() else change(value) for name, value in row.items()
        }
    )


def _lost_zero(instant: str) -> str:
    day, _, time = instant.removesuffix(".0").partition(" ")
    return f"{day} {int(time[:2]) % 12 or 12}{time[2:]}"


_OVER_WIDE = {
    "lxdh": "12000000000",
    "zsxxdz": "重庆市渝北区某某路100号8单元12-3",
    "sjhm": "12000000000",
    "dzyx": "nobody@example.invalid",
    "xb": "1",
    "csrq": "1988-08-08",
}
# Name, description, hook.
_VALUES = (
    ("missing-fine", "No fkje element.", _without("fkje")),
    ("missing-points", "No wfjfs element.", _without("wfjfs")),
    ("missing-driver", "No dsr element.", _without("dsr")),
    ("missing-fields", "No fkje, wfjfs or dsr element.", _without("fkje", "wfjfs", "dsr")),
    ("empty-serial", "The xh is empty.", _emptied("xh")),
    ("empty-violation-number", "The wfbh is empty.", _emptied("wfbh")),
    ("empty-numbers", "Both xh and wfbh are empty.", _emptied("xh", "wfbh")),
    (
        "null-text",
        "What is empty says null.",
        each_row(lambda row: {name: value or "null" for name, value in row.items()}),
    ),
    (
        "decimal-amounts",
        "Amounts have two decimals.",
        each_row(
            lambda row: {
                name: f"{value}.00" if name in ("fkje", "znj") and value.isdigit() else value
                for name, value in row.items()
            }
        ),
    ),
    ("plain-seconds", "Times without the .0 at their end.", _instants(lambda at: at[:19])),
    ("no-seconds", "Times without seconds.", _instants(lambda at: at[:16])),
    ("date-only", "Times without the time.", _instants(lambda at: at[:10])),
    ("lost-leading-zero", "Times of a 12-hour clock, such as 9:35:38.", _instants(_lost_zero)),
    (
        "dash-plate",
        "The plate is a dash, as capture systems write for no plate.",
        each_row(lambda row: row | {"hphm": "-"} if "hphm" in row else row),
    ),
    (
        "over-wide",
        "Rows carry personal data nobody asked for.",
        each_row(lambda row: row | _OVER_WIDE),
    ),
    (
        "double-encoded",
        "Values with Chinese are percent-encoded once more.",
        _texts(quote),
    ),
    (
        "full-width-blanks",
        "Full-width blanks around texts.",
        _texts(lambda text: f"\u3000{text}\u3000\u3000"),
    ),
    (
        "mojibake",
        "Texts were GBK and have been read as UTF-8.",
        _texts(lambda text: text.encode("gb18030").decode(errors="replace")),
    ),
    (
        "right-padding",
        "Every value padded with blanks, as from CHAR columns.",
        each_row(lambda row: {name: f"{value:<20}" for name, value in row.items()}),
    ),
    (
        "control-characters",
        "Characters in texts that XML forbids.",
        _texts(lambda text: f"\x0b{text}\x1f"),
    ),
)

# Drivers are named by decisions only.
_IN_DECISIONS = {"missing-driver": BOTH_LISTS, "missing-fields": BOTH_LISTS}

VALUES = tuple(
    Scenario(
        name,
        description,
        answer=hook,
        magic_interfaces=_IN_DECISIONS.get(name, CAMERA_RECORDS),
    )
    for name, description, hook in _VALUES
)
