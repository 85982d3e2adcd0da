"""The signed-in citizen."""

from typing import Annotated

import strawberry

from domain import principals
from domain.masking import mask_name
from domain.principals import VerificationLevel
from graphql_api.execution import computed, names_below, projected
from resolvers.context import Info
from resolvers.described import describe_enum
from resolvers.licence import DrivingLicence
from resolvers.node import Node, id_of
from resolvers.pages import page_slice
from resolvers.payment import PaymentConnection, payment_connection
from resolvers.session import Session
from resolvers.vehicle import MAX_PAGE, VehicleConnection, vehicle_connection
from resolvers.violation_list import (
    After,
    Filter,
    First,
    Order,
    ViolationConnection,
    connection,
    page_request,
)

describe_enum(
    VerificationLevel,
    name="VerificationLevel",
    description="How surely we know who is signed in.",
    texts={
        VerificationLevel.NONE: "Not verified: records are closed (STEP_UP_REQUIRED).",
        VerificationLevel.BASIC: "Name and identity number were verified (实名).",
        VerificationLevel.FACE: "Verified by face as well (刷脸).",
    },
)


@strawberry.type(description="The person who is signed in. Nobody else's data can be reached.")
class Citizen(Node):
    principal: strawberry.Private[principals.Citizen]
    id: strawberry.ID = id_of("Citizen", "principal.id")

    @computed(description="Masked: *明. Null when the identity provider gave no name.")
    def name(self) -> str | None:
        name = self.principal.name
        return mask_name(name) if name else None

    verification: VerificationLevel = projected(
        "principal.verification", description="How surely we know you."
    )

    @strawberry.field(
        description="Your driving licence; null if the register knows of none. Null with"
        " UPSTREAM_UNAVAILABLE in `errors` when it cannot be looked up, with STEP_UP_REQUIRED when"
        " you have not been verified."
    )
    async def licence(self, info: Info) -> DrivingLicence | None:
        found = await info.context.licence()
        return DrivingLicence.of(found) if found is not None else None

    @strawberry.field(
        description="The vehicles you have bound. A vehicle that was sold leaves the list as soon"
        " as the register names another owner. Null with STEP_UP_REQUIRED when you have not been"
        " verified."
    )
    async def vehicles(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="Page size, 0 to 50.")] = 20,
        after: Annotated[
            str | None, strawberry.argument(description="Cursor of the page before.")
        ] = None,
    ) -> VehicleConnection | None:
        if "violations" in names_below(info):
            await info.context.begin(lists=page_slice(first, after, MAX_PAGE))
        return vehicle_connection(await info.context.garage(), first, after)

    @strawberry.field(
        description="Violations of all your vehicles together with the decisions that name you as"
        " the driver, on whatever vehicle. Null with UPSTREAM_UNAVAILABLE in `errors` when nothing"
        " at all can be looked up; see `isComplete` for parts."
    )
    async def violations(
        self,
        info: Info,
        filter: Filter = None,
        order_by: Order = None,
        first: First = 20,
        after: After = None,
    ) -> ViolationConnection | None:
        request, context = page_request(info, filter, order_by, first, after), info.context
        await context.begin(lists=slice(None), decisions=True)
        page = await context.services.violations.of_citizen(
            context.principal, await context.garage(), request
        )
        return connection(page, request, info)

    @strawberry.field(
        description="The phones on which you are signed in, the one used last first; at most 20."
        " Empty for tokens of another issuer, whose sessions are kept there. `endSession` ends one."
    )
    async def sessions(self, info: Info) -> list[Session]:
        held = await info.context.services.sessions.list(info.context.principal)
        return [Session.of(one) for one in held]

    @strawberry.field(
        description="Payments you began, whatever became of them. Null with STEP_UP_REQUIRED when"
        " you have not been verified."
    )
    async def payments(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="Page size, 0 to 50.")] = 20,
        after: Annotated[
            str | None, strawberry.argument(description="Cursor of the page before.")
        ] = None,
    ) -> PaymentConnection | None:
        held = await info.context.services.payments.list(info.context.principal)
        return payment_connection(held, first, after)

    @classmethod
    def of(cls, citizen: principals.Citizen) -> "Citizen":
        """The principal of a request."""
        return cls(principal=citizen)
