"""What an act costs: the record, the table, the lighter law, warnings, one act under two rules."""

import random
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.codes import CodeTable, load_codes
from domain.law.penalties import Penalty, PenaltyKind, Source, highest, penalty_for
from domain.law.ranges import FineRange
from domain.money import NOTHING, Money
from tests.domain.law.city import rules
from tests.domain.law.codebook import BEFORE_2022, row, table

LAST_OLD_DAY = date(2022, 3, 31)
FIRST_NEW_DAY = date(2022, 4, 1)
DECIDED = date(2026, 11, 2)

RECORD, AT_ACT, LIGHTER = Source.RECORD, Source.LAW_AT_ACT, Source.LIGHTER_LAW_AT_DECISION
FINE, WARNING, TO_BE_SET = PenaltyKind.FINE, PenaltyKind.WARNING, PenaltyKind.TO_BE_SET


def of(codes: CodeTable, occurred_on: date, decided_on: date = DECIDED, **facts: Any) -> Penalty:
    city = facts.pop("city", rules())
    return penalty_for("1345", occurred_on, decided_on, codes, city, **facts)


def eras(old: tuple[int | None, int | None], new: tuple[int | None, int | None]) -> CodeTable:
    """Fine (yuan) and points of code 1345 before and since 1 April 2022."""
    fines = [None if fine is None else fine * 100 for fine, _ in (old, new)]
    return table(
        row("1345", fines[0], old[1], basis="旧", **BEFORE_2022),
        row("1345", fines[1], new[1], basis="新"),
    )


def amounts(penalty: Penalty) -> tuple[str | None, int | None]:
    return penalty.fine.yuan if penalty.fine else None, penalty.points


MARKINGS = eras((100, 3), (100, 1))
PHONE = eras((100, 2), (50, 3))
GUIDE_LANE = eras((100, 2), (100, 0))
SAME = eras((200, 6), (200, 6))


@pytest.mark.parametrize(
    ("codes", "occurred_on", "decided_on", "expected", "sources"),
    [
        # Under one law from act to decision.
        (MARKINGS, LAST_OLD_DAY, LAST_OLD_DAY, ("100.00", 3), (AT_ACT, AT_ACT)),
        (MARKINGS, FIRST_NEW_DAY, FIRST_NEW_DAY, ("100.00", 1), (AT_ACT, AT_ACT)),
        # The milder law of the day of decision applies: 3 -> 1, 2 -> 0.
        (MARKINGS, LAST_OLD_DAY, FIRST_NEW_DAY, ("100.00", 1), (AT_ACT, LIGHTER)),
        (GUIDE_LANE, LAST_OLD_DAY, FIRST_NEW_DAY, ("100.00", 0), (AT_ACT, LIGHTER)),
        # The heavier one does not: 2 -> 3; a fine and points are compared each for itself.
        (PHONE, LAST_OLD_DAY, FIRST_NEW_DAY, ("50.00", 2), (LIGHTER, AT_ACT)),
        (PHONE, FIRST_NEW_DAY, DECIDED, ("50.00", 3), (AT_ACT, AT_ACT)),
        (SAME, LAST_OLD_DAY, DECIDED, ("200.00", 6), (AT_ACT, AT_ACT)),
        # A decision cannot come before the act: such a day is not believed.
        (MARKINGS, FIRST_NEW_DAY, date(2015, 1, 1), ("100.00", 1), (AT_ACT, AT_ACT)),
        (PHONE, FIRST_NEW_DAY, date(2015, 1, 1), ("50.00", 3), (AT_ACT, AT_ACT)),
    ],
)
def test_the_law_of_the_act_unless_that_of_the_decision_is_milder(
    codes: CodeTable,
    occurred_on: date,
    decided_on: date,
    expected: tuple[str, int],
    sources: tuple[Source, Source],
) -> None:
    penalty = of(codes, occurred_on, decided_on)

    assert penalty.kind is FINE
    assert amounts(penalty) == expected
    assert (penalty.fine_source, penalty.points_source) == sources
    assert penalty.lighter_rule_applied == (LIGHTER in sources)


def test_a_city_may_hold_that_the_lighter_rule_is_for_fines_only() -> None:
    """R24: the principle is written for penalties (penalty law, art. 37)."""
    penalty = of(eras((200, 3), (100, 1)), LAST_OLD_DAY, city=rules(points_lex_mitior=False))

    assert amounts(penalty) == ("100.00", 3)
    assert (penalty.fine_source, penalty.points_source) == (LIGHTER, AT_ACT)


