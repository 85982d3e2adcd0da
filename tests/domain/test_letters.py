"""Status letters, classes and uses."""

import pytest

from domain.letters import (
    CLASS_ZH,
    LICENCE_VALID,
    Letter,
    LicenceStatus,
    VehicleStatus,
    VehicleUse,
    licence_classes,
    licence_is_valid,
    licence_letters,
    vehicle_letters,
    vehicle_use,
)

# As domain.md §3.4 and §3.5 have them, letter by letter.
LICENCE = (
    "A正常 B超分 C转出 D暂扣 E撤销 F吊销 G注销 H违法未处理 I事故未处理 J停止使用 K扣押 L锁定"
    " M逾期未换证 N延期换证 P延期体检 R注销可恢复 S逾期未审验 T延期审验 U扣留"
)
VEHICLE = (
    "A正常 B转出 C被盗抢 D停驶 E注销 G违法未处理 H海关监管 I事故未处理 J嫌疑车 K查封 L扣留"
    " M达到报废标准 N事故逃逸 O锁定 P达到报废标准公告牌证作废 Q逾期未检验 Z其他"
)


@pytest.mark.parametrize("entry", LICENCE.split())
def test_every_letter_of_a_licence(entry: str) -> None:
    [letter] = licence_letters(entry[0])

    assert letter == Letter(entry[0], LicenceStatus(entry[0]).name, entry[1:])
    assert licence_is_valid(entry[0]) == (entry[0] in "AHNPT")


@pytest.mark.parametrize("entry", VEHICLE.split())
def test_every_letter_of_a_vehicle(entry: str) -> None:
    [letter] = vehicle_letters(entry[0])

    assert letter == Letter(entry[0], VehicleStatus(entry[0]).name, entry[1:])


def test_the_tables_above_are_whole() -> None:
    assert {entry[0] for entry in LICENCE.split()} | {"?"} == {s.value for s in LicenceStatus}
    assert {entry[0] for entry in VEHICLE.split()} | {"?"} == {s.value for s in VehicleStatus}


def test_the_same_letter_means_different_things() -> None:
    assert licence_letters("G") == (Letter("G", "DEREGISTERED", "注销"),)
    assert vehicle_letters("G") == (Letter("G", "VIOLATION_UNHANDLED", "违法未处理"),)


@pytest.mark.parametrize("unknown", ["O", "Q", "?", "1", "a", "证", "\x00"])
def test_an_unknown_letter_stays_and_is_never_normal(unknown: str) -> None:
    assert licence_letters("A" + unknown) == (
        Letter("A", "NORMAL", "正常"),
        Letter(unknown, "UNKNOWN", "未知状态"),
    )
    assert vehicle_letters("#") == (Letter("#", "UNKNOWN", "未知状态"),)
    assert not licence_is_valid(unknown)
    assert not licence_is_valid("A" + unknown)


@pytest.mark.parametrize(
    ("letters", "valid"),
    [("A", True), ("AH", True), ("HNPT", True), ("AB", False), ("BM", False), ("", False)],
)
def test_every_letter_must_let_the_holder_drive(letters: str, valid: bool) -> None:
    assert licence_is_valid(letters) is valid
    assert [one.letter for one in licence_letters(letters)] == list(letters)


def test_unknown_is_not_in_the_valid_set() -> None:
    assert LicenceStatus.UNKNOWN not in LICENCE_VALID


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("C1", ["C1"]),
        ("A1A2D", ["A1", "A2", "D"]),
        ("C1E", ["C1", "E"]),
        ("A2B1,B2/M", ["A2", "B1", "B2", "M"]),
        ("", []),
        ("X", []),
        ("C9", ["C9"]),
    ],
)
def test_classes(text: str, codes: list[str]) -> None:
    assert licence_classes(text) == tuple((code, CLASS_ZH.get(code, code)) for code in codes)


@pytest.mark.parametrize(
    ("code", "use"),
    [
        (None, None),
        ("A", VehicleUse.PRIVATE),
        ("R", VehicleUse.DANGEROUS_GOODS),
        ("S", VehicleUse.OTHER),
        ("", VehicleUse.OTHER),
        ("?", VehicleUse.OTHER),
    ],
)
def test_use(code: str | None, use: VehicleUse | None) -> None:
    assert vehicle_use(code) is use
