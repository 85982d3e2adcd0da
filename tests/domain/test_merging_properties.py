"""Whatever answers come, in whatever order: no violation is lost, no payment is forgotten."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.merging import Merger
from domain.money import NOTHING, Money
from domain.records import Answer, CameraRecord, DecisionRecord, PaidMark, RecordChange
from domain.violations import Violation, ViolationStatus
from tests.domain.records import ACT, DRIVER, NOW, camera, decision, merger

NUMBERS = [None, "5001017900000001", "5001017900000002"]
DECISIONS = [None, "500101190000001", "500101190000002"]
ITEMS = [None, "5001012026119000000011", "5001012026119000000021"]
TIMES = [None, ACT, ACT + timedelta(days=1), ACT + timedelta(days=2)]

COMMON: dict[str, Any] = {
    "code": st.sampled_from(["1625", "1344"]),
    "occurred_at": st.sampled_from([ACT, ACT + timedelta(hours=1)]),
    "place": st.sampled_from([None, "甲", "乙"]),
    "fine": st.sampled_from([None, NOTHING, Money(20000)]),
    "paid": st.sampled_from(PaidMark),
    "change": st.sampled_from(RecordChange),
    "updated_at": st.sampled_from(TIMES),
    "violation_number": st.sampled_from(ITEMS),
}
CAMERAS = st.builds(
    camera,
    record_number=st.sampled_from(NUMBERS),
    decision_number=st.sampled_from(DECISIONS),
    handled=st.booleans(),
    **COMMON,
)
PAPERS = st.builds(
    decision,
    decision_number=st.sampled_from(DECISIONS[1:]),
    plate=st.sampled_from([None, camera().plate]),
    driver_identity_number=st.sampled_from([None, DRIVER]),
    is_warning=st.booleans(),
    **COMMON,
)
ANSWERS = st.tuples(st.just("camera"), st.lists(CAMERAS, max_size=4), st.booleans()) | st.tuples(
    st.just("decisions"), st.lists(PAPERS, max_size=4), st.booleans()
)


def apply(known: list[Violation], answer: Any, one: Merger, empty_for: int) -> list[Violation]:
    kind, records, complete = answer
    if kind == "camera":
        since = one.now - timedelta(minutes=empty_for) if empty_for else None
        return one.camera(known, Answer(tuple(records), complete), empty_since=since)
    return one.decisions(known, Answer(tuple(records), complete))


def ids() -> Iterator[UUID]:
    yield from (UUID(int=n) for n in range(1, 10_000))


@settings(max_examples=150, deadline=None)
@given(answers=st.lists(st.tuples(ANSWERS, st.integers(0, 9)), max_size=8), seed=st.integers())
def test_no_violation_ever_disappears(answers: list[Any], seed: int) -> None:
    made = ids()
    known: list[Violation] = []
    for step, (answer, empty_for) in enumerate(answers):
        one = merger(NOW + timedelta(hours=step), lambda: next(made))
        before = {row.id for row in known}
        # The database gives rows in any order.
        random.Random(seed).shuffle(known)
        known = apply(known, answer, one, empty_for)

        assert before <= {row.id for row in known}
        assert len({row.id for row in known}) == len(known)
        numbers = [row.record_number for row in known if row.record_number]
        assert len(numbers) == len(set(numbers)), "the table's unique index would refuse this"
        for row in known:
            assert isinstance(row.status, ViolationStatus)
            assert row.decision_number is not None or row.decision_paid is None


@st.composite
def views(draw: st.DrawFn) -> tuple[str, list[Any], bool]:
    """An answer about up to three acts, each told truly, with whatever is left out."""
    acts = draw(st.lists(st.integers(1, 3), unique=True, max_size=3))
    kind = draw(st.sampled_from(["camera", "decisions"]))
    records = [_view(draw, kind, act) for act in acts]
    return kind, records, draw(st.booleans())


def _view(draw: st.DrawFn, kind: str, act: int) -> CameraRecord | DecisionRecord:
    def sometimes(value: str) -> str | None:
        return draw(st.sampled_from([None, value]))

    told: dict[str, Any] = {
        "occurred_at": ACT + timedelta(hours=act),
        "place": sometimes(f"place {act}"),
        "violation_number": sometimes(f"item {act}"),
        "updated_at": draw(st.sampled_from(TIMES)),
        "paid": draw(st.sampled_from(PaidMark)),
        "fine": draw(st.sampled_from([None, NOTHING, Money(20000)])),
        "change": draw(st.sampled_from(RecordChange)),
    }
    if kind == "decisions":
        return decision(decision_number=f"decision {act}", **told)
    numbers = {
        "record_number": sometimes(f"record {act}"),
        "decision_number": sometimes(f"decision {act}"),
    }
    return camera(**numbers, **told, handled=draw(st.booleans()))


@settings(max_examples=150, deadline=None)
@given(answers=st.lists(views(), min_size=1, max_size=6), seed=st.integers())
def test_the_same_answer_twice_changes_nothing(answers: list[Any], seed: int) -> None:
    made = ids()
    known: list[Violation] = []
    for answer in answers:
        one = merger(NOW, lambda: next(made))
        random.Random(seed).shuffle(known)
        known = apply(known, answer, one, 0)
        again = apply(known, answer, one, 0)

        assert again == known
        # However little each record tells, one act is one violation.
        acts = {(row.code, row.occurred_at) for row in known}
        assert len(acts) == len(known)


@settings(max_examples=150, deadline=None)
@given(
    answers=st.lists(st.tuples(ANSWERS, st.integers(0, 9)), max_size=8),
)
def test_paid_by_both_is_never_lost(answers: list[Any]) -> None:
    """Neither silence nor old news takes a payment back: only a newer row of the register may."""
    paid = PaidMark.PAID
    newest = ACT + timedelta(days=10)
    both = camera(
        handled=True,
        paid=paid,
        decision_number="500101190000009",
        violation_number="5001012026119000000091",
        record_number="5001017900000009",
        updated_at=newest,
    )
    paper = decision(
        paid=paid,
        decision_number=both.decision_number,
        violation_number=both.violation_number,
        updated_at=newest,
    )
    known = merger().camera([], Answer((both,), complete=True))
    [mine] = known = merger().decisions(known, Answer((paper,), complete=True))
    assert mine.status is ViolationStatus.PAID

    for step, (answer, empty_for) in enumerate(answers):
        dated = answer[0], [_old(record) for record in answer[1]], answer[2]
        known = apply(known, dated, merger(NOW + timedelta(hours=step)), empty_for)

    [row] = [row for row in known if row.id == mine.id]
    assert row.status is ViolationStatus.PAID
    assert replace(row, missing_since=None) == mine


def _old(record: CameraRecord | DecisionRecord) -> CameraRecord | DecisionRecord:
    return replace(record, updated_at=record.updated_at or ACT)
