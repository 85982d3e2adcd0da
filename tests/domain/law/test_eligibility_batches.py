"""Several violations in one go (rules R3, R6, R7; order 163, art. 14): no order counts."""

from collections.abc import Sequence
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.failures import BadRequest
from domain.law.cases import Case, VehicleFacts
from domain.law.eligibility import MAX_BATCH, batch_eligibility, eligibility
from domain.money import Money
from domain.plates import Plate, PlateType
from domain.refusals import Refusal, RefusalCode
from domain.rules.values import BatchBeyondLimit, PointsLimit, Rules
from tests.domain.law.cases import (
    BELOW_12,
    UP_TO_11,
    UP_TO_12,
    but,
    case,
    granted,
    licence,
    rules,
    violation,
)

Code = RefusalCode
ALLOW = rules(handle_same_vehicle_batch_over_12=BatchBeyondLimit.ALLOW)
WINDOW = rules()

# A batch is written as vehicle letter and points: "A6 A6 B1".
Batch = list[Case]


def batch(written: str, before: int = 0) -> Batch:
    return [
        on_vehicle(one[0], None if one[1:] == "?" else int(one[1:]), before, number)
        for number, one in enumerate(written.split())
    ]


def on_vehicle(letter: str, points: int | None, before: int, number: int) -> Case:
    plate = Plate(PlateType.SMALL_VEHICLE, f"渝{letter}12345")
    own = case(
        licence=licence(points=before), violation=violation(id=UUID(int=number), points=points)
    )
    return but(own, "vehicle", plate=plate)


def told(cases: Sequence[Case], city: Rules) -> list[list[str]]:
    answers = batch_eligibility(cases, city)
    return [
        [f"{one.code.value}.{one.detail}" if one.detail else one.code.value for one in answers[c]]
        for c in (case.violation.id for case in cases)
    ]


REACH, FULL = "POINTS_WOULD_REACH_12", "POINTS_FULL"


@pytest.mark.parametrize(
    ("written", "before", "at_window", "allowed_online"),
    [
        # Within the limit.
        ("A6", 0, [[]], [[]]),
        ("A6 B5", 0, [[], []], [[], []]),
        ("A3 A3 A3", 2, [[], [], []], [[], [], []]),
        # One vehicle beyond the limit: a window may handle it in one go, online only if R6 says so.
        ("A6 A6", 0, [[REACH + ".same_vehicle"]] * 2, [[], []]),
        ("A9 A9 A0", 0, [*[[REACH + ".same_vehicle"]] * 2, []], [[], [], []]),
        # But each must fit by itself.
        ("A6 A3", 8, [[REACH], [REACH + ".same_vehicle"]], [[REACH], []]),
        ("A12", 0, [[REACH]], [[REACH]]),
        # Two vehicles: nobody is first, so neither is allowed.
        ("A6 B6", 0, [[REACH + ".batch"]] * 2, [[REACH + ".batch"]] * 2),
        ("A6 B6 C0", 0, [*[[REACH + ".batch"]] * 2, [FULL + ".batch"]], None),
        # One vehicle alone fills the points: the other's are refused, even those without points.
        (
            "A6 A6 B1",
            0,
            [*[[REACH + ".same_vehicle"]] * 2, [FULL + ".batch", REACH + ".batch"]],
            [[], [], [FULL + ".batch", REACH + ".batch"]],
        ),
        (
            "A6 A6 B0",
            0,
            [*[[REACH + ".same_vehicle"]] * 2, [FULL + ".batch"]],
            [[], [], [FULL + ".batch"]],
        ),
        # Full before: nothing any more.
        ("A0 B0", 12, [[FULL], [FULL]], [[FULL], [FULL]]),
        ("A3", 12, [[FULL, REACH]], [[FULL, REACH]]),
        # Unknown points of one are in the way of all.
        (
            "A? A0 B0",
            0,
            [["AMOUNT_UNKNOWN.points"], ["AMOUNT_UNKNOWN.others"], ["AMOUNT_UNKNOWN.others"]],
            None,
        ),
        ("A? B?", 0, [["AMOUNT_UNKNOWN.points", "AMOUNT_UNKNOWN.others"]] * 2, None),
    ],
)
def test_points_of_a_batch(
    written: str,
    before: int,
    at_window: list[list[str]],
    allowed_online: list[list[str]] | None,
) -> None:
    assert told(batch(written, before), WINDOW) == at_window
    assert told(batch(written, before), ALLOW) == (allowed_online or at_window)


def test_the_numbers_that_are_told() -> None:
    cases = batch("A6 A5 B3", before=2)
    of_vehicle = {"points": "2", "after": "13", "limit": "11"}
    of_all = {"points": "2", "after": "16", "limit": "11"}
    full = Refusal(Code.POINTS_FULL, "batch", {"points": "13", "limit": "12"})

    assert [*batch_eligibility(cases, WINDOW).values()] == [
        (Refusal(Code.POINTS_WOULD_REACH_12, "same_vehicle", of_vehicle),),
        (Refusal(Code.POINTS_WOULD_REACH_12, "same_vehicle", of_vehicle),),
        (full, Refusal(Code.POINTS_WOULD_REACH_12, "batch", of_all)),
    ]
    assert [*batch_eligibility(cases, ALLOW).values()] == [
        (),
        (),
        (full, Refusal(Code.POINTS_WOULD_REACH_12, "batch", of_all)),
    ]


def test_other_vehicles_after_full_points_where_a_city_allows_it() -> None:
    city = rules(
        handle_after_full_other_vehicles=True,
        handle_points_after=PointsLimit(99, inclusive=True),
    )

    assert told(batch("A12 B12 C0"), city) == [[], [], []]


