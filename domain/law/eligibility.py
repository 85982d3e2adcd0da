"""Who may handle a violation online: every reason against it, or none."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from domain.failures import BadRequest
from domain.law.amount_checks import amount_refusals
from domain.law.cases import Case
from domain.law.grants import grant_refusals
from domain.law.licence_checks import licence_refusals
from domain.law.point_trading import trading_refusals
from domain.law.record_checks import record_refusals
from domain.law.service_checks import freshness_refusals, hours_refusals
from domain.law.together import Together, alone, each_of
from domain.law.vehicle_checks import vehicle_refusals
from domain.refusals import Refusal, RefusalCode
from domain.rules.values import Rules

MAX_BATCH = 20

_PLACE = {code: place for place, code in enumerate(RefusalCode)}


def eligibility(case: Case, rules: Rules) -> tuple[Refusal, ...]:
    """
    Why a person cannot accept a violation online; nothing means that they can.

    Every reason is told, in the order of RefusalCode. The law lets people handle violations by
    themselves (order 157, art. 58); how far is for the city's rules to say.
    """
    return _judge(case, rules, alone(case))


def batch_eligibility(cases: Sequence[Case], rules: Rules) -> dict[UUID, tuple[Refusal, ...]]:
    """
    The same for several violations that one person wants to accept in one go, by violation.

    They can be accepted together if no reason is told for any. The order of the cases means
    nothing.

    :raises BadRequest: for more than 20 of them, or the same one twice
    """
    if len(cases) > MAX_BATCH:
        raise BadRequest("too_many_ids", limit=str(MAX_BATCH))
    if len({case.violation.id for case in cases}) < len(cases):
        raise BadRequest("repeated_id")
    return {
        case.violation.id: _judge(case, rules, together)
        for case, together in zip(cases, each_of(cases), strict=True)
    }


def in_order(refusals: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """Reasons in the order of RefusalCode; those of one code as they were found."""
    return tuple(sorted(refusals, key=lambda refusal: _PLACE[refusal.code]))


def _judge(case: Case, rules: Rules, together: Together) -> tuple[Refusal, ...]:
    return in_order(
        (
            *record_refusals(case, rules),
            *licence_refusals(case, rules),
            *vehicle_refusals(case, rules),
            *grant_refusals(case, rules),
            *amount_refusals(case, rules, together),
            *trading_refusals(case, rules, together),
            *freshness_refusals(case.freshness, case.now),
            *hours_refusals(rules.hours_handle, case.now),
        )
    )
