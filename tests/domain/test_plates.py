"""Number plates: what people type, what can exist, and what is said about the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.plates import (
    ENERGY_LETTERS,
    PROVINCES,
    InvalidPlate,
    Plate,
    PlateProblem,
    PlateType,
    normalise,
    parse_plate,
)

ORDINARY = "渝A12345"
PLATES = {
    PlateType.TRAILER: ["渝A1234挂"],
    PlateType.LEARNER_VEHICLE: ["渝A1234学"],
    PlateType.LEARNER_MOTORCYCLE: ["渝A1234学"],
    PlateType.POLICE_VEHICLE: ["渝A1234警"],
    PlateType.POLICE_MOTORCYCLE: ["渝A1234警"],
    PlateType.HONG_KONG_CROSS_BORDER: ["粤Z1234港"],
    PlateType.MACAO_CROSS_BORDER: ["粤Z1234澳"],
    PlateType.EMBASSY_VEHICLE: ["使014578", "224578使"],
    PlateType.EMBASSY_MOTORCYCLE: ["使014578"],
    PlateType.CONSULATE_VEHICLE: ["沪A0023领"],
    PlateType.SMALL_NEW_ENERGY: [f"渝A{letter}12345" for letter in ENERGY_LETTERS] + ["渝ADA1234"],
    PlateType.LARGE_NEW_ENERGY: [f"渝A12345{letter}" for letter in ENERGY_LETTERS],
}


@pytest.mark.parametrize("plate_type", PlateType)
def test_every_type_has_plates(plate_type: PlateType) -> None:
    for number in PLATES.get(plate_type, [ORDINARY, "渝ZZZZZZ", "新O00000"]):
        plate = parse_plate(number, plate_type)

        assert plate == Plate(plate_type, number)
        assert plate.key == f"{plate_type.value}:{number}"


@pytest.mark.parametrize("province", PROVINCES)
def test_every_province(province: str) -> None:
    assert parse_plate(f"{province}A12345", PlateType.SMALL_VEHICLE).number == f"{province}A12345"


@pytest.mark.parametrize(
    "typed",
    [
        "渝a12345",
        "渝A·12345",
        "渝A•12345",
        "渝A‧12345",
        "渝A・12345",
        "渝A･12345",
        "渝A。12345",
        "渝A．12345",
        "渝A.12345",
        "渝A-12345",
        "渝A\u201012345",
        "渝A\u201112345",
        "渝A—12345",
        "渝A\u221212345",
        "渝A_12345",
        " 渝 A 1 2 3 4 5 ",
        "\u3000渝A\u300012345\t\n",
        "渝A\u00a012345",
        "渝Ａ１２３４５",
        "渝ａ１２３４５",
        "\ufeff渝A\u200b1\u200c2\u200d345",
        "\u200e渝A12345\u200f",
        "\u202a渝A12345\u202c",
        "渝A\u00ad12345",
        "渝A\u206012345",
    ],
)
def test_typing_is_cleaned_up(typed: str) -> None:
    assert parse_plate(typed, PlateType.SMALL_VEHICLE).number == ORDINARY


@pytest.mark.parametrize(
    ("typed", "plate_type", "problem", "part"),
    [
        ("", PlateType.SMALL_VEHICLE, PlateProblem.EMPTY, ""),
        (" ·- ", PlateType.SMALL_VEHICLE, PlateProblem.EMPTY, ""),
        ("A12345", PlateType.SMALL_VEHICLE, PlateProblem.PROVINCE, "A"),
        ("港A12345", PlateType.SMALL_VEHICLE, PlateProblem.PROVINCE, "港"),
        ("渝", PlateType.SMALL_VEHICLE, PlateProblem.ISSUER_LETTER, ""),
        ("渝112345", PlateType.SMALL_VEHICLE, PlateProblem.ISSUER_LETTER, "1"),
        ("渝I12345", PlateType.SMALL_VEHICLE, PlateProblem.ISSUER_LETTER, "I"),
        ("渝AO2345", PlateType.SMALL_VEHICLE, PlateProblem.LETTER_I_OR_O, "O"),
        ("渝A1234i", PlateType.SMALL_VEHICLE, PlateProblem.LETTER_I_OR_O, "I"),
        ("渝A12#45", PlateType.SMALL_VEHICLE, PlateProblem.CHARACTER, "#"),
        ("渝A12\x0045", PlateType.SMALL_VEHICLE, PlateProblem.CHARACTER, "\x00"),
        ("渝A12\ud80045", PlateType.SMALL_VEHICLE, PlateProblem.CHARACTER, "\ud800"),
        ("渝A12挂45", PlateType.SMALL_VEHICLE, PlateProblem.CHARACTER, "挂"),
        ("使\x0012345", PlateType.SMALL_VEHICLE, PlateProblem.CHARACTER, "\x00"),
        ("使A12345", PlateType.EMBASSY_VEHICLE, PlateProblem.CHARACTER, "A"),
        ("渝A1234", PlateType.SMALL_VEHICLE, PlateProblem.TOO_SHORT, "6"),
        ("渝A12345", PlateType.SMALL_NEW_ENERGY, PlateProblem.TOO_SHORT, "7"),
        ("渝A1234567", PlateType.SMALL_VEHICLE, PlateProblem.TOO_LONG, "9"),
        ("渝AD123456", PlateType.LARGE_NEW_ENERGY, PlateProblem.TOO_LONG, "9"),
        ("渝AD12345", PlateType.SMALL_VEHICLE, PlateProblem.WRONG_TYPE, ""),
        ("渝A12345D", PlateType.SMALL_NEW_ENERGY, PlateProblem.NEW_ENERGY_FORM, ""),
        ("渝AD12345", PlateType.LARGE_NEW_ENERGY, PlateProblem.NEW_ENERGY_FORM, ""),
        ("渝AL12345", PlateType.SMALL_NEW_ENERGY, PlateProblem.NEW_ENERGY_FORM, ""),
        ("渝ADA123A", PlateType.SMALL_NEW_ENERGY, PlateProblem.NEW_ENERGY_FORM, ""),
        ("渝A12345", PlateType.TRAILER, PlateProblem.SUFFIX, "挂"),
        ("渝A1234挂", PlateType.POLICE_VEHICLE, PlateProblem.SUFFIX, "警"),
    ],
)
def test_what_is_wrong_is_named(
    typed: str, plate_type: PlateType, problem: PlateProblem, part: str
) -> None:
    with pytest.raises(InvalidPlate) as caught:
        parse_plate(typed, plate_type)

    assert (caught.value.problem, caught.value.part) == (problem, part)


def test_every_problem_is_met_above() -> None:
    cases = test_what_is_wrong_is_named.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {case[2] for case in cases} == set(PlateProblem)


def test_display() -> None:
    assert parse_plate("渝ad12345", PlateType.SMALL_NEW_ENERGY).display == "渝A·D12345"


@given(
    text=st.text() | st.text(alphabet="渝使A1挂学O· \u200bß\x00", max_size=10),
    plate_type=st.sampled_from(PlateType),
)
def test_nothing_else_is_ever_raised(text: str, plate_type: PlateType) -> None:
    try:
        plate = parse_plate(text, plate_type)
    except InvalidPlate:
        return
    assert parse_plate(plate.number, plate_type) == plate
    assert parse_plate(plate.display, plate_type) == plate
    assert normalise(plate.number) == plate.number
    assert "\x00" not in plate.number


@given(number=st.from_regex(r"\A[渝川粤][A-H][A-HJ-NP-Z0-9]{5}\Z"))
def test_a_plate_is_never_whole_in_a_log(number: str) -> None:
    plate = parse_plate(number, PlateType.SMALL_VEHICLE)

    for shown in (repr(plate), str(plate), f"{[plate]}"):
        assert number not in shown
        assert number[2:] not in shown
