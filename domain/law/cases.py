"""
What has to be known to tell whether a violation can be handled, or its fine paid, online.

None means unknown throughout. Unknown never allows what some known answer would refuse.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from domain.freshness import Freshness
from domain.letters import LicenceStatus, VehicleUse
from domain.money import Money
from domain.plates import Plate
from domain.principals import VerificationLevel
from domain.records import Agency
from domain.violations import CaptureKind, ViolationStatus

UNTIL_RELEASED = date.max


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Who asks. `name_matches`: whether the licence's name is the one they were verified by."""

    verification: VerificationLevel
    identity_known: bool
    name_matches: bool | None


@dataclass(frozen=True, slots=True)
class LicenceFacts:
    """
    The person's driving licence.

    No `classes` and no `statuses` mean that the register names none. A letter no table knows is
    LicenceStatus.UNKNOWN. `points` are those of the cycle that ends on `cycle_ends_on`.
    """

    classes: frozenset[str]
    statuses: tuple[LicenceStatus, ...]
    first_licensed_on: date | None
    points: int | None
    cycle_ends_on: date | None


@dataclass(frozen=True, slots=True)
class NoLicence:
    """The register has answered that the person holds no driving licence."""


class Relation(StrEnum):
    """What the vehicle is to the person; NONE also where nothing shows that it is more."""

    OWNER = "owner"
    GRANTED = "granted"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class VehicleFacts:
    """The vehicle on the record. `type_code` as GA/T 16.4 has it (wire: cllx), for example K33."""

    plate: Plate
    use: VehicleUse | None
    type_code: str | None
    relation: Relation


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """
    The owner's permission to act for the vehicle; both days belong to it. The counts include it.

    :ivar ends_on: UNTIL_RELEASED if the owner set no end
    :ivar active: permissions the person holds today
    :ivar owners_ever: owners who ever gave the person one
    :ivar chances_this_year: permissions the person was given this year
    :ivar followers_of_vehicle: people who hold one for this vehicle today
    """

    starts_on: date
    ends_on: date
    owner_is_user: bool
    active: int
    owners_ever: int
    chances_this_year: int
    followers_of_vehicle: int


class ProceedingKind(StrEnum):
    """What may be under way about a record or a decision."""

    OBJECTION = "objection"
    ANNULMENT = "annulment"
    DEFERRAL = "deferral"


@dataclass(frozen=True, slots=True)
class Proceeding:
    """One that has not ended; `until` is the last day of a deferral, or when an answer is due."""

    kind: ProceedingKind
    number: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ViolationFacts:
    """
    The violation, with the amounts it would be decided with (`domain.law.penalties`).

    :ivar found_on: the day the police found it out; unknown is taken for today (R44)
    :ivar decision_number: only if the decision is the person's own: it is shown
    :ivar handled_elsewhere: whether a claim is open in another channel
    :ivar coercive_measure: whether a vehicle or a licence is held for it; a camera record has none
    """

    id: UUID
    capture: CaptureKind
    occurred_at: datetime
    found_on: date | None
    agency: Agency
    fine: Money | None
    points: int | None
    status: ViolationStatus
    decision_number: str | None
    handled_elsewhere: bool | None
    coercive_measure: bool | None
    proceedings: tuple[Proceeding, ...] | None


@dataclass(frozen=True, slots=True)
class Counts:
    """
    What could be trade in points (order 163, art. 8 and 30).

    :ivar other_plates: other people's vehicles the person has acted for this year
    :ivar drivers_of_vehicle: people who acted for this vehicle this year, this one included
    :ivar suspended: whether the police have stopped the service for the person
    """

    other_plates: frozenset[Plate] | None
    drivers_of_vehicle: int | None
    suspended: bool | None


@dataclass(frozen=True, slots=True)
class Case:
    """
    One person, one violation, one instant.

    `licence` is None while the register is silent, which is not the same as NoLicence. `vehicle` is
    None where the record names no plate. `freshness` is the worst of all that was looked up.
    """

    person: PersonFacts
    licence: LicenceFacts | NoLicence | None
    vehicle: VehicleFacts | None
    grant: GrantFacts | None
    violation: ViolationFacts
    counts: Counts
    freshness: Freshness
    now: datetime


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """
    What is to be paid. `due` is principal and surcharge as of now, None if unknown.

    `status` is that of the violation: what is no longer listed is not called unpaid.
    """

    status: ViolationStatus
    agency: Agency
    due: Money | None


@dataclass(frozen=True, slots=True)
class PaymentCase:
    """
    One decision that somebody, anybody, wants to pay.

    :ivar decision: None while the register does not show it
    :ivar issued_at: when the paper in the payer's hands says it was made
    :ivar paying_elsewhere: whether another order for it is open
    :ivar quoted: what the payer was shown; None if nothing was yet
    """

    decision: DecisionFacts | None
    issued_at: datetime | None
    paying_elsewhere: bool | None
    proceedings: tuple[Proceeding, ...] | None
    quoted: Money | None
    freshness: Freshness
    now: datetime