@pytest.mark.parametrize(
    ("codes", "kind", "expected", "sources"),
    [
        # The milder law is not known: the law of the act.
        (eras((100, 3), (None, None)), FINE, ("100.00", 3), (AT_ACT, AT_ACT)),
        # The law of the act is not known: no guess, though the later one is.
        (eras((None, None), (100, 3)), TO_BE_SET, (None, None), (Source.UNKNOWN, Source.UNKNOWN)),
        # No points is the least there can be.
        (eras((None, None), (100, 0)), TO_BE_SET, (None, 0), (Source.UNKNOWN, LIGHTER)),
        (eras((100, 0), (100, 3)), FINE, ("100.00", 0), (AT_ACT, AT_ACT)),
        (eras((100, 0), (100, 0)), FINE, ("100.00", 0), (AT_ACT, AT_ACT)),
        (eras((None, None), (0, None)), WARNING, ("0.00", 0), (LIGHTER, Source.WARNING)),
        (eras((0, 0), (0, 0)), WARNING, ("0.00", 0), (AT_ACT, Source.WARNING)),
    ],
)
def test_what_one_of_the_laws_does_not_tell(
    codes: CodeTable, kind: PenaltyKind, expected: tuple[str, int], sources: tuple[Source, Source]
) -> None:
    penalty = of(codes, LAST_OLD_DAY)

    assert penalty.kind is kind
    assert amounts(penalty) == expected
    assert (penalty.fine_source, penalty.points_source) == sources


@pytest.mark.parametrize(
    ("recorded", "expected", "sources"),
    [
        ({}, ("100.00", 1), (AT_ACT, LIGHTER)),
        ({"recorded_fine": Money(20001)}, ("200.01", 1), (RECORD, LIGHTER)),
        ({"recorded_points": 3}, ("100.00", 3), (AT_ACT, RECORD)),
        ({"recorded_points": 0}, ("100.00", 0), (AT_ACT, RECORD)),
        ({"recorded_fine": Money(1), "recorded_points": 12}, ("0.01", 12), (RECORD, RECORD)),
    ],
)
def test_the_amounts_of_the_record_win(
    recorded: dict[str, Any], expected: tuple[str, int], sources: tuple[Source, Source]
) -> None:
    penalty = of(MARKINGS, LAST_OLD_DAY, **recorded)

    assert amounts(penalty) == expected
    assert (penalty.fine_source, penalty.points_source) == sources


NOTHING_KNOWN = Penalty(TO_BE_SET, None, Source.UNKNOWN, None, None, Source.UNKNOWN, ())


@pytest.mark.parametrize("code", ["1345", "13451", "1", "", "7045", "13 45", "1000", "4701"])
def test_a_code_the_table_lacks_is_to_be_set_and_never_read_from_its_digits(code: str) -> None:
    codes = table(row("1625", 20000, 6))

    assert penalty_for(code, DECIDED, DECIDED, codes, rules()) == NOTHING_KNOWN


def test_what_the_record_tells_leaves_the_rest_to_the_milder_law() -> None:
    codes = eras((200, 6), (100, 3))

    assert amounts(of(codes, LAST_OLD_DAY, recorded_points=6)) == ("100.00", 6)
    assert amounts(of(codes, LAST_OLD_DAY, recorded_fine=Money(20000))) == ("200.00", 3)


def test_a_record_needs_no_table() -> None:
    penalty = penalty_for(
        "99999", DECIDED, DECIDED, table(), rules(), recorded_fine=Money(15000), recorded_points=2
    )

    assert penalty == Penalty(FINE, Money(15000), RECORD, None, 2, RECORD, ())


def test_a_provincial_code_has_the_range_of_its_national_one_but_not_its_amounts() -> None:
    codes = table(row("1625", 20000, 6, basis="道交法38条;90条"))

    penalty = penalty_for("16259", DECIDED, DECIDED, codes, rules())

    assert penalty == Penalty(
        TO_BE_SET,
        None,
        Source.UNKNOWN,
        FineRange(Money(2000), Money(20000), "道交法90条"),
        None,
        Source.UNKNOWN,
        ("道交法38条;90条",),
    )


