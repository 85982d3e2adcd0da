"""What accepting violations would mean now, or everything that speaks against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import select

from domain.acceptance import Preview, PreviewItem
from domain.decision_texts import DecisionMatter, draft
from domain.failures import UpstreamUnavailable
from domain.money import NOTHING
from domain.principals import Principal
from domain.records import PaidMark
from domain.refusals import Refusal, RefusalCode, Refused
from domain.rules.values import Rules
from domain.times import Clock, legal_day
from domain.violations import Violation
from models.database import Database
from models.mirror import Licence
from models.vault import Vault
from services.acceptance_standing import Standing
from services.access import require_identity
from services.eligibility import EligibilityService
from services.garage import GarageService
from services.law import LawService
from services.licences import HeldLicence, LicenceService
from services.violation_pages import SeenViolation
from services.violations import ViolationService

Found = Mapping[UUID, SeenViolation | UpstreamUnavailable]


@dataclass(frozen=True, slots=True)
class Driver:
    """Who accepts, as the register is told."""

    name: str = field(repr=False)
    identity_number: str = field(repr=False)
    file_number: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Prepared:
    """
    A preview, and on what it stands: what changes about that changes the preview.

    :ivar seen: the violations of its items, in their order
    """

    preview: Preview
    seen: tuple[SeenViolation, ...]
    driver: Driver
    standing: Standing


@dataclass(frozen=True, slots=True)
class AcceptancePreviews:
    """Prepares acceptances. Only fresh answers of the register count."""

    db: Database
    vault: Vault
    garages: GarageService
    violations: ViolationService
    licences: LicenceService
    eligibility: EligibilityService
    law: LawService
    clock: Clock

    async def of(
        self, principal: Principal, violation_ids: Sequence[UUID], *, anew: bool = False
    ) -> Prepared:
        """
        What accepting all of these would mean, taken together.

        `anew`: by what the register says at this moment, not within the last minutes.

        :raises Refused: with every reason against it, each naming its violation
        """
        citizen, identity_number = require_identity(principal)
        # First: what is accepted in between shows as another standing, never as fewer points.
        standing = await self.eligibility.standing(principal, violation_ids)
        garage = await self.garages.of(principal)
        found = await self.violations.find(principal, garage, violation_ids, anew=anew)
        licence = await self._licence(principal, anew=anew)
        _refuse([reason for one in violation_ids for reason in _unseen(one, found)])
        seen = [one for one in map(found.get, violation_ids) if isinstance(one, SeenViolation)]
        judged = self.eligibility.together(principal, garage, licence, seen, standing)
        _refuse([replace(r, violation_id=one) for one, reasons in judged.items() for r in reasons])
        driver = Driver(
            citizen.name or "", identity_number, await self._file_number(identity_number)
        )
        acts = [one.violation for one in seen]
        preview = self._preview(driver, licence, acts, standing)
        return Prepared(preview, tuple(seen), driver, standing)

    def _preview(
        self,
        driver: Driver,
        licence: HeldLicence | UpstreamUnavailable | None,
        acts: Sequence[Violation],
        standing: Standing,
    ) -> Preview:
        rules, today = self.law.rules(), legal_day(self.clock())
        forecast = None
        if isinstance(licence, HeldLicence) and licence.points is not None:
            points = licence.points + standing.pending_points
            forecast = self.law.forecast(replace(licence, points=points), acts)
        if forecast is None:
            raise Refused(Refusal(RefusalCode.UPSTREAM_UNAVAILABLE, "licence_points"))
        return Preview(
            citizen_digest=self.vault.digest(driver.identity_number),
            on=today,
            text_version=rules.text_version,
            items=tuple(self._item(act, driver, rules) for act in acts),
            forecast=forecast,
        )

    def _item(self, act: Violation, driver: Driver, rules: Rules) -> PreviewItem:
        penalty = self.law.penalty(act)
        if penalty.fine is None or penalty.points is None or act.plate is None:
            raise ValueError("what the agency has yet to set cannot be accepted")
        known = self.law.codes.on_instant(act.code, act.occurred_at)
        matter = DecisionMatter(
            name=driver.name,
            licence_number=driver.identity_number,
            file_number=driver.file_number,
            plate=act.plate,
            record_number=act.record_number or "",
            occurred_at=act.occurred_at,
            place=act.place,
            code=act.code,
            act=known.description if known is not None else act.code,
            measured=act.measured,
            limit=act.limit,
            basis=penalty.basis,
            fine=penalty.fine,
            points=penalty.points,
            agency=act.agency.name or act.agency.code,
        )
        nothing = PaidMark.NOTHING_TO_PAY if penalty.fine == NOTHING else act.record_paid
        decided = replace(act, record_handled=True, decided_at=self.clock(), record_paid=nothing)
        return PreviewItem(
            violation=act,
            fine=penalty.fine,
            points=penalty.points,
            draft=draft(rules.text_version, matter, rules),
            deadlines=self.law.deadlines(decided),
        )

    async def _licence(
        self, principal: Principal, *, anew: bool
    ) -> HeldLicence | UpstreamUnavailable | None:
        try:
            return await self.licences.of(principal, anew=anew)
        except UpstreamUnavailable as failure:
            return failure

    async def _file_number(self, identity_number: str) -> str | None:
        digest = self.vault.digest(identity_number)
        sealed = select(Licence.sealed).where(Licence.identity_digest == digest)
        async with self.db.read() as connection:
            found = (await connection.execute(sealed)).scalar_one()
        return self.vault.open(found, belongs_to=digest.hex()).get("file_number")


def _unseen(violation_id: UUID, found: Found) -> list[Refusal]:
    """Why a violation cannot be judged at all; what is somebody else's does not exist."""
    seen = found.get(violation_id)
    if seen is None:
        return [Refusal(RefusalCode.NOT_FOUND, violation_id=violation_id)]
    unknown = RefusalCode.UPSTREAM_UNAVAILABLE
    if isinstance(seen, UpstreamUnavailable):
        return [Refusal(unknown, violation_id=violation_id)]
    if seen.violation.record_number is None and not seen.violation.is_decided:
        return [Refusal(unknown, "record_number", violation_id=violation_id)]
    return []


def _refuse(reasons: Sequence[Refusal]) -> None:
    if reasons:
        raise Refused(*reasons)
