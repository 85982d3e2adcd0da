"""How each kind of value is read, and what is said instead of one that cannot be used."""

from datetime import date, time
from typing import Any

import pytest

from domain.letters import LicenceStatus, VehicleUse
from domain.money import Money
from domain.plates import PlateType
from domain.rules.catalogue import CATALOGUE
from domain.rules.kinds import Fault, WrongValue
from domain.rules.toml_text import to_toml
from domain.rules.values import FirstOffence, Hours, PointsLimit, ReductionLimits
from domain.texts import Text
from domain.violations import CaptureKind

OFFENCE = {"enabled": True, "once_in_months": 12, "clean_months": 6, "codes": ["1344", "1352A"]}
REDUCTION = {"per_cycle": 6, "online_study": 1, "class_study": 2, "volunteering": 1}


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("pay.days", 1, 1),
        ("pay.days", 365, 365),
        ("surcharge.cap_percent", 0, 0),
        ("handle.max_fine_fen", 0, Money(0)),
        ("handle.max_fine_fen", 100_000_000, Money(100_000_000)),
        ("handle.max_points_single", "none", None),
        ("handle.max_points_single", 6, 6),
        ("pay.roll_to_workday", False, False),
        ("handle.points_after", "<12", PointsLimit(12, inclusive=False)),
        ("handle.points_after", "<= 11", PointsLimit(11, inclusive=True)),
        ("handle.points_after", "<=0", PointsLimit(0, inclusive=True)),
        ("hours.handle", "08:00-18:30", Hours(time(8), time(18, 30))),
        ("hours.handle", "00:00-24:00", Hours(time(0), time(0))),
        ("hours.handle", "03:00-24:00", Hours(time(3), time(0))),
        ("hours.handle", "22:00-06:00", Hours(time(22), time(6))),
        ("handle.capture_kinds", ["camera", "on_scene"], frozenset(CaptureKind)),
        ("reconsider.first_kinds", [], frozenset()),
        ("handle.licence_status_ok", ["A"], frozenset({LicenceStatus.NORMAL})),
        ("handle.own_plate_types", "any", None),
        ("handle.own_plate_types", ["02"], frozenset({PlateType.SMALL_VEHICLE})),
        ("handle.own_vehicle_uses", ["A"], frozenset({VehicleUse.PRIVATE})),
        ("handle.agencies", "any", None),
        ("handle.agencies", ["50", "5101"], ("50", "5101")),
        ("first_offence", OFFENCE, FirstOffence(True, 12, 6, frozenset({"1344", "1352A"}))),
        ("points.reduction", REDUCTION, ReductionLimits(6, 1, 2, 1)),
        ("text.version", "2026.1-b", "2026.1-b"),
    ],
)
def test_what_can_be_written(key: str, written: Any, value: Any) -> None:
    assert CATALOGUE[key].kind.read(written) == value


DAYS = "write a whole number from 1 to 365 (days)."
FINE = "write a whole number of fen from 0 to 100000000, such as 20000 for 200 yuan."
LIMIT = 'write "<" or "<=" and a whole number from 0 to 99, such as "<12" or "<=11".'
HOURS = 'write two different times of the day such as "08:00-18:00", or "00:00-24:00" for all day.'
BOOLEAN = "write true or false, without quotation marks."
ROUNDING = 'write one of "fen_down", "yuan_down", "yuan_half_up".'
NAME = 'write a name of letters, digits, dots and hyphens in quotation marks, such as "2024-01-01".'
SINGLE = 'write a whole number from 0 to 99 (points), or "none" for no limit.'


