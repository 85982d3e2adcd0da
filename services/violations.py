"""Violations of a citizen: of their vehicles, and the decisions that name them as the driver."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.freshness import UNKNOWN, AgePolicy, Freshness, worst
from domain.principals import Principal
from domain.times import Clock
from domain.violations import CaptureKind, Violation
from models.database import Database
from models.reading import array_of
from models.vault import Vault
from models.violation_queries import VIOLATIONS_BY_ID, violations_page
from models.violation_rows import ViolationRow
from services.access import require_identity
from services.garage import Garage, HeldVehicle
from services.mirror import Mirror
from services.questions import EntryState, Question
from services.violation_pages import (
    PageRequest,
    SeenViolation,
    ViolationPage,
    page_of,
    shape_of,
    values_of,
    watched,
)

PLATE = attrgetter("plate_key")


@dataclass(frozen=True, slots=True)
class ViolationService:
    """Looks up violations through the mirror."""

    db: Database
    vault: Vault
    mirror: Mirror
    ages: AgePolicy
    clock: Clock

    async def of_vehicles(
        self, vehicles: Sequence[HeldVehicle], request: PageRequest
    ) -> list[ViolationPage | UpstreamUnavailable]:
        """
        One page for each vehicle: one statement in all, and no upstream call while fresh.

        A vehicle whose violations cannot be looked up gets the failure, never an empty page.
        """
        ages = await self._lists(vehicles)
        # One vehicle may be asked about in several places of a query.
        usable = {key: v for (key, age), v in zip(ages, vehicles, strict=True) if age.usable}
        rows = await self._page([*usable.values()], request, driver=None) if usable else []
        # They come in the order of their plates.
        groups = {key: list(of_plate) for key, of_plate in groupby(rows, PLATE)}
        return [
            page_of(groups.get(key, ()), request, age)
            if age.usable
            else UpstreamUnavailable(UpstreamReason.UNREACHABLE)
            for key, age in ages
        ]

    async def of_citizen(
        self, principal: Principal, garage: Garage, request: PageRequest
    ) -> ViolationPage:
        """
        All violations of the citizen's vehicles and all decisions against the citizen, in one list.

        What could not be looked up is named in `missing`.

        :raises UpstreamUnavailable: when nothing could be looked up at all
        """
        _, identity_number = require_identity(principal)
        lists, decisions = await asyncio.gather(
            self._lists(garage.vehicles),
            self.mirror.ensure({garage.decisions: garage.decisions_state}),
        )
        of_decisions = decisions[garage.decisions]
        ages = [*(age for _, age in lists), of_decisions]
        if not any(age.usable for age in ages):
            raise UpstreamUnavailable(UpstreamReason.UNREACHABLE)
        held = list(zip(garage.vehicles, lists, strict=True))
        usable = [vehicle for vehicle, (_, age) in held if age.usable]
        driver = self.vault.digest_of_person(identity_number)
        rows = await self._page(usable, request, driver=driver)
        page = page_of(rows, request, of_decisions, dict(one for one in lists if one[1].usable))
        missing = [vehicle.plate for vehicle, (_, age) in held if not age.usable]
        return page._replace(
            freshness=worst(ages),
            missing=missing,
            complete=not missing and of_decisions.usable,
        )

    async def _lists(self, vehicles: Sequence[HeldVehicle]) -> list[tuple[str, Freshness]]:
        """The key of each plate, and how fresh its list is; unknown while the owner is."""
        lists = [vehicle.about_list for vehicle in vehicles]
        ages = self.mirror.known([state for _, state in lists])
        if ages is None:
            verdicts = await self.mirror.ensure(dict(lists))
            ages = [verdicts[question] for question, _ in lists]
        return [
            (vehicle.plate_key, age if vehicle.freshness.usable else UNKNOWN)
            for vehicle, age in zip(vehicles, ages, strict=True)
        ]

    async def find(
        self,
        principal: Principal,
        garage: Garage,
        violation_ids: Sequence[UUID],
        *,
        anew: bool = False,
    ) -> dict[UUID, SeenViolation | UpstreamUnavailable]:
        """
        Violations by id, of those the citizen may see; one statement while they are fresh.

        `anew`: the register is asked first, however fresh they are: something is about to be done.

        Others are left out. What can no longer be shown is the failure, never old news.
        """
        _, identity_number = require_identity(principal)
        wanted = {
            "violation_ids": array_of([str(one) for one in violation_ids]),
            "driver_digest": self.vault.digest_of_person(identity_number),
            **watched(garage.vehicles),
        }
        rows = await self.db.rows(VIOLATIONS_BY_ID, wanted)
        lists = {one.plate_key: one.about_list for one in garage.vehicles}
        decisions = (garage.decisions, garage.decisions_state)

        def source_of(row: ViolationRow) -> tuple[Question, EntryState]:
            # What was decided on the scene is in no camera's list.
            is_camera = row.capture == CaptureKind.CAMERA
            return lists.get(row.plate_key or "", decisions) if is_camera else decisions

        states = dict(map(source_of, rows))
        verdicts = await self.mirror.ensure(states, anew=anew)
        if verdicts.moved:
            rows = await self.db.rows(VIOLATIONS_BY_ID, wanted)
        found: dict[UUID, SeenViolation | UpstreamUnavailable] = {}
        for row in rows:
            question, state = source_of(row)
            freshness = verdicts.get(question) or self.ages.judge(state.fetched_at, self.clock())
            found[row.id] = (
                SeenViolation(row, freshness)
                if freshness.usable
                else UpstreamUnavailable(UpstreamReason.UNREACHABLE)
            )
        return found

    async def _page(
        self, vehicles: Sequence[HeldVehicle], request: PageRequest, *, driver: bytes | None
    ) -> list[ViolationRow]:
        shape = shape_of(request, by_plate=driver is None)
        values = values_of(vehicles, request)
        if driver is not None:
            values["driver_digest"] = driver
        return await self.db.rows(violations_page(shape), values)


def has_pictures(violation: Violation) -> bool:
    """Only a camera record has pictures, and only with its number can they be asked for."""
    return violation.capture is CaptureKind.CAMERA and violation.record_number is not None
