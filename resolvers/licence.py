"""The driving licence."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import strawberry

from domain import letters
from domain.failures import BadRequest, UpstreamUnavailable
from domain.law import scoring
from domain.law.eligibility import MAX_BATCH
from domain.letters import LicenceStatus as Status
from domain.violations import Violation
from graphql_api.execution import computed, projected
from resolvers.context import Info
from resolvers.described import describe_enum
from resolvers.ids import key_of
from resolvers.law import PointsForecast
from resolvers.node import Node, id_of
from resolvers.values import Freshness
from services.licences import HeldLicence
from services.violation_pages import SeenViolation

describe_enum(
    Status,
    name="LicenceStatusCode",
    description="Status of a driving licence (驾驶证状态). Several can hold at once.",
    texts={
        status: f"{status.value} {text}"
        if status is not Status.UNKNOWN
        else "A letter no table knows; never taken as normal"
        for status, text in letters.LICENCE_STATUS_ZH.items()
    },
)


@strawberry.type(description="One status letter of a licence, explained.")
class LicenceStatus:
    """Its objects are the letters of the domain."""

    @computed(description="The meaning, for programs.")
    def code(self: letters.Letter) -> Status:
        return Status[self.name]

    letter: str = strawberry.field(description="The register's letter.")
    text: str = projected("text_zh", description="The meaning in Chinese.")


@strawberry.type(description="A class of vehicles the holder may drive (准驾车型).")
class LicenceClass:
    code: str = strawberry.field(description="For example C1.")
    text: str = strawberry.field(description="The class in Chinese.")


@strawberry.type(
    description="The 12 months over which points add up, from the day of first licensing"
    " (order 163, article 3)."
)
class ScoringCycle:
    starts_on: date = strawberry.field(description="First day of the running cycle (China).")
    ends_on: date = strawberry.field(description="Last day of the running cycle (China).")
    points: int | None = strawberry.field(
        description="Points recorded in this cycle, as the register counts them."
    )
    limit: int = strawberry.field(description="Full score: 12.")
    licence: strawberry.Private[HeldLicence]

    @strawberry.field(
        description="Where your points would be after accepting these violations of yours today; at"
        " most 20. Null while the points of the cycle or of one of them are unknown. BAD_REQUEST"
        " for an id that is not one of your violations."
    )
    async def forecast(
        self,
        info: Info,
        violation_ids: Annotated[
            list[strawberry.ID], strawberry.argument(description="Ids of your violations.")
        ],
    ) -> PointsForecast | None:
        accepted = await own_violations(info, violation_ids)
        found = info.context.services.law.forecast(self.licence, accepted)
        return None if found is None else PointsForecast.of(found)


@strawberry.type(description="The citizen's own driving licence, as the register knows it.")
class DrivingLicence(Node):
    held: strawberry.Private[HeldLicence]
    id: strawberry.ID = id_of("DrivingLicence", "held.id")
    number: str = projected(
        "held.masked_number", description="Licence number, masked: 500***********15."
    )
    file_number: str | None = projected(
        "held.masked_file_number", description="File number (档案编号), masked."
    )

    @computed(description="What the holder may drive.")
    def classes(self) -> list[LicenceClass]:
        return [LicenceClass(code=code, text=text) for code, text in self.held.classes]

    statuses: list[LicenceStatus] = projected(
        "held.statuses", description="Every status letter explained. Not all of them are bad."
    )
    valid: bool = projected(
        "held.valid",
        description="Whether every status lets the holder drive and the validity has not ended.",
    )
    points: int | None = projected(
        "held.points", description="Points of the running cycle; null: unknown."
    )

    @computed(description="The running cycle; null if the day of first licensing is unknown.")
    def scoring_cycle(self) -> ScoringCycle | None:
        return _cycle(self.held)

    next_reset_on: date | None = projected(
        "held.next_reset_on",
        description="The day on which the register says points are cleared next (清分日期).",
    )
    first_licensed_on: date | None = projected(
        "held.first_licensed_on", description="Day of first licensing."
    )
    valid_from: date | None = projected("held.valid_from", description="First day of validity.")
    valid_until: date | None = projected("held.valid_until", description="Last day of validity.")
    issuing_authority: str | None = projected(
        "held.issuing_authority", description="For example 渝A."
    )
    freshness: Freshness = projected("held.freshness", description="How old this is.")

    @classmethod
    def of(cls, licence: HeldLicence) -> "DrivingLicence":
        """A licence as the service found it."""
        return cls(held=licence)


async def own_violations(info: Info, ids: Sequence[strawberry.ID]) -> list[Violation]:
    """
    The citizen's violations of these ids, each once.

    :raises BadRequest: if one is not theirs, or there are too many
    :raises UpstreamUnavailable: if one can no longer be shown
    """
    if len(ids) > MAX_BATCH:
        raise BadRequest("too_many_ids", limit=str(MAX_BATCH))
    keys = {key_of("Violation", one) for one in ids}
    context = info.context
    found = await context.services.violations.find(
        context.principal, await context.garage(), list(keys)
    )
    if found.keys() != keys:
        raise BadRequest("bad_id")
    return [_shown(seen) for seen in found.values()]


def _shown(seen: SeenViolation | UpstreamUnavailable) -> Violation:
    if isinstance(seen, UpstreamUnavailable):
        raise seen
    return seen.violation


def _cycle(licence: HeldLicence) -> ScoringCycle | None:
    if licence.cycle is None:
        return None
    return ScoringCycle(
        starts_on=licence.cycle.starts_on,
        ends_on=licence.cycle.ends_on,
        points=licence.points,
        limit=scoring.POINTS_LIMIT,
        licence=licence,
    )
