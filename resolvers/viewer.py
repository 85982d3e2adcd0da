"""Where a citizen's query begins: the viewer, and objects by id."""

from typing import Annotated, cast

import strawberry

from domain import principals
from domain.failures import BadRequest
from graphql_api.execution import names_below
from resolvers.citizen import Citizen
from resolvers.context import Info
from resolvers.decision import PenaltyDecision
from resolvers.ids import parse_id
from resolvers.licence import DrivingLicence
from resolvers.node import Node
from resolvers.payment import find_payment
from resolvers.vehicle import Vehicle
from resolvers.violation import Violation

MAX_IDS = 50


@strawberry.type
class ViewerQueries:
    @strawberry.field(
        description="The citizen who is signed in; null for anonymous callers and officers."
    )
    async def viewer(self, info: Info) -> Citizen | None:
        principal = info.context.principal
        if not isinstance(principal, principals.Citizen):
            return None
        await info.context.look_ahead(names_below(info))
        return Citizen.of(principal)

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
        found = await info.context.licence()
        return DrivingLicence.of(found) if found is not None and found.id == key else None
    if type_name == "Vehicle":
        garage = await info.context.garage()
        return next((Vehicle.of(held) for held in garage.vehicles if held.id == key), None)
    if type_name == "Payment":
        return await find_payment(info, text)
    if type_name in ("Violation", "PenaltyDecision"):
        seen = await info.context.violation(key)
        if seen is None:
            return None
        is_violation = type_name == "Violation"
        codes = info.context.services.codes
        return Violation.of(seen, codes) if is_violation else PenaltyDecision.of(seen)
    raise BadRequest("bad_id")
