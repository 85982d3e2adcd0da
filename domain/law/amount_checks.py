"""What stands against it in the amounts: the fine and the points (rules R2-R7)."""

from collections.abc import Iterator
from datetime import date

from domain.law.cases import Case, LicenceFacts, NoLicence
from domain.law.together import Together
from domain.refusals import Refusal, RefusalCode
from domain.rules.values import BatchBeyondLimit, PointsLimit, Rules


def amount_refusals(case: Case, rules: Rules, together: Together) -> Iterator[Refusal]:
    """
    Why it costs too much to be accepted online. The fine is judged one by one, never as a sum.

    What the agency has yet to set cannot be accepted unseen.
    """
    violation = case.violation
    if violation.fine is None:
        yield Refusal(RefusalCode.AMOUNT_UNKNOWN)
    elif violation.fine > rules.handle_max_fine:
        values = {"fine": violation.fine.yuan, "limit": rules.handle_max_fine.yuan}
        yield Refusal(RefusalCode.FINE_OVER_LIMIT, values=values)
    if violation.points is None:
        yield Refusal(RefusalCode.AMOUNT_UNKNOWN, "points")
    if together.others_unknown:
        yield Refusal(RefusalCode.AMOUNT_UNKNOWN, "others")
    licence = case.licence
    if violation.points:
        yield from _single_refusals(violation.points, licence, rules)
    if isinstance(licence, LicenceFacts):
        yield from _sum_refusals(violation.points or 0, licence, rules, together)


def _single_refusals(
    points: int, licence: LicenceFacts | NoLicence | None, rules: Rules
) -> Iterator[Refusal]:
    limit = rules.handle_max_points_single
    if limit is not None and points > limit:
        values = {"points": str(points), "limit": str(limit)}
        yield Refusal(RefusalCode.SINGLE_POINTS_OVER_LIMIT, values=values)
    if isinstance(licence, LicenceFacts) and not rules.handle_large_class_points:
        if not licence.classes:
            yield Refusal(RefusalCode.LARGE_CLASS_POINTS, "unknown_class")
        elif any(one[0] in "AB" for one in licence.classes):
            yield Refusal(RefusalCode.LARGE_CLASS_POINTS)


def _sum_refusals(
    points: int, licence: LicenceFacts, rules: Rules, together: Together
) -> Iterator[Refusal]:
    """The points so far, with these and with those of the others."""
    before = licence.points
    if before is None:
        yield Refusal(RefusalCode.UPSTREAM_UNAVAILABLE, "licence_points")
        return
    if not rules.handle_after_full_other_vehicles:
        yield from _full(before, rules.points_limit, together)
    if points:
        yield from _beyond(before, points, licence, rules, together)


def _full(before: int, limit: int, together: Together) -> Iterator[Refusal]:
    """
    From full points on no other vehicle's violations may be handled (order 163, art. 14; R7).

    Nobody knows on which vehicle earlier points were taken, so every one counts as another. Within
    a batch, each vehicle's come last: in no order may the others have filled the points before.
    """
    reached = before + together.points_elsewhere
    if reached >= limit:
        detail = None if before >= limit else "batch"
        values = {"points": str(reached), "limit": str(limit)}
        yield Refusal(RefusalCode.POINTS_FULL, detail, values)


def _beyond(
    before: int, points: int, licence: LicenceFacts, rules: Rules, together: Together
) -> Iterator[Refusal]:
    """
    The city's limit on the points after handling (R3), by itself and with the others (R6).

    Several violations of one vehicle may lawfully go beyond it in one go (order 163, art. 14):
    where a city allows that online, each must only fit by itself beside other vehicles' points.
    """
    limit = rules.handle_points_after
    at_window = rules.handle_same_vehicle_batch_over_12 is BatchBeyondLimit.WINDOW
    alone = before + points
    of_vehicle = before + together.points - together.points_elsewhere
    of_all = before + together.points
    if limit.allows(of_all if at_window else alone + together.points_elsewhere):
        return
    if not limit.allows(alone):
        yield _too_many(before, alone, limit, licence.cycle_ends_on)
    elif at_window and not limit.allows(of_vehicle):
        yield _too_many(before, of_vehicle, limit, detail="same_vehicle")
    else:
        yield _too_many(before, of_all, limit, detail="batch")


def _too_many(
    before: int,
    after: int,
    limit: PointsLimit,
    cycle_ends_on: date | None = None,
    detail: str | None = None,
) -> Refusal:
    most = limit.bound if limit.inclusive else limit.bound - 1
    values = {"points": str(before), "after": str(after), "limit": str(most)}
    if cycle_ends_on is not None:
        detail, values["date"] = "dated", cycle_ends_on.isoformat()
    return Refusal(RefusalCode.POINTS_WOULD_REACH_12, detail, values)
