"""The words in which values of rules are said, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from domain.letters import LICENCE_STATUS_ZH, LicenceStatus, VehicleUse
from domain.plates import PlateType
from domain.rules.values import BatchBeyondLimit, CarryOver, FreezeReason, LeapDay, Rounding
from domain.texts import Text
from domain.violations import CaptureKind

ANY = Text("不限", "any")
NO_LIMIT = Text("不限", "no limit")
NONE_OF_THEM = Text("无", "none")


@dataclass(frozen=True, slots=True)
class Unit:
    """What is counted."""

    zh: str
    one: str
    many: str

    def count(self, number: int) -> Text:
        """So many of them."""
        return Text(f"{number} {self.zh}", f"{number} {self.one if number == 1 else self.many}")


PERCENT = Unit("%", "percent", "percent")
POINTS = Unit("分", "point", "points")
MINUTES = Unit("分钟", "minute", "minutes")
HOURS = Unit("小时", "hour", "hours")
DAYS = Unit("天", "day", "days")
WORKDAYS = Unit("个工作日", "working day", "working days")
MONTHS = Unit("个月", "month", "months")
YEARS = Unit("年", "year", "years")
TIMES = Unit("次", "time", "times")
RECORDS = Unit("起", "record", "records")
PEOPLE = Unit("人", "person", "people")
VEHICLES = Unit("辆", "vehicle", "vehicles")

Words = Mapping[StrEnum, Text]

CAPTURE_KINDS: Words = MappingProxyType(
    {
        CaptureKind.CAMERA: Text("电子监控", "camera"),
        CaptureKind.ON_SCENE: Text("现场执法", "on the scene"),
    }
)
BATCHES: Words = MappingProxyType(
    {
        BatchBeyondLimit.WINDOW: Text("须到窗口处理", "at a window only"),
        BatchBeyondLimit.ALLOW: Text("可以网上处理", "online too"),
    }
)
ROUNDINGS: Words = MappingProxyType(
    {
        Rounding.FEN_DOWN: Text("精确到分，分以下舍去", "to the fen, fractions dropped"),
        Rounding.YUAN_DOWN: Text("精确到元，元以下舍去", "to the yuan, fractions dropped"),
        Rounding.YUAN_HALF_UP: Text("精确到元，四舍五入", "to the yuan, halves rounded up"),
    }
)
FREEZE_REASONS: Words = MappingProxyType(
    {
        FreezeReason.RECONSIDERATION: Text("行政复议", "reconsideration"),
        FreezeReason.LITIGATION: Text("行政诉讼", "litigation"),
        FreezeReason.ANNULMENT_REQUEST: Text("申请撤销期间", "a request for annulment"),
        FreezeReason.DEFERRAL: Text("经批准的暂缓或分期", "an approved deferral or instalments"),
    }
)
CARRY_OVERS: Words = MappingProxyType(
    {
        CarryOver.OVERDUE_UNPAID_ITEMS: Text(
            "只转入逾期未缴罚款的违法的记分", "only the points of violations whose fine is overdue"
        ),
        CarryOver.ALL_IF_ANY_UNPAID: Text(
            "有罚款未缴的，全部记分转入", "all points if any fine is unpaid"
        ),
    }
)
LEAP_DAYS: Words = MappingProxyType(
    {
        LeapDay.FEBRUARY_28: Text("平年为 2 月 28 日", "28 February in common years"),
        LeapDay.MARCH_1: Text("平年为 3 月 1 日", "1 March in common years"),
    }
)

# Whoever has no licence any more can take no points, whatever a city writes.
NO_LICENCE = frozenset(
    {
        LicenceStatus.CANCELLED,
        LicenceStatus.REVOKED,
        LicenceStatus.DEREGISTERED,
        LicenceStatus.DEREGISTERED_RESTORABLE,
        LicenceStatus.UNKNOWN,
    }
)


def _said(member: StrEnum, zh: str) -> Text:
    return Text(zh, member.name.lower().replace("_", " "))


LICENCE_STATUSES: Words = MappingProxyType(
    {
        status: _said(status, zh)
        for status, zh in LICENCE_STATUS_ZH.items()
        if status not in NO_LICENCE
    }
)
PLATE_TYPES: Words = MappingProxyType(
    {
        plate_type: _said(plate_type, zh)
        for plate_type, zh in zip(
            PlateType,
            (
                *("大型汽车", "小型汽车", "使馆汽车", "领馆汽车", "境外汽车", "外籍汽车"),
                *("普通摩托车", "轻便摩托车", "使馆摩托车", "领馆摩托车", "境外摩托车"),
                *("外籍摩托车", "低速车", "拖拉机", "挂车", "教练汽车", "教练摩托车"),
                *("试验汽车", "试验摩托车", "临时入境汽车", "临时入境摩托车", "临时行驶车"),
                *("警用汽车", "警用摩托", "原农机号牌", "香港入出境车", "澳门入出境车"),
                *("大型新能源汽车", "小型新能源汽车", "其他"),
            ),
            strict=True,
        )
    }
)
VEHICLE_USES: Words = MappingProxyType(
    {
        use: _said(use, zh)
        for use, zh in zip(
            (use for use in VehicleUse if use is not VehicleUse.OTHER),
            (
                *("非营运", "公路客运", "公交客运", "出租客运", "旅游客运", "货运", "租赁"),
                *("警用", "消防", "救护", "工程抢险", "营转非", "出租转非", "教练"),
                *("幼儿校车", "小学生校车", "其他校车", "危化品运输"),
            ),
            strict=True,
        )
    }
)
