"""What stands against it in the person and the driving licence (rules R8 and R10)."""

from collections.abc import Iterator

from domain.law.cases import Case, LicenceFacts, NoLicence, PersonFacts
from domain.letters import LicenceStatus
from domain.principals import VerificationLevel
from domain.refusals import Refusal, RefusalCode
from domain.rules.values import Rules
from domain.times import legal_day


def licence_refusals(case: Case, rules: Rules) -> Iterator[Refusal]:
    """
    Why this person cannot accept it.

    Every acceptance needs a licence, also without points: the register writes down whose it is.
    """
    licence = case.licence
    verified = _is_verified(case.person)
    if not verified:
        yield Refusal(RefusalCode.LICENCE_NOT_BOUND)
    if licence is None:
        if verified:
            yield Refusal(RefusalCode.UPSTREAM_UNAVAILABLE, "licence")
    elif isinstance(licence, NoLicence):
        yield Refusal(RefusalCode.LICENCE_NOT_BOUND, "no_licence")
    else:
        yield from _of_licence(case, licence, rules)


def _is_verified(person: PersonFacts) -> bool:
    return person.identity_known and person.verification is not VerificationLevel.NONE


def _of_licence(case: Case, licence: LicenceFacts, rules: Rules) -> Iterator[Refusal]:
    if not case.person.name_matches:
        detail = "unknown" if case.person.name_matches is None else None
        yield Refusal(RefusalCode.NAME_MISMATCH, detail)
    yield from _status_refusals(licence, rules)
    if rules.handle_violation_after_first_issue:
        first = licence.first_licensed_on
        if first is None:
            yield Refusal(RefusalCode.VIOLATION_BEFORE_LICENCE, "unknown")
        elif legal_day(case.violation.occurred_at) < first:
            values = {"date": first.isoformat()}
            yield Refusal(RefusalCode.VIOLATION_BEFORE_LICENCE, values=values)


def _status_refusals(licence: LicenceFacts, rules: Rules) -> Iterator[Refusal]:
    """Every letter must be allowed (R8). An unknown one never is, whatever the city says."""
    if not licence.statuses:
        yield Refusal(RefusalCode.LICENCE_STATUS, "missing")
    for status in dict.fromkeys(licence.statuses):
        if status is LicenceStatus.UNKNOWN or status not in rules.handle_licence_status_ok:
            yield Refusal(RefusalCode.LICENCE_STATUS, status.name.lower())
