"""Who may handle which violation online: gathers the facts, and lets the rulebook judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from domain.failures import UpstreamUnavailable
from domain.freshness import UNKNOWN, worst
from domain.law.cases import (
    Case,
    Counts,
    LicenceFacts,
    NoLicence,
    PersonFacts,
    Relation,
    VehicleFacts,
    ViolationFacts,
)
from domain.law.eligibility import batch_eligibility, eligibility
from domain.letters import LicenceStatus
from domain.principals import Citizen, Principal
from domain.refusals import Refusal, RefusalCode
from domain.times import Clock, legal_day
from domain.violations import CaptureKind, Violation, ViolationStatus
from models.database import Database
from models.vault import Vault
from services.acceptance_standing import Claim, Standing, standing_shown
from services.access import require_identity
from services.garage import Garage, HeldVehicle
from services.law import LawService
from services.licences import HeldLicence
from services.violation_pages import SeenViolation

# Nobody can act for anybody else yet, so nobody can have done so too often.
NO_TRADE = Counts(other_plates=frozenset(), drivers_of_vehicle=1, suspended=False)

Licence = HeldLicence | UpstreamUnavailable | None


@dataclass(frozen=True, slots=True)
class EligibilityService:
    """Judges violations of a citizen; what cannot be looked up never counts in their favour."""

    db: Database
    law: LawService
    vault: Vault
    clock: Clock

    async def each(
        self,
        principal: Principal,
        garage: Garage,
        licence: Licence,
        violations: Sequence[SeenViolation],
    ) -> list[tuple[Refusal, ...]]:
        """Why each of them cannot be accepted online, taken alone; empty: it can."""
        rules = self.law.rules()
        ids = [seen.violation.id for seen in violations]
        standing = await self.standing(principal, ids)
        cases = self._cases(principal, garage, licence, violations, standing)
        return [_worded(case, eligibility(case, rules), standing) for case in cases]

    async def standing(self, principal: Principal, violation_ids: Sequence[UUID]) -> Standing:
        """What we ourselves know about violations, for this citizen."""
        _, identity_number = require_identity(principal)
        digest = self.vault.digest_of_person(identity_number)
        return await standing_shown(self.db, digest, violation_ids)

    def together(
        self,
        principal: Principal,
        garage: Garage,
        licence: Licence,
        violations: Sequence[SeenViolation],
        standing: Standing,
    ) -> Mapping[UUID, tuple[Refusal, ...]]:
        """
        The same for violations to be accepted in one go.

        :raises BadRequest: for too many, or the same one twice
        """
        cases = self._cases(principal, garage, licence, violations, standing)
        judged = batch_eligibility(cases, self.law.rules())
        return {
            case.violation.id: _worded(case, judged[case.violation.id], standing) for case in cases
        }

    def _cases(
        self,
        principal: Principal,
        garage: Garage,
        licence: Licence,
        violations: Sequence[SeenViolation],
        standing: Standing,
    ) -> list[Case]:
        citizen, identity_number = require_identity(principal)
        driver = self.vault.digest_of_person(identity_number)
        vehicles = {held.plate: held for held in garage.vehicles}
        person, facts, now = _person(citizen, licence), _licence(licence, standing), self.clock()
        licence_age = licence.freshness if isinstance(licence, HeldLicence) else UNKNOWN
        cases = []
        for seen in violations:
            held = vehicles.get(seen.violation.plate) if seen.violation.plate else None
            ages = [seen.freshness, *([held.freshness] if held else [])]
            if licence is not None:
                ages.append(licence_age)
            cases.append(
                Case(
                    person=person,
                    licence=facts,
                    vehicle=_vehicle(seen.violation, held),
                    grant=None,
                    violation=self._violation(seen.violation, driver, standing),
                    counts=NO_TRADE,
                    freshness=worst(ages),
                    now=now,
                )
            )
        return cases

    def _violation(self, violation: Violation, driver: bytes, standing: Standing) -> ViolationFacts:
        penalty = self.law.penalty(violation)
        claim = standing.claims.get(violation.id)
        objection = standing.objections.get(violation.id)
        # A camera holds nothing; and of what was held on the scene a decision is the end.
        nothing_held = violation.capture is CaptureKind.CAMERA or violation.is_decided
        return ViolationFacts(
            id=violation.id,
            capture=violation.capture,
            occurred_at=violation.occurred_at,
            # The camera, or the officer on the scene, found it out.
            found_on=legal_day(violation.occurred_at),
            agency=violation.agency,
            fine=penalty.fine,
            points=penalty.points,
            status=_status(violation, claim),
            decision_number=_own_decision(violation, driver, claim),
            # What another channel has handled, the register says.
            handled_elsewhere=claim is not None and not claim.is_decided,
            coercive_measure=False if nothing_held else None,
            proceedings=() if objection is None else (objection,),
        )


def _status(violation: Violation, claim: Claim | None) -> ViolationStatus:
    """The register's word, unless it has decided here and we have not read that yet."""
    decided_here = claim is not None and claim.is_decided
    if decided_here and violation.status is ViolationStatus.UNHANDLED:
        return ViolationStatus.DECIDED
    return violation.status


def _own_decision(violation: Violation, driver: bytes, claim: Claim | None) -> str | None:
    if violation.driver_digest == driver:
        return violation.decision_number
    return claim.decision_number if claim is not None and claim.is_own else None


def _worded(case: Case, refusals: tuple[Refusal, ...], standing: Standing) -> tuple[Refusal, ...]:
    """Whoever is accepting it themselves is not sent to another channel."""
    claim = standing.claims.get(case.violation.id)
    if claim is None or not claim.is_own:
        return refusals
    elsewhere = RefusalCode.BEING_HANDLED_ELSEWHERE
    return tuple(replace(one, detail="own") if one.code is elsewhere else one for one in refusals)


def _person(citizen: Citizen, licence: Licence) -> PersonFacts:
    return PersonFacts(
        verification=citizen.verification,
        identity_known=citizen.identity_number is not None,
        name_matches=licence.name_matches if isinstance(licence, HeldLicence) else None,
    )


def _licence(licence: Licence, standing: Standing) -> LicenceFacts | NoLicence | None:
    """The licence with the points that are on their way to the register."""
    if licence is None:
        return NoLicence()
    if isinstance(licence, UpstreamUnavailable):
        return None
    return LicenceFacts(
        classes=frozenset(code for code, _ in licence.classes),
        statuses=tuple(LicenceStatus[letter.name] for letter in licence.statuses),
        first_licensed_on=licence.first_licensed_on,
        points=None if licence.points is None else licence.points + standing.pending_points,
        cycle_ends_on=licence.cycle.ends_on if licence.cycle else None,
    )


def _vehicle(violation: Violation, held: HeldVehicle | None) -> VehicleFacts | None:
    if violation.plate is None:
        return None
    if held is None:
        return VehicleFacts(violation.plate, None, None, Relation.NONE)
    return VehicleFacts(violation.plate, held.use, held.type_code, Relation.OWNER)