@pytest.mark.parametrize(
    ("changed", "points", "source"),
    [
        ({"is_warning": True}, 0, Source.WARNING),
        ({"is_warning": True, "recorded_points": 3}, 0, Source.WARNING),
        ({"is_warning": True, "recorded_fine": Money(5000)}, 0, Source.WARNING),
        ({"recorded_fine": Money(0)}, 0, Source.WARNING),
        ({"recorded_fine": NOTHING, "recorded_points": 1}, 0, Source.WARNING),
        # Where a city lets warnings carry points (R30).
        (
            {
                "is_warning": True,
                "recorded_points": 3,
                "city": rules(warning_no_points_no_pay=False),
            },
            3,
            RECORD,
        ),
    ],
)
def test_a_warning_costs_nothing_and_carries_no_points(
    changed: dict[str, Any], points: int, source: Source
) -> None:
    penalty = of(MARKINGS, LAST_OLD_DAY, **changed)

    assert (penalty.kind, penalty.fine, penalty.fine_source) == (WARNING, NOTHING, RECORD)
    assert (penalty.points, penalty.points_source) == (points, source)


def test_what_the_new_law_only_warns_of_is_a_warning() -> None:
    penalty = of(eras((50, 3), (0, 3)), LAST_OLD_DAY)

    assert (penalty.kind, penalty.fine, penalty.points) == (WARNING, NOTHING, 0)
    assert penalty.fine_source is LIGHTER


@pytest.mark.parametrize(
    ("occurred_on", "basis"),
    [(LAST_OLD_DAY, ("旧", "新")), (FIRST_NEW_DAY, ("新",))],
)
def test_the_basis_names_the_milder_law_too(occurred_on: date, basis: tuple[str, ...]) -> None:
    assert of(MARKINGS, occurred_on).basis == basis


def test_the_basis_of_a_heavier_law_is_not_named() -> None:
    assert of(eras((100, 2), (200, 3)), LAST_OLD_DAY).basis == ("旧",)
    assert of(SAME, LAST_OLD_DAY).basis == ("旧",)


OURS = row("1345", 10000, None, province="重庆")
HIGHWAY = row("1345", 15000, None, province="重庆", agency="5099")
ONE_HIGHWAY = row("1345", 17500, None, province="重庆", agency="509901")
NOBODYS = row("1345", 5000, None)
THEIRS = row("1345", 20000, 3, province="四川")


@pytest.mark.parametrize(
    ("rows", "agency", "fine"),
    [
        ([OURS, NOBODYS, THEIRS], None, "100.00"),
        ([OURS, NOBODYS, THEIRS], "500101000000", "100.00"),
        ([NOBODYS, THEIRS], "500101000000", "50.00"),
        # The standard of the place of the act, not ours (order 157, art. 5).
        ([OURS, NOBODYS, THEIRS], "510100000000", "200.00"),
        ([OURS, NOBODYS], "510100000000", None),
        ([OURS, NOBODYS], "230100000000", None),
        # An agency may have its own, and the most precise one counts.
        ([HIGHWAY, OURS, ONE_HIGHWAY], "500101000000", "100.00"),
        ([HIGHWAY, OURS, ONE_HIGHWAY], "509902000000", "150.00"),
        ([HIGHWAY, OURS, ONE_HIGHWAY], "509901000000", "175.00"),
        ([HIGHWAY], None, None),
        # A number no province has tells nothing about the place.
        ([OURS], "990000000000", "100.00"),
    ],
)
def test_the_fine_is_the_standard_of_the_place(
    rows: list[Any], agency: str | None, fine: str | None
) -> None:
    assert amounts(of(table(*rows), DECIDED, agency=agency))[0] == fine


@pytest.mark.parametrize(
    ("rows", "points"),
    [
        ([OURS], None),
        ([THEIRS], 3),
        ([OURS, THEIRS], 3),
        ([OURS, THEIRS, row("1345", 1, 3, province="广东")], 3),
        # They disagree, and none is ours.
        ([OURS, THEIRS, row("1345", 1, 1, province="广东")], None),
        ([row("1345", 1, 1, province="重庆"), THEIRS], 1),
        # Of another era.
        ([OURS, row("1345", 1, 2, province="四川", **BEFORE_2022)], None),
    ],
)
def test_points_are_the_same_in_all_provinces(rows: list[Any], points: int | None) -> None:
    assert of(table(*rows), DECIDED).points == points


def penalty(fine_yuan: float | None, points: int | None = 0, most: int | None = None) -> Penalty:
    bounds = None if most is None else FineRange(Money(500), Money(most * 100), "")
    fine = None if fine_yuan is None else Money(round(fine_yuan * 100))
    kind = TO_BE_SET if fine is None else FINE
    return Penalty(kind, fine, RECORD, bounds, points, RECORD, ())


