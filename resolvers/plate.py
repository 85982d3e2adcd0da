"""Number plates."""

from typing import cast

import strawberry

from domain import plates
from domain.plates import PlateType
from resolvers.described import describe_enum

describe_enum(
    PlateType,
    name="PlateType",
    description="Plate type (号牌种类, GA/T 16.7). Plate and type together are a vehicle's key.",
    texts={
        PlateType.LARGE_VEHICLE: "01 大型汽车",
        PlateType.SMALL_VEHICLE: "02 小型汽车",
        PlateType.EMBASSY_VEHICLE: "03 使馆汽车",
        PlateType.CONSULATE_VEHICLE: "04 领馆汽车",
        PlateType.ABROAD_VEHICLE: "05 境外汽车",
        PlateType.FOREIGN_VEHICLE: "06 外籍汽车",
        PlateType.MOTORCYCLE: "07 普通摩托车",
        PlateType.LIGHT_MOTORCYCLE: "08 轻便摩托车",
        PlateType.EMBASSY_MOTORCYCLE: "09 使馆摩托车",
        PlateType.CONSULATE_MOTORCYCLE: "10 领馆摩托车",
        PlateType.ABROAD_MOTORCYCLE: "11 境外摩托车",
        PlateType.FOREIGN_MOTORCYCLE: "12 外籍摩托车",
        PlateType.LOW_SPEED_VEHICLE: "13 低速车",
        PlateType.TRACTOR: "14 拖拉机",
        PlateType.TRAILER: "15 挂车; the plate ends with 挂",
        PlateType.LEARNER_VEHICLE: "16 教练汽车; the plate ends with 学",
        PlateType.LEARNER_MOTORCYCLE: "17 教练摩托车; the plate ends with 学",
        PlateType.TEST_VEHICLE: "18 试验汽车",
        PlateType.TEST_MOTORCYCLE: "19 试验摩托车",
        PlateType.TEMPORARY_ENTRY_VEHICLE: "20 临时入境汽车",
        PlateType.TEMPORARY_ENTRY_MOTORCYCLE: "21 临时入境摩托车",
        PlateType.TEMPORARY: "22 临时行驶车",
        PlateType.POLICE_VEHICLE: "23 警用汽车; the plate ends with 警",
        PlateType.POLICE_MOTORCYCLE: "24 警用摩托; the plate ends with 警",
        PlateType.FORMER_FARM_MACHINE: "25 原农机号牌",
        PlateType.HONG_KONG_CROSS_BORDER: "26 香港入出境车; the plate ends with 港",
        PlateType.MACAO_CROSS_BORDER: "27 澳门入出境车; the plate ends with 澳",
        PlateType.LARGE_NEW_ENERGY: "51 大型新能源汽车; 8 characters",
        PlateType.SMALL_NEW_ENERGY: "52 小型新能源汽车; 8 characters",
        PlateType.OTHER: "99 其他",
    },
)


@strawberry.type(description="A number plate.")
class Plate:
    """Its objects are those of the domain, which have the same attributes."""

    number: str = strawberry.field(description="Upper case, without separators: 渝A12345.")
    plate_type: PlateType = strawberry.field(description="The plate type.")
    display: str = strawberry.field(description="As people write it: 渝A·12345.")

    @classmethod
    def of(cls, plate: plates.Plate) -> "Plate":
        """A plate of the domain."""
        return cast("Plate", plate)
