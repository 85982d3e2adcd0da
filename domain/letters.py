"""Status letters and small code tables of the register. The same letter means different things."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar


class LicenceStatus(StrEnum):
    """Driving-licence status (wire: zt of a driver). The value is the register's letter."""

    NORMAL = "A"
    OVER_POINTS = "B"
    MOVED_OUT = "C"
    SUSPENDED = "D"
    CANCELLED = "E"
    REVOKED = "F"
    DEREGISTERED = "G"
    VIOLATION_UNHANDLED = "H"
    ACCIDENT_OPEN = "I"
    STOPPED = "J"
    DETAINED = "K"
    LOCKED = "L"
    RENEWAL_OVERDUE = "M"
    RENEWAL_DEFERRED = "N"
    MEDICAL_DEFERRED = "P"
    DEREGISTERED_RESTORABLE = "R"
    CHECK_OVERDUE = "S"
    CHECK_DEFERRED = "T"
    HELD = "U"
    UNKNOWN = "?"


class VehicleStatus(StrEnum):
    """Vehicle status (wire: zt of a vehicle). The value is the register's letter."""

    NORMAL = "A"
    MOVED_OUT = "B"
    STOLEN = "C"
    OUT_OF_USE = "D"
    DEREGISTERED = "E"
    VIOLATION_UNHANDLED = "G"
    CUSTOMS_CONTROL = "H"
    ACCIDENT_OPEN = "I"
    SUSPECT = "J"
    SEALED = "K"
    HELD = "L"
    COMPULSORY_SCRAP = "M"
    HIT_AND_RUN = "N"
    LOCKED = "O"
    SCRAP_ANNOUNCED = "P"
    INSPECTION_OVERDUE = "Q"
    OTHER = "Z"
    UNKNOWN = "?"


class VehicleUse(StrEnum):
    """Use of a vehicle (GA/T 16.3, wire: syxz). The value is the register's letter."""

    PRIVATE = "A"
    ROAD_PASSENGER = "B"
    CITY_BUS = "C"
    TAXI = "D"
    TOURIST_COACH = "E"
    FREIGHT = "F"
    RENTAL = "G"
    POLICE = "H"
    FIRE = "I"
    AMBULANCE = "J"
    RESCUE = "K"
    FORMER_COMMERCIAL = "L"
    FORMER_TAXI = "M"
    LEARNER = "N"
    NURSERY_BUS = "O"
    PRIMARY_SCHOOL_BUS = "P"
    OTHER_SCHOOL_BUS = "Q"
    DANGEROUS_GOODS = "R"
    OTHER = "?"


LICENCE_STATUS_ZH = dict(
    zip(
        LicenceStatus,
        [
            "正常",
            "超分",
            "转出",
            "暂扣",
            "撤销",
            "吊销",
            "注销",
            "违法未处理",
            "事故未处理",
            "停止使用",
            "扣押",
            "锁定",
            "逾期未换证",
            "延期换证",
            "延期体检",
            "注销可恢复",
            "逾期未审验",
            "延期审验",
            "扣留",
            "未知状态",
        ],
        strict=True,
    )
)
VEHICLE_STATUS_ZH = dict(
    zip(
        VehicleStatus,
        [
            "正常",
            "转出",
            "被盗抢",
            "停驶",
            "注销",
            "违法未处理",
            "海关监管",
            "事故未处理",
            "嫌疑车",
            "查封",
            "扣留",
            "达到报废标准",
            "事故逃逸",
            "锁定",
            "达到报废标准公告牌证作废",
            "逾期未检验",
            "其他",
            "未知状态",
        ],
        strict=True,
    )
)

# Unknown letters are never "normal": the licence is valid only if every letter is in this set.
LICENCE_VALID = frozenset(
    {
        LicenceStatus.NORMAL,
        LicenceStatus.VIOLATION_UNHANDLED,
        LicenceStatus.RENEWAL_DEFERRED,
        LicenceStatus.MEDICAL_DEFERRED,
        LicenceStatus.CHECK_DEFERRED,
    }
)

_LICENCE = {status.value: status for status in LicenceStatus}
_VEHICLE = {status.value: status for status in VehicleStatus}
_USES = {use.value: use for use in VehicleUse}

# A register holds few different texts of these, and every record has one.
MEMORY = 1024

Status = TypeVar("Status", LicenceStatus, VehicleStatus)

CLASS = re.compile(r"[ABC]\d|[DEFMNP]")

CLASS_ZH = {
    "A1": "大型客车",
    "A2": "重型牵引挂车",
    "A3": "城市公交车",
    "B1": "中型客车",
    "B2": "大型货车",
    "C1": "小型汽车",
    "C2": "小型自动挡汽车",
    "C3": "低速载货汽车",
    "C4": "三轮汽车",
    "C5": "残疾人专用小型自动挡载客汽车",
    "C6": "轻型牵引挂车",
    "D": "普通三轮摩托车",
    "E": "普通二轮摩托车",
    "F": "轻便摩托车",
    "M": "轮式专用机械车",
    "N": "无轨电车",
    "P": "有轨电车",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One status letter as the register wrote it, with its meaning."""

    letter: str
    name: str
    text_zh: str


@lru_cache(MEMORY)
def licence_letters(letters: str) -> tuple[Letter, ...]:
    """Explain concatenated letters of a licence, such as "AH"; unknown ones stay and say so."""
    return _explain(letters, _LICENCE, LicenceStatus.UNKNOWN, LICENCE_STATUS_ZH)


@lru_cache(MEMORY)
def vehicle_letters(letters: str) -> tuple[Letter, ...]:
    """Explain concatenated letters of a vehicle, such as "GQ"; unknown ones stay and say so."""
    return _explain(letters, _VEHICLE, VehicleStatus.UNKNOWN, VEHICLE_STATUS_ZH)


def _explain(
    letters: str, known: Mapping[str, Status], unknown: Status, texts: Mapping[Status, str]
) -> tuple[Letter, ...]:
    statuses = [known.get(letter, unknown) for letter in letters]
    return tuple(
        Letter(letter, status.name, texts[status])
        for letter, status in zip(letters, statuses, strict=True)
    )


@lru_cache(MEMORY)
def licence_is_valid(letters: str) -> bool:
    """Whether every letter lets the person drive. No letter at all proves nothing."""
    return bool(letters) and all(_LICENCE.get(letter) in LICENCE_VALID for letter in letters)


@lru_cache(MEMORY)
def licence_classes(text: str) -> tuple[tuple[str, str], ...]:
    """The classes in a string such as "A1A2D", each with its Chinese name."""
    return tuple((c, CLASS_ZH.get(c, c)) for c in CLASS.findall(text))


def vehicle_use(code: str | None) -> VehicleUse | None:
    """The use of a vehicle; a letter the table does not know is OTHER."""
    return None if code is None else _USES.get(code, VehicleUse.OTHER)