def test_fines_are_never_added_up() -> None:
    most = [but(one, "violation", fine=Money(20000)) for one in batch(" ".join(["A0"] * MAX_BATCH))]
    one_over = [*most[:-1], but(most[-1], "violation", fine=Money(20001))]

    assert told(most, WINDOW) == [[]] * 20
    assert told(one_over, WINDOW) == [*[[]] * 19, ["FINE_OVER_LIMIT"]]


def test_other_peoples_vehicles_of_a_batch_are_counted_together() -> None:
    def others(count: int) -> Batch:
        return [
            but(
                granted(violation=violation(id=UUID(int=n), points=0)),
                "vehicle",
                plate=Plate(PlateType.SMALL_VEHICLE, f"渝A0000{n}"),
            )
            for n in range(count)
        ]

    own = batch("A0")[0]
    own = but(own, "violation", id=UUID(int=99))

    assert told([*others(3), own], WINDOW) == [[], [], [], []]
    assert told([*others(4), own], WINDOW) == [["POINT_TRADING_SUSPECTED.plates"]] * 5


def test_a_violation_without_a_plate_is_refused_by_itself() -> None:
    known, without = batch("A3 A3")

    assert told([known, but(without, "", vehicle=None)], WINDOW) == [
        [],
        ["VEHICLE_KIND.no_plate"],
    ]


def test_the_same_violation_twice_is_a_mistake_of_the_client() -> None:
    first, second = batch("A0 B0")

    with pytest.raises(BadRequest) as failure:
        batch_eligibility([first, second, but(second, "violation", id=first.violation.id)], WINDOW)

    assert failure.value.text_key == "repeated_id"


def test_more_than_twenty_are_a_mistake_of_the_client() -> None:
    with pytest.raises(BadRequest) as failure:
        batch_eligibility(batch(" ".join(["A0"] * 21)), WINDOW)

    assert (failure.value.text_key, failure.value.values) == ("too_many_ids", {"limit": "20"})


def test_no_violations_no_answers() -> None:
    assert batch_eligibility([], WINDOW) == {}


BATCHES = st.builds(
    lambda parts, before: batch(" ".join(parts), before),
    st.lists(
        st.builds("{}{}".format, st.sampled_from("ABC"), st.sampled_from([0, 1, 3, 6, 9, 12, "?"])),
        max_size=5,
    ),
    st.integers(0, 13),
)
CITIES = st.builds(
    rules,
    handle_points_after=st.sampled_from([BELOW_12, UP_TO_12, UP_TO_11]),
    handle_same_vehicle_batch_over_12=st.sampled_from(BatchBeyondLimit),
    handle_after_full_other_vehicles=st.booleans(),
    handle_max_points_single=st.sampled_from([None, 6]),
)


@settings(deadline=None)
@given(cases=BATCHES, city=CITIES, random=st.randoms(use_true_random=False))
def test_the_order_changes_nothing(cases: Batch, city: Rules, random: object) -> None:
    shuffled = list(cases)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert batch_eligibility(shuffled, city) == batch_eligibility(cases, city)


@settings(deadline=None)
@given(cases=BATCHES, city=CITIES)
def test_a_batch_of_one_is_the_violation_by_itself(cases: Batch, city: Rules) -> None:
    for one in cases:
        assert batch_eligibility([one], city) == {one.violation.id: eligibility(one, city)}


@settings(deadline=None)
@given(cases=BATCHES, city=CITIES, data=st.data())
def test_what_is_allowed_together_is_allowed_in_every_part(
    cases: Batch, city: Rules, data: st.DataObject
) -> None:
    if any(batch_eligibility(cases, city).values()):
        return
    part = [one for one in cases if data.draw(st.booleans())]

    assert not any(batch_eligibility(part, city).values())
    assert all(eligibility(one, city) == () for one in cases)


@settings(deadline=None)
@given(cases=BATCHES, city=CITIES, more=BATCHES)
def test_one_more_violation_never_helps_another(cases: Batch, city: Rules, more: Batch) -> None:
    added = [
        but(but(one, "violation", id=UUID(int=100 + n)), "licence", points=_before(cases))
        for n, one in enumerate(more)
    ]

    with_more = batch_eligibility([*cases, *added], city)

    for violation_id, reasons in batch_eligibility(cases, city).items():
        assert not reasons or with_more[violation_id]


@settings(deadline=None)
@given(cases=BATCHES, city=CITIES)
def test_refused_is_what_some_order_of_handling_would_refuse(cases: Batch, city: Rules) -> None:
    known = [one for one in cases if one.violation.points is not None]

    answers = batch_eligibility(known, city)

    refused_in_some_order = {
        violation_id for order in permutations(known) for violation_id in _refused(order, city)
    }
    assert {violation_id for violation_id, told in answers.items() if told} == refused_in_some_order


def _before(cases: Batch) -> int:
    for one in cases:
        return _points(one)
    return 0


def _points(one: Case) -> int:
    points = getattr(one.licence, "points", None)
    assert isinstance(points, int)
    return points


def _refused(order: Sequence[Case], city: Rules) -> set[UUID]:
    """What an officer would refuse who took them one after the other, and wrote each down."""
    refused: set[UUID] = set()
    written: list[tuple[VehicleFacts | None, int]] = []
    for one in order:
        points = one.violation.points or 0
        total = _points(one) + sum(taken for _, taken in written)
        elsewhere = _points(one) + sum(taken for car, taken in written if car != one.vehicle)
        counted = elsewhere if city.handle_same_vehicle_batch_over_12.value == "allow" else total
        if (
            (elsewhere >= 12 and not city.handle_after_full_other_vehicles)
            or (points > 0 and not city.handle_points_after.allows(counted + points))
            or points > (city.handle_max_points_single or 99)
        ):
            refused.add(one.violation.id)
        written.append((one.vehicle, points))
    return refused
