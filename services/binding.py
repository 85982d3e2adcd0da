"""Binding a vehicle: prove that it is yours, without becoming a way to guess whose it is."""

import hmac
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.freshness import FreshnessState
from domain.plates import InvalidPlate, Plate, PlateType, parse_plate
from domain.principals import Principal
from domain.refusals import Refusal, RefusalCode, Refused
from domain.times import Clock
from models.binding import BindingAttempt, VehicleBinding
from models.database import Database
from models.garage_queries import STILL_THEIRS
from models.mirror import MirrorEntry, Subject, Vehicle
from models.vault import Vault
from services.access import require_identity
from services.mirror import Mirror
from services.questions import about_vehicle

PROOF_LENGTH = 6
PROOF = re.compile(r"[0-9A-Z]{6}")
NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Z]")
ATTEMPT_WINDOW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BindingLimits:
    """How often somebody may try, over a day, and how many vehicles one citizen may hold."""

    wrong_per_citizen: int = 5
    wrong_per_plate: int = 5
    vehicles_per_citizen: int = 50


@dataclass(frozen=True, slots=True)
class BindingService:
    """Adds a vehicle to a citizen's list."""

    db: Database
    vault: Vault
    mirror: Mirror
    clock: Clock
    new_id: Callable[[], UUID]
    limits: BindingLimits

    async def bind(
        self, principal: Principal, *, plate: str, plate_type: PlateType, proof: str
    ) -> UUID:
        """
        Bind a vehicle whose record names the citizen as owner; its id comes back.

        `proof` is the last 6 characters of the VIN or of the engine number. A wrong proof, somebody
        else's vehicle and a plate that does not exist are refused in the same words. Binding what
        is bound already answers as the first time.

        :raises StepUpRequired: when the person has not been verified
        :raises Refused: PLATE_INVALID, PROOF_INVALID, VEHICLE_NOT_CONFIRMED, TOO_MANY_ATTEMPTS,
            TOO_MANY_VEHICLES
        :raises UpstreamUnavailable: when the record cannot be checked now; no attempt is counted
        """
        citizen, identity_number = require_identity(principal)
        wanted, tail = _plate(plate, plate_type), _tail(proof)
        owner = self.vault.digest(identity_number)
        held = await self._held(citizen.id, wanted, owner)
        if held is not None:
            return held
        attempt = await self._count_attempt(citizen.id, wanted, owner)
        vehicle = await self._record(wanted, attempt)
        if not self._proves(vehicle, owner, wanted, tail):
            raise Refused(Refusal(RefusalCode.VEHICLE_NOT_CONFIRMED))
        await self._bind(citizen.id, wanted, vehicle, attempt)
        bound: UUID = vehicle["id"]
        return bound

    async def _held(self, citizen_id: UUID, plate: Plate, owner: bytes) -> UUID | None:
        """The vehicle, if it is bound already; refuses one vehicle too many."""
        mine = (
            select(VehicleBinding.plate_key, VehicleBinding.vehicle_id)
            .join(Vehicle, Vehicle.plate_key == VehicleBinding.plate_key)
            .where(
                VehicleBinding.citizen_id == citizen_id,
                VehicleBinding.owner_digest == owner,
                VehicleBinding.unbound_at.is_(None),
                STILL_THEIRS,
            )
        )
        async with self.db.read() as connection:
            rows = (await connection.execute(mine)).all()
        for plate_key, vehicle_id in rows:
            if plate_key == plate.key:
                return vehicle_id
        if len(rows) >= self.limits.vehicles_per_citizen:
            limit = str(self.limits.vehicles_per_citizen)
            raise Refused(Refusal(RefusalCode.TOO_MANY_VEHICLES, values={"limit": limit}))
        return None

    async def _count_attempt(self, citizen_id: UUID, plate: Plate, owner: bytes) -> UUID:
        """
        Write the attempt down first, then count: parallel guesses all count each other.

        The plate's own limit spares its owner, or a stranger could lock somebody out.
        """
        now, attempt_id = self.clock(), self.new_id()
        digest = self.vault.digest(plate.key)
        mine = BindingAttempt.citizen_id == citizen_id
        of_plate = BindingAttempt.plate_digest == digest
        recent = and_(
            BindingAttempt.attempted_at > now - ATTEMPT_WINDOW,
            BindingAttempt.succeeded.is_(False),
            or_(mine, of_plate),
        )
        is_owner = (
            select(Vehicle.id)
            .where(Vehicle.plate_key == plate.key, Vehicle.owner_digest == owner)
            .exists()
        )
        counts = select(
            func.count(case((mine, 1))), func.count(case((of_plate, 1))), is_owner
        ).where(recent)
        attempt = insert(BindingAttempt).values(
            id=attempt_id,
            citizen_id=citizen_id,
            plate_digest=digest,
            attempted_at=now,
            succeeded=False,
        )
        async with self.db.begin() as connection:
            await connection.execute(attempt)
        async with self.db.read() as connection:
            by_citizen, by_plate, by_owner = (await connection.execute(counts)).one()
        too_many = by_citizen > self.limits.wrong_per_citizen or (
            by_plate > self.limits.wrong_per_plate and not by_owner
        )
        if too_many:
            raise Refused(Refusal(RefusalCode.TOO_MANY_ATTEMPTS))
        return attempt_id

    async def _record(self, plate: Plate, attempt: UUID) -> dict[str, Any]:
        """The vehicle's record, which must be fresh: an old one may name the former owner."""
        question = about_vehicle(plate.key)
        try:
            verdicts = await self.mirror.ensure({question: await self.mirror.state_of(question)})
            if verdicts[question].state is not FreshnessState.FRESH:
                raise UpstreamUnavailable(UpstreamReason.UNREACHABLE)
        except UpstreamUnavailable:
            # Nothing was compared, so nothing was guessed.
            async with self.db.begin() as connection:
                await connection.execute(delete(BindingAttempt).where(BindingAttempt.id == attempt))
            raise
        found = (
            select(
                Vehicle.id,
                Vehicle.owner_digest,
                Vehicle.vin_digest,
                Vehicle.sealed,
                MirrorEntry.found,
            )
            .join_from(MirrorEntry, Vehicle, Vehicle.plate_key == MirrorEntry.key, isouter=True)
            .where(MirrorEntry.subject == Subject.VEHICLE, MirrorEntry.key == plate.key)
        )
        async with self.db.read() as connection:
            return dict((await connection.execute(found)).mappings().one())

    def _proves(self, vehicle: dict[str, Any], owner: bytes, plate: Plate, tail: str) -> bool:
        """All comparisons are made, whatever the first says: the time tells nothing."""
        known = bool(vehicle["found"]) and vehicle["id"] is not None
        secrets = self.vault.open(vehicle["sealed"], belongs_to=plate.key) if known else {}
        tails = [_last(secrets.get("vin")), _last(secrets.get("engine_number"))]
        matches = [hmac.compare_digest(tail, candidate) for candidate in tails]
        is_owner = hmac.compare_digest(vehicle["owner_digest"] or b"", owner)
        return known and is_owner and any(matches)

    async def _bind(
        self, citizen_id: UUID, plate: Plate, vehicle: dict[str, Any], attempt: UUID
    ) -> None:
        binding = insert(VehicleBinding).values(
            id=self.new_id(),
            citizen_id=citizen_id,
            plate_key=plate.key,
            vehicle_id=vehicle["id"],
            owner_digest=vehicle["owner_digest"],
            vin_digest=vehicle["vin_digest"],
            bound_at=self.clock(),
        )
        succeeded = (
            update(BindingAttempt).where(BindingAttempt.id == attempt).values(succeeded=True)
        )
        # Bound under another identity document, or when the plate was on another vehicle.
        outdated = (
            update(VehicleBinding)
            .where(
                VehicleBinding.citizen_id == citizen_id,
                VehicleBinding.plate_key == plate.key,
                VehicleBinding.unbound_at.is_(None),
                or_(
                    VehicleBinding.owner_digest != vehicle["owner_digest"],
                    VehicleBinding.vin_digest.is_distinct_from(vehicle["vin_digest"]),
                ),
            )
            .values(unbound_at=self.clock())
        )
        async with self.db.begin() as connection:
            await connection.execute(outdated)
            # Two taps at once: the index lets one in, and both are told yes.
            await connection.execute(binding.on_conflict_do_nothing())
            await connection.execute(succeeded)


def _plate(text: str, plate_type: PlateType) -> Plate:
    try:
        return parse_plate(text, plate_type)
    except InvalidPlate as invalid:
        part = {"part": invalid.part}
        refusal = Refusal(RefusalCode.PLATE_INVALID, detail=invalid.problem.value, values=part)
        raise Refused(refusal) from invalid


def _tail(proof: str) -> str:
    tail = NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", proof).upper())
    if not PROOF.fullmatch(tail):
        raise Refused(Refusal(RefusalCode.PROOF_INVALID))
    return tail


def _last(number: str | None) -> str:
    """The last 6 letters and digits; of a number without that many nothing can be proved."""
    kept = NOT_ALPHANUMERIC.sub("", (number or "").upper())
    return kept[-PROOF_LENGTH:] if len(kept) >= PROOF_LENGTH else ""
