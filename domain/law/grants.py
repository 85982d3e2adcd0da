"""Acting for another person's vehicle, with the owner's permission (rules R11-R15)."""

from collections.abc import Iterator
from datetime import date

from domain.law.cases import Case, GrantFacts, Relation
from domain.law.months import add_days
from domain.refusals import Refusal, RefusalCode
from domain.rules.values import Rules
from domain.times import legal_day


def grant_refusals(case: Case, rules: Rules) -> Iterator[Refusal]:
    """Why the owner's permission is missing or does not reach so far."""
    vehicle, grant = case.vehicle, case.grant
    if vehicle is None or vehicle.relation is Relation.OWNER:
        return
    has_points = bool(case.violation.points)
    if has_points and not rules.handle_other_vehicle_points:
        yield Refusal(RefusalCode.OTHERS_VEHICLE_POINTS)
    if vehicle.relation is Relation.NONE or grant is None:
        yield Refusal(RefusalCode.GRANT_REQUIRED)
        return
    yield from _term_refusals(grant, legal_day(case.now), rules)
    yield from quota_refusals(grant, rules)
    if has_points and rules.handle_other_vehicle_after_filing:
        yield from _filing_refusals(legal_day(case.violation.occurred_at), grant)


def quota_refusals(grant: GrantFacts, rules: Rules) -> Iterator[Refusal]:
    """Why there are too many permissions; also for one that is only being asked for."""
    for detail, count, limit in (
        ("active", grant.active, rules.grant_max_active),
        ("owners", grant.owners_ever, rules.grant_max_owners_ever),
        ("chances", grant.chances_this_year, rules.grant_chances_per_year),
        ("followers", grant.followers_of_vehicle, rules.grant_max_followers_per_vehicle),
    ):
        if limit is not None and count > limit:
            yield Refusal(RefusalCode.GRANT_QUOTA, detail, {"limit": str(limit)})


def last_day(grant: GrantFacts, rules: Rules) -> date:
    """
    The last day of a permission.

    Whose owner is not a user cannot take it back here, so it ends by itself (R15).
    """
    if grant.owner_is_user or rules.grant_expiry_days is None:
        return grant.ends_on
    return min(grant.ends_on, add_days(grant.starts_on, rules.grant_expiry_days - 1))


def _term_refusals(grant: GrantFacts, today: date, rules: Rules) -> Iterator[Refusal]:
    if today < grant.starts_on:
        yield _dated(RefusalCode.GRANT_REQUIRED, grant.starts_on, "not_begun")
    ends_on = last_day(grant, rules)
    if today > ends_on:
        yield _dated(RefusalCode.GRANT_EXPIRED, ends_on)


def _filing_refusals(occurred_on: date, grant: GrantFacts) -> Iterator[Refusal]:
    """On its first day a permission counts as given, at whatever hour: R11 speaks of the date."""
    if occurred_on < grant.starts_on:
        yield _dated(RefusalCode.GRANT_TOO_LATE, grant.starts_on)


def _dated(code: RefusalCode, day: date, detail: str | None = None) -> Refusal:
    return Refusal(code, detail, {"date": day.isoformat()})