@pytest.mark.parametrize(
    ("key", "written", "message"),
    [
        ("pay.days", 0, f"0 cannot be used: {DAYS}"),
        ("pay.days", 366, f"366 cannot be used: {DAYS}"),
        ("pay.days", -15, f"-15 cannot be used: {DAYS}"),
        ("pay.days", 15.0, f"15.0 cannot be used: {DAYS}"),
        ("pay.days", "15", f'"15" cannot be used: {DAYS}'),
        ("pay.days", True, f"true cannot be used: {DAYS}"),
        ("pay.days", date(2024, 1, 15), f"2024-01-15 cannot be used: {DAYS}"),
        ("pay.days", "十五" * 30, f'"{"十五" * 19} … cannot be used: {DAYS}'.replace(" … ", "… ")),
        ("handle.max_fine_fen", -1, f"-1 cannot be used: {FINE}"),
        ("handle.max_fine_fen", 100_000_001, f"100000001 cannot be used: {FINE}"),
        ("handle.max_fine_fen", 200.5, f"200.5 cannot be used: {FINE}"),
        ("handle.max_fine_fen", False, f"false cannot be used: {FINE}"),
        ("handle.max_points_single", "nine", f'"nine" cannot be used: {SINGLE}'),
        ("handle.max_points_single", 100, f"100 cannot be used: {SINGLE}"),
        ("pay.roll_to_workday", "true", f'"true" cannot be used: {BOOLEAN}'),
        ("pay.roll_to_workday", 1, f"1 cannot be used: {BOOLEAN}"),
        ("handle.points_after", 12, f"12 cannot be used: {LIMIT}"),
        ("handle.points_after", "12", f'"12" cannot be used: {LIMIT}'),
        ("handle.points_after", "=<12", f'"=<12" cannot be used: {LIMIT}'),
        ("handle.points_after", "<١٢", f'"<١٢" cannot be used: {LIMIT}'),
        ("handle.points_after", "<100", f'"<100" cannot be used: {LIMIT}'),
        ("hours.handle", "8:00-18:00", f'"8:00-18:00" cannot be used: {HOURS}'),
        ("hours.handle", "08:00-24:30", f'"08:00-24:30" cannot be used: {HOURS}'),
        ("hours.handle", "24:00-08:00", f'"24:00-08:00" cannot be used: {HOURS}'),
        ("hours.handle", "08:00-08:00", f'"08:00-08:00" cannot be used: {HOURS}'),
        ("hours.handle", "00:00-00:00", f'"00:00-00:00" cannot be used: {HOURS}'),
        ("hours.handle", time(8), f"08:00:00 cannot be used: {HOURS}"),
        ("surcharge.rounding", "fen", f'"fen" cannot be used: {ROUNDING}'),
        (
            "surcharge.rounding",
            "yuan_dwn",
            f'"yuan_dwn" cannot be used: {ROUNDING} Did you mean "yuan_down"?',
        ),
        ("surcharge.rounding", 1, f"1 cannot be used: {ROUNDING}"),
        (
            "surcharge.timezone",
            "Asia/Urumqi",
            '"Asia/Urumqi" cannot be used: write "Asia/Shanghai": nothing else is supported.',
        ),
        ("text.version", "a b", f'"a b" cannot be used: {NAME}'),
        ("text.version", "", f'"" cannot be used: {NAME}'),
        ("text.version", 2024, f"2024 cannot be used: {NAME}"),
        (
            "handle.capture_kinds",
            "camera",
            '"camera" cannot be used: write a list such as ["camera", "on_scene"].',
        ),
        (
            "handle.capture_kinds",
            [],
            '[] cannot be used: write a list such as ["camera", "on_scene"].',
        ),
        (
            "handle.agencies",
            [],
            '[] cannot be used: write a list such as ["50"], or "any" for all.',
        ),
        (
            "handle.own_plate_types",
            "all",
            '"all" cannot be used: write a list such as ["01", "02"], or "any" for all.',
        ),
        (
            "points.reduction",
            6,
            "6 cannot be used: write a table {per_cycle = …, online_study = …, class_study = …,"
            " volunteering = …}.",
        ),
    ],
)
def test_what_cannot_be_written(key: str, written: Any, message: str) -> None:
    with pytest.raises(WrongValue) as caught:
        CATALOGUE[key].kind.read(written)

    assert caught.value.faults == (Fault(message),)


def test_a_list_tells_each_of_its_mistakes() -> None:
    with pytest.raises(WrongValue) as caught:
        CATALOGUE["handle.capture_kinds"].kind.read(["camera", "radar", 3, "camera"])

    assert caught.value.faults == (
        Fault('"radar" cannot be used: write one of "camera", "on_scene".', (1,)),
        Fault('3 cannot be used: write one of "camera", "on_scene".', (2,)),
        Fault('"camera" stands twice in the list: remove one.', (3,)),
    )


def test_a_table_tells_each_of_its_mistakes() -> None:
    with pytest.raises(WrongValue) as caught:
        CATALOGUE["first_offence"].kind.read(
            {"enabled": "yes", "once_in_month": 12, "clean_months": 6, "codes": ["13445A", "1344"]}
        )

    assert caught.value.faults == (
        Fault(
            'There is no "once_in_month" in this rule. Did you mean "once_in_months"?',
            ("once_in_month",),
        ),
        Fault(f'"yes" cannot be used: {BOOLEAN}', ("enabled",)),
        Fault(
            '"once_in_months" is missing: write once_in_months = a whole number from 1 to 120'
            " (months).",
            ("once_in_months",),
        ),
        Fault(
            '"13445A" cannot be used: write codes in quotation marks as in ["1344"].',
            ("codes", 0),
        ),
    )


@pytest.mark.parametrize("letter", "EFGR?")
def test_whoever_has_no_licence_is_never_let_in(letter: str) -> None:
    with pytest.raises(WrongValue, match="cannot be used: write one of"):
        CATALOGUE["handle.licence_status_ok"].kind.read(["A", letter])


@pytest.mark.parametrize("letter", "ABCDHIJKLMNPSTU")
def test_every_other_letter_is_for_the_city_to_decide(letter: str) -> None:
    assert CATALOGUE["handle.licence_status_ok"].kind.read([letter]) == {LicenceStatus(letter)}


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (Hours(time(8), time(18, 30)), Text("每天 08:00 至 18:30", "daily from 08:00 to 18:30")),
        (Hours(time(3), time(0)), Text("每天 03:00 至 24:00", "daily from 03:00 to 24:00")),
        (Hours(time(0), time(0)), Text("全天", "all day")),
    ],
)
def test_hours_in_words(hours: Hours, text: Text) -> None:
    assert CATALOGUE["hours.handle"].kind.words(hours) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "true"),
        ('a "b" 重', '"a \\"b\\" 重"'),
        ({"a": [1, "x"], "b": {}}, '{a = [1, "x"], b = {}}'),
        (date(2024, 1, 2), "2024-01-02"),
        (time(8, 30), "08:30:00"),
        (1.5, "1.5"),
    ],
)
def test_values_are_shown_as_toml(value: object, written: str) -> None:
    assert to_toml(value) == written
