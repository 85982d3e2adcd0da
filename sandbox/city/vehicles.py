"""Vehicles: plates, VINs, makes, owners and dates; how often they were captured comes later."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sandbox.city.checks import credit_code, vin
from sandbox.city.entities import Vehicle
from sandbox.city.people import Citizen
from sandbox.city.plates import DIGITS, LETTERS, PlateOffice
from sandbox.city.seeds import Shuffle, chance, moment, years_after

# A citizen has at most five vehicles: vehicle number = citizen number * 5 + slot.
SLOTS = 5

_FUEL_MAKES = ("长安牌", "大众牌", "丰田牌", "本田牌", "别克牌", "吉利美日牌", "福特牌", "宝马牌")
_ENERGY_MAKES = ("比亚迪牌", "特斯拉牌", "深蓝牌", "赛力斯牌", "阿维塔牌", "蔚来牌")
_MOTORCYCLE_MAKES = ("宗申牌", "隆鑫牌", "力帆牌", "新大洲本田牌")
_TRUCK_MAKES = ("东风牌", "庆铃牌", "红岩牌", "福田牌")
_TRAILER_MAKES = ("通华牌", "中集牌")
_MAKES = {
    "01": _TRUCK_MAKES,
    "02": _FUEL_MAKES,
    "07": _MOTORCYCLE_MAKES,
    "15": _TRAILER_MAKES,
    "16": _FUEL_MAKES,
    "51": _ENERGY_MAKES,
    "52": _ENERGY_MAKES,
}
# What may bear a plate, as GA/T 16.4 codes it; which licence it takes depends on that.
_TYPES = {
    "01": ("H11", "H21", "Q11"),
    "02": ("K33", "K33", "K32", "K31"),
    "07": ("M21",) * 9 + ("M15",),
    "15": ("B11",),
    "16": ("K33",),
    "51": ("K11", "K21"),
    "52": ("K33", "K33", "K32"),
}
_USES = {"01": "F", "15": "F", "16": "N", "51": "C"}
_COMPANY_KINDS = ("物流有限公司", "汽车租赁有限公司", "商贸有限公司", "建筑劳务有限公司")
_COMPANY_NAMES = ("渝通达", "山城", "嘉陵", "两江顺", "巴渝", "长嘉汇")
_VIN_YEARS = "FGHJKLMNPRSTVWXY"  # 2015 and on
_VIN_CHARS = "ABCDEFGHJKLMNPRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class VehicleOffice:
    """Registers vehicles and finds them by plate."""

    seed: int
    today: date
    plates: PlateOffice
    serials: Shuffle
    companies: Shuffle

    @classmethod
    def open(cls, seed: int, today: date) -> "VehicleOffice":
        return cls(
            seed=seed,
            today=today,
            plates=PlateOffice(seed),
            serials=Shuffle(seed, "vin", 10**6 * len(_VIN_CHARS)),
            companies=Shuffle(seed, "company", 10**8),
        )

    def count(self, citizen: int) -> int:
        """About 70 % own one vehicle, 25 % two, the rest three to five."""
        if citizen == 0:
            return 2
        draw = chance(self.seed, "garage", citizen).random()
        return 1 + (draw > 0.7) + (draw > 0.95) + (draw > 0.98) + (draw > 0.99)

    def garage(self, owner: Citizen) -> list[Vehicle]:
        return [self._vehicle(owner, slot) for slot in range(self.count(owner.index))]

    def _vehicle(self, owner: Citizen, slot: int) -> Vehicle:
        number = owner.index * SLOTS + slot
        source = chance(self.seed, "vehicle", number)
        plate_type = _plate_type(source, owner.index, slot)
        registered = self._first_registered(source, owner)
        inspection = _inspection(source, registered, self.today)
        company = slot > 0 and owner.index > 0 and source.random() < 0.12
        use = _USES.get(plate_type, "A")
        return Vehicle(
            plate_type=plate_type,
            plate_number=self.plates.number(plate_type, _plate_index(source, plate_type, number)),
            vin=self._vin(source, number, registered),
            engine_number="".join(source.choices(LETTERS, k=3) + source.choices(DIGITS, k=7)),
            make=source.choice(_MAKES[plate_type]),
            colour=source.choice("ABEHJ"),
            type_code=self._type_code(number, plate_type),
            use=use,
            owner_name=_company_name(source) if company else owner.name,
            owner_id=self._company_id(number) if company else owner.identity_number,
            first_registered=registered,
            inspection_until=inspection,
            scrap_on=None if use == "A" else years_after(registered, 15),
            insurance_until=self._insurance(source, registered),
            authority="渝A",
            status="Q" if inspection < self.today else _status(source),
            updated_at=moment(registered, 36_000 + source.randrange(20_000)),
            records=(),
        )

    def _type_code(self, number: int, plate_type: str) -> str:
        return chance(self.seed, "vehicle-type", number).choice(_TYPES[plate_type])

    def _first_registered(self, source: Random, owner: Citizen) -> date:
        if owner.index == 0:
            return self.today - timedelta(days=1600 + source.randrange(400))
        return self.today - timedelta(days=int(20 + 4000 * source.random()))

    def _vin(self, source: Random, number: int, registered: date) -> str:
        plant, serial = divmod(self.serials.hide(number), 10**6)
        before = "L" + "".join(source.choices(_VIN_CHARS, k=3) + source.choices(DIGITS, k=4))
        return vin(
            before, f"{_VIN_YEARS[(registered.year - 2015) % 16]}{_VIN_CHARS[plant]}{serial:06d}"
        )

    def _company_id(self, number: int) -> str:
        return credit_code("500000", self.companies.hide(number))

    def _insurance(self, source: Random, registered: date) -> date:
        year = self.today.year + (1 if source.random() > 0.04 else -1)
        return years_after(registered, year - registered.year) - timedelta(days=1)


def _plate_type(source: Random, citizen: int, slot: int) -> str:
    if citizen == 0:
        return ("02", "52")[slot]
    if slot == 0:  # never a motorcycle, see _plate_index
        return source.choices(("02", "52", "01"), (78, 20, 2))[0]
    return source.choices(("02", "52", "07", "01", "15", "16", "51"), (52, 18, 16, 5, 3, 3, 3))[0]


def _plate_index(source: Random, plate_type: str, number: int) -> int:
    """Now and then a motorcycle bears the number of the neighbour's first vehicle."""
    citizen, slot = divmod(number, SLOTS)
    if plate_type == "07" and slot == 1 and source.random() < 0.3:
        return (citizen ^ 1) * SLOTS
    return number


def _inspection(source: Random, registered: date, today: date) -> date:
    year = today.year + source.choice((1, 1, 2, 2))
    if registered.year < today.year - 1 and source.random() < 0.05:
        year = today.year - 1
    return date(year, registered.month, monthrange(year, registered.month)[1])


def _company_name(source: Random) -> str:
    return f"重庆{source.choice(_COMPANY_NAMES)}{source.choice(_COMPANY_KINDS)}"


def _status(source: Random) -> str:
    """Concatenated letters; the same letter means something else on a licence."""
    return source.choices(("A", "G", "GI", "K", "L", "B", "M", "O"), (930, 40, 8, 4, 5, 5, 4, 4))[0]