@pytest.mark.parametrize(
    ("several", "chosen"),
    [
        ([penalty(50), penalty(200), penalty(100)], 1),
        ([penalty(200), penalty(200.01)], 1),
        ([penalty(0), penalty(50)], 1),
        ([penalty(100)], 0),
        # Of equal fines the one with fewer points; unknown points are no advantage.
        ([penalty(100, 3), penalty(100, 1)], 1),
        ([penalty(100, None), penalty(100, 12)], 1),
        # Still to be set, and perhaps higher.
        ([penalty(200), penalty(None)], 1),
        ([penalty(200), penalty(None, most=2000)], 1),
        # Still to be set, but never higher.
        ([penalty(200), penalty(None, most=200)], 0),
        ([penalty(200), penalty(None, most=50)], 0),
        ([penalty(None, most=50), penalty(None, most=200)], 1),
    ],
)
def test_one_act_under_several_rules_is_fined_once_and_by_the_highest(
    several: list[Penalty], chosen: int
) -> None:
    for order in permutations(several):
        assert highest(order) is several[chosen]


def test_of_no_penalty_none_is_the_highest() -> None:
    with pytest.raises(ValueError, match="empty"):
        highest([])


AMOUNTS = st.none() | st.integers(0, 20)
ERA = st.tuples(AMOUNTS, AMOUNTS)


@given(old=ERA, new=ERA, decided_after=st.integers(0, 4000))
def test_never_heavier_than_either_law(
    old: tuple[int | None, int | None], new: tuple[int | None, int | None], decided_after: int
) -> None:
    decided_on = FIRST_NEW_DAY + timedelta(days=decided_after)
    found = of(eras(old, new), LAST_OLD_DAY, decided_on)

    for fine, points in (old, new):
        assert found.fine is None or fine is None or found.fine <= Money(fine * 100)
        assert found.points is None or points is None or found.points <= points


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), min_size=1, max_size=6), st.randoms())
def test_the_order_of_the_rules_does_not_matter(
    drawn: list[tuple[int | None, int | None, int | None]], chance: random.Random
) -> None:
    several = [penalty(*one) for one in drawn]
    shuffled = list(several)
    chance.shuffle(shuffled)

    assert highest(shuffled).kind is highest(several).kind
    assert amounts(highest(shuffled)) == amounts(highest(several))


PACKAGED = load_codes("重庆")


@pytest.mark.parametrize(
    ("code", "old_act_then", "old_act_decided_later", "new_act"),
    [
        # The number of an act against signs and markings is another one since 2022.
        ("1344", 3, 1, None),
        ("1345", 3, 1, None),
        ("1116", None, None, 1),
        ("1352A", 3, 0, 0),
        ("1208", 2, 0, 0),
        ("1211", 2, 0, 0),
        ("1223", 2, 2, 3),
        ("1625", 6, 6, 6),
        ("1636", 6, 3, 3),
        ("4204", 2, 1, 1),
        ("6011", 0, 0, 1),
    ],
)
def test_points_of_the_packaged_table_on_both_sides_of_2022(
    code: str, old_act_then: int | None, old_act_decided_later: int | None, new_act: int | None
) -> None:
    found = [
        penalty_for(code, occurred_on, decided_on, PACKAGED, rules()).points
        for occurred_on, decided_on in (
            (LAST_OLD_DAY, LAST_OLD_DAY),
            (LAST_OLD_DAY, FIRST_NEW_DAY),
            (FIRST_NEW_DAY, FIRST_NEW_DAY),
        )
    ]

    assert found == [old_act_then, old_act_decided_later, new_act]


def test_a_code_that_still_has_its_number_has_no_other() -> None:
    codes = table(row("1345", 10000, 3, **BEFORE_2022), row("1345", 10000, 2), row("1117", 5000, 1))

    assert amounts(of(codes, LAST_OLD_DAY)) == ("100.00", 2)


@pytest.mark.parametrize("code", sorted(PACKAGED.rows))
def test_every_packaged_code_has_a_penalty_that_hangs_together(code: str) -> None:
    for day in (date(2010, 1, 1), date(2018, 1, 1), LAST_OLD_DAY, FIRST_NEW_DAY, DECIDED):
        found = penalty_for(code, day, DECIDED, PACKAGED, rules())

        assert (found.fine is None) == (found.kind is TO_BE_SET)
        assert (found.points is None) == (found.points_source is Source.UNKNOWN)
        assert found.points in {None, 0, 1, 2, 3, 6, 9, 12}
        assert found.kind is not WARNING
