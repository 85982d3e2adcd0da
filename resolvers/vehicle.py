"""A citizen's vehicle."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum

import strawberry

from domain import letters
from domain.failures import UpstreamUnavailable
from domain.letters import VehicleStatus as Status
from domain.letters import VehicleUse as Use
from graphql_api.execution import Batch, batched, computed, projected
from resolvers.context import Info
from resolvers.described import describe_enum
from resolvers.node import Node, id_of
from resolvers.pages import Page, page_of
from resolvers.plate import Plate
from resolvers.values import Freshness, PageInfo
from resolvers.violation_list import (
    After,
    Filter,
    First,
    Order,
    ViolationConnection,
    connection,
    page_request,
)
from services.garage import Garage, HeldVehicle

MAX_PAGE = 50

describe_enum(
    Status,
    name="VehicleStatusCode",
    description="Status of a vehicle (机动车状态). Several can hold at once.",
    texts={
        status: f"{status.value} {text}"
        if status is not Status.UNKNOWN
        else "A letter no table knows; never taken as normal"
        for status, text in letters.VEHICLE_STATUS_ZH.items()
    },
)

describe_enum(
    Use,
    name="VehicleUse",
    description="Use of a vehicle (使用性质, GA/T 16.3).",
    texts={
        Use.PRIVATE: "A 非营运",
        Use.ROAD_PASSENGER: "B 公路客运",
        Use.CITY_BUS: "C 公交客运",
        Use.TAXI: "D 出租客运",
        Use.TOURIST_COACH: "E 旅游客运",
        Use.FREIGHT: "F 货运",
        Use.RENTAL: "G 租赁",
        Use.POLICE: "H 警用",
        Use.FIRE: "I 消防",
        Use.AMBULANCE: "J 救护",
        Use.RESCUE: "K 工程抢险",
        Use.FORMER_COMMERCIAL: "L 营转非",
        Use.FORMER_TAXI: "M 出租转非",
        Use.LEARNER: "N 教练",
        Use.NURSERY_BUS: "O 幼儿校车",
        Use.PRIMARY_SCHOOL_BUS: "P 小学生校车",
        Use.OTHER_SCHOOL_BUS: "Q 其他校车",
        Use.DANGEROUS_GOODS: "R 危化品运输",
        Use.OTHER: "Another use",
    },
)


@strawberry.enum(description="What the vehicle is to you.")
class VehicleRelation(Enum):
    OWNER = strawberry.enum_value("owner", description="The record names you as its owner.")


@strawberry.type(description="One status letter of a vehicle, explained.")
class VehicleStatus:
    """Its objects are the letters of the domain."""

    @computed(description="The meaning, for programs.")
    def code(self: letters.Letter) -> Status:
        return Status[self.name]

    letter: str = strawberry.field(description="The register's letter.")
    text: str = projected("text_zh", description="The meaning in Chinese.")


@strawberry.type(description="A vehicle you have bound, as the register knows it.")
class Vehicle(Node):
    held: strawberry.Private[HeldVehicle]
    id: strawberry.ID = id_of("Vehicle", "held.id")
    plate: Plate = projected("held.plate", description="The plate.")
    make: str | None = projected("held.make", description="Make, in the register's words.")
    colour: str | None = projected(
        "held.colour", description="Colour code or word of the register."
    )
    type_code: str | None = projected(
        "held.type_code",
        description="Type of the vehicle (车辆类型, GA/T 16.4), for example K33: what the classes"
        " of a licence must cover. Null where the register does not say.",
    )
    use: Use | None = projected("held.use", description="What the vehicle is used for.")

    statuses: list[VehicleStatus] = projected(
        "held.statuses",
        description="Every status letter explained; empty when nothing usable is known.",
    )
    first_registered_on: date | None = projected(
        "held.first_registered_on",
        description="Day of first registration. Earlier violations of the plate are not yours.",
    )
    inspection_valid_until: date | None = projected(
        "held.inspection_valid_until", description="End of the inspection."
    )
    insurance_valid_until: date | None = projected(
        "held.insurance_valid_until",
        description="End of the compulsory insurance, as the register knows it.",
    )

    @computed(description="What the vehicle is to you.")
    def relation(self) -> VehicleRelation:
        return VehicleRelation.OWNER

    is_registered: bool = projected(
        "held.registered",
        description="False when the register no longer knows the vehicle: all else is what it said"
        " last.",
    )
    bound_at: datetime = projected("held.bound_at", description="When you bound it.")
    freshness: Freshness = projected(
        "held.freshness", description="How old the vehicle's own data are."
    )

    @batched(
        description="What cameras recorded of the plate, decided or not. Decisions made on the"
        " scene belong to their driver: see `viewer.violations`. Null with UPSTREAM_UNAVAILABLE in"
        " `errors` when they cannot be looked up: never an empty list for that."
    )
    @staticmethod
    async def violations(
        vehicles: Sequence["Vehicle"],
        info: Info,
        filter: Filter = None,
        order_by: Order = None,
        first: First = 20,
        after: After = None,
    ) -> Batch[ViolationConnection | None]:
        request = page_request(info, filter, order_by, first, after)
        held = [one.held for one in vehicles]
        pages = await info.context.services.violations.of_vehicles(held, request)
        return [
            page if isinstance(page, UpstreamUnavailable) else connection(page, request, info)
            for page in pages
        ]

    @classmethod
    def of(cls, held: HeldVehicle) -> "Vehicle":
        """A vehicle as the service found it."""
        return cls(held=held)


@strawberry.type(description="One vehicle in a page.")
class VehicleEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Vehicle = strawberry.field(description="The vehicle.")


@strawberry.type(description="A page of vehicles, in the order they were bound.")
class VehicleConnection:
    page: strawberry.Private[Page[HeldVehicle]]
    total_count: int = projected("page.total", description="How many vehicles you have bound.")

    @computed(description="The page, with cursors.")
    def edges(self) -> list[VehicleEdge]:
        return [
            VehicleEdge(cursor=cursor, node=Vehicle.of(held))
            for cursor, held in zip(self.page.cursors, self.page.items, strict=True)
        ]

    @computed(description="The page, without cursors.")
    def nodes(self) -> list[Vehicle]:
        return [Vehicle.of(held) for held in self.page.items]

    page_info: PageInfo = projected("page.info", description="Where the page stands.")


def vehicle_connection(garage: Garage, first: int, after: str | None) -> VehicleConnection:
    """
    A page of a citizen's vehicles.

    :raises BadRequest: if the page size or the cursor make no sense
    """
    return VehicleConnection(page=page_of(garage.vehicles, first, after, MAX_PAGE))
