"""Number plates."""

import strawberry

from domain import plates
from domain.plates import PlateType as Type
from resolvers.described import described_enum

PlateType = described_enum(
    Type,
    name="PlateType",
    description="Plate type (号牌种类, GA/T 16.7). Plate and type together are a vehicle's key.",
    texts={
        Type.LARGE_VEHICLE: "01 大型汽车",
        Type.SMALL_VEHICLE: "02 小型汽车",
        Type.EMBASSY_VEHICLE: "03 使馆汽车",
        Type.CONSULATE_VEHICLE: "04 领馆汽车",
        Type.ABROAD_VEHICLE: "05 境外汽车",
        Type.FOREIGN_VEHICLE: "06 外籍汽车",
        Type.MOTORCYCLE: "07 普通摩托车",
        Type.LIGHT_MOTORCYCLE: "08 轻便摩托车",
        Type.EMBASSY_MOTORCYCLE: "09 使馆摩托车",
        Type.CONSULATE_MOTORCYCLE: "10 领馆摩托车",
        Type.ABROAD_MOTORCYCLE: "11 境外摩托车",
        Type.FOREIGN_MOTORCYCLE: "12 外籍摩托车",
        Type.LOW_SPEED_VEHICLE: "13 低速车",
        Type.TRACTOR: "14 拖拉机",
        Type.TRAILER: "15 挂车; the plate ends with 挂",
        Type.LEARNER_VEHICLE: "16 教练汽车; the plate ends with 学",
        Type.LEARNER_MOTORCYCLE: "17 教练摩托车; the plate ends with 学",
        Type.TEST_VEHICLE: "18 试验汽车",
        Type.TEST_MOTORCYCLE: "19 试验摩托车",
        Type.TEMPORARY_ENTRY_VEHICLE: "20 临时入境汽车",
        Type.TEMPORARY_ENTRY_MOTORCYCLE: "21 临时入境摩托车",
        Type.TEMPORARY: "22 临时行驶车",
        Type.POLICE_VEHICLE: "23 警用汽车; the plate ends with 警",
        Type.POLICE_MOTORCYCLE: "24 警用摩托; the plate ends with 警",
        Type.FORMER_FARM_MACHINE: "25 原农机号牌",
        Type.HONG_KONG_CROSS_BORDER: "26 香港入出境车; the plate ends with 港",
        Type.MACAO_CROSS_BORDER: "27 澳门入出境车; the plate ends with 澳",
        Type.LARGE_NEW_ENERGY: "51 大型新能源汽车; 8 characters",
        Type.SMALL_NEW_ENERGY: "52 小型新能源汽车; 8 characters",
        Type.OTHER: "99 其他",
    },
)


@strawberry.type(description="A number plate.")
class Plate:
    number: str = strawberry.field(description="Upper case, without separators: 渝A12345.")
    plate_type: PlateType = strawberry.field(description="The plate type.")
    display: str = strawberry.field(description="As people write it: 渝A·12345.")

    @classmethod
    def of(cls, plate: plates.Plate) -> "Plate":
        """A plate of the domain."""
        return cls(number=plate.number, plate_type=plate.plate_type, display=plate.display)
