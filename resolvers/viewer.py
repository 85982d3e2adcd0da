"""Where a citizen's query begins: the viewer, and objects by id."""

from collections.abc import Sequence
from typing import Annotated, cast
from uuid import UUID

import strawberry

from domain import principals
from domain.failures import BadRequest, UpstreamUnavailable
from resolvers.citizen import Citizen
from resolvers.context import Context, Info
from resolvers.decision import PenaltyDecision
from resolvers.ids import parse_id
from resolvers.licence import DrivingLicence
from resolvers.node import Node
from resolvers.payment import find_payment
from resolvers.vehicle import Vehicle
from resolvers.violation import Violation
from services.violation_pages import SeenViolation

MAX_IDS = 50


@strawberry.type
class ViewerQueries:
    @strawberry.field(
        description="The citizen who is signed in; null for anonymous callers and officers."
    )
    def viewer(self, info: Info) -> Citizen | None:
        principal = info.context.principal
        return Citizen.of(principal) if isinstance(principal, principals.Citizen) else None

    @strawberry.field(
        description="An object by its id. Null if there is none, or if it is not yours: the two"
        " look the same. BAD_REQUEST for what is no id."
    )
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="An id from this API.")],
    ) -> Node | None:
        return await _node(info, id)

    @strawberry.field(
        description="Objects by their ids, in their order; null for each that does not exist or is"
        " not yours. At most 50."
    )
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="At most 50 ids.")],
    ) -> list[Node | None]:
        if len(ids) > MAX_IDS:
            raise BadRequest("too_many_ids", limit=str(MAX_IDS))
        # The executor awaits the items side by side: they share one batch, and fail one by one.
        return cast("list[Node | None]", [_node(info, one) for one in ids])


async def _node(info: Info, text: str) -> Node | None:
    type_name, key = parse_id(text)
    principal = info.context.principal
    if not isinstance(principal, principals.Citizen):
        return None
    if type_name == "Citizen":
        return Citizen.of(principal) if principal.id == key else None
    if principal.identity_number is None:
        return None
    if type_name == "DrivingLicence":
        found = await info.context.services.licences.of(principal)
        return DrivingLicence.of(found) if found is not None and found.id == key else None
    if type_name == "Vehicle":
        garage = await info.context.garage()
        return next((Vehicle.of(held) for held in garage.vehicles if held.id == key), None)
    if type_name == "Payment":
        return await find_payment(info, text)
    if type_name in ("Violation", "PenaltyDecision"):
        seen = await info.context.batch(violations_by_id, key, None)
        if seen is None:
            return None
        is_violation = type_name == "Violation"
        return Violation.of(seen, info) if is_violation else PenaltyDecision.of(seen)
    raise BadRequest("bad_id")


async def violations_by_id(
    context: Context, keys: Sequence[UUID], _: None
) -> Sequence[SeenViolation | UpstreamUnavailable | None]:
    """The batched look-up behind `node`: one statement for all violations of a level."""
    found = await context.services.violations.find(
        context.principal, await context.garage(), list(keys)
    )
    return [found.get(key) for key in keys]
