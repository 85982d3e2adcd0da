"""Who may handle which violation online: gathers the facts, and lets the rulebook judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from domain.refusals import Refusal
from domain.times import Clock, legal_day
from domain.violations import CaptureKind, Violation
from models.vault import Vault
from services.access import require_identity
from services.garage import Garage, HeldVehicle
from services.law import LawService
from services.licences import HeldLicence
from services.violation_pages import SeenViolation

# Nobody has acted for anybody yet: grants and acceptances are counted once there are any.
NO_TRADE = Counts(other_plates=frozenset(), drivers_of_vehicle=1, suspended=False)

Licence = HeldLicence | UpstreamUnavailable | None


@dataclass(frozen=True, slots=True)
class EligibilityService:
    """Judges violations of a citizen; what cannot be looked up never counts in their favour."""

    law: LawService
    vault: Vault
    clock: Clock

    def each(
        self,
        principal: Principal,
        garage: Garage,
        licence: Licence,
        violations: Sequence[SeenViolation],
    ) -> list[tuple[Refusal, ...]]:
        """Why each of them cannot be accepted online, taken alone; empty: it can."""
        rules = self.law.rules()
        return [
            eligibility(case, rules) for case in self._cases(principal, garage, licence, violations)
        ]

    def together(
        self,
        principal: Principal,
        garage: Garage,
        licence: Licence,
        violations: Sequence[SeenViolation],
    ) -> Mapping[UUID, tuple[Refusal, ...]]:
        """
        The same for violations to be accepted in one go.

        :raises BadRequest: for too many, or the same one twice
        """
        cases = self._cases(principal, garage, licence, violations)
        return batch_eligibility(cases, self.law.rules())

    def _cases(
        self,
        principal: Principal,
        garage: Garage,
        licence: Licence,
        violations: Sequence[SeenViolation],
    ) -> list[Case]:
        citizen, identity_number = require_identity(principal)
        driver = self.vault.digest(identity_number)
        vehicles = {held.plate: held for held in garage.vehicles}
        person, facts, now = _person(citizen, licence), _licence(licence), self.clock()
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
                    violation=self._violation(seen.violation, driver),
                    counts=NO_TRADE,
                    freshness=worst(ages),
                    now=now,
                )
            )
        return cases

    def _violation(self, violation: Violation, driver: bytes) -> ViolationFacts:
        penalty = self.law.penalty(violation)
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
            status=violation.status,
            decision_number=(
                violation.decision_number if violation.driver_digest == driver else None
            ),
            # What another channel has handled, the register says; we have no claims of our own.
            handled_elsewhere=False,
            coercive_measure=False if nothing_held else None,
            proceedings=(),
        )


def _person(citizen: Citizen, licence: Licence) -> PersonFacts:
    return PersonFacts(
        verification=citizen.verification,
        identity_known=citizen.identity_number is not None,
        name_matches=licence.name_matches if isinstance(licence, HeldLicence) else None,
    )


def _licence(licence: Licence) -> LicenceFacts | NoLicence | None:
    if licence is None:
        return NoLicence()
    if isinstance(licence, UpstreamUnavailable):
        return None
    return LicenceFacts(
        classes=frozenset(code for code, _ in licence.classes),
        statuses=tuple(LicenceStatus[letter.name] for letter in licence.statuses),
        first_licensed_on=licence.first_licensed_on,
        points=licence.points,
        cycle_ends_on=licence.cycle.ends_on if licence.cycle else None,
    )


def _vehicle(violation: Violation, held: HeldVehicle | None) -> VehicleFacts | None:
    if violation.plate is None:
        return None
    if held is None:
        return VehicleFacts(violation.plate, None, None, Relation.NONE)
    return VehicleFacts(violation.plate, held.use, held.type_code, Relation.OWNER)
