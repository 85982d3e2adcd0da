"""Binding and unbinding a vehicle."""

from typing import Annotated

import strawberry

from domain.plates import PlateType
from domain.refusals import Refusal, RefusalCode
from domain.refusals import Refused as SayNo
from resolvers.context import Info
from resolvers.ids import key_of
from resolvers.refusals import Refused
from resolvers.vehicle import Vehicle


@strawberry.input(description="Which vehicle, and the proof that it stands before you.")
class BindVehicleInput:
    plate: str = strawberry.field(
        description="The plate as you type it: lower case, full-width characters, blanks, dots and"
        " dashes are fine. O and I are not taken for 0 and 1."
    )
    plate_type: PlateType = strawberry.field(description="The plate type.")
    proof: str = strawberry.field(
        description="The last 6 characters of the VIN or of the engine number, from the vehicle"
        " licence."
    )


@strawberry.type(description="The vehicle is bound.")
class BindVehicleSuccess:
    vehicle: Vehicle = strawberry.field(description="The vehicle.")


BindVehicleResult = Annotated[
    BindVehicleSuccess | Refused,
    strawberry.union("BindVehicleResult", description="The bound vehicle, or why not."),
]


@strawberry.input(description="Which vehicle to take out of your list.")
class UnbindVehicleInput:
    vehicle_id: strawberry.ID = strawberry.field(description="Id of a vehicle of yours.")


@strawberry.type(description="The vehicle is no longer in your list.")
class UnbindVehicleSuccess:
    vehicle_id: strawberry.ID = strawberry.field(description="The id that was given.")


UnbindVehicleResult = Annotated[
    UnbindVehicleSuccess | Refused,
    strawberry.union("UnbindVehicleResult", description="Done, or why not."),
]


@strawberry.type
class BindingMutations:
    @strawberry.mutation(
        description="Bind a vehicle whose record names you as the owner. Safe to repeat: binding"
        " what is bound answers as the first time. Refusals: PLATE_INVALID, PROOF_INVALID,"
        " VEHICLE_NOT_CONFIRMED, TOO_MANY_ATTEMPTS (5 wrong ones a day), TOO_MANY_VEHICLES."
        " Failures: UNAUTHENTICATED, STEP_UP_REQUIRED, UPSTREAM_UNAVAILABLE."
    )
    async def bind_vehicle(
        self,
        info: Info,
        input: Annotated[BindVehicleInput, strawberry.argument(description="Plate and proof.")],
    ) -> BindVehicleResult:
        context = info.context
        vehicle_id = await context.services.binding.bind(
            context.principal, plate=input.plate, plate_type=input.plate_type, proof=input.proof
        )
        garage = await context.services.garage.of(context.principal)
        for held in garage.vehicles:
            if held.id == vehicle_id:
                return BindVehicleSuccess(vehicle=Vehicle.of(held))
        # The record changed hands between the check and now.
        raise SayNo(Refusal(RefusalCode.VEHICLE_NOT_CONFIRMED))

    @strawberry.mutation(
        description="Take a vehicle out of your list. Refusals: NOT_FOUND. Failures:"
        " UNAUTHENTICATED, BAD_REQUEST for an id of another kind."
    )
    async def unbind_vehicle(
        self,
        info: Info,
        input: Annotated[UnbindVehicleInput, strawberry.argument(description="The vehicle's id.")],
    ) -> UnbindVehicleResult:
        key = key_of("Vehicle", input.vehicle_id)
        await info.context.services.garage.unbind(info.context.principal, key)
        return UnbindVehicleSuccess(vehicle_id=input.vehicle_id)
