"""Number plates (GA 36): the key of a vehicle is its plate type together with its plate number."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
ENERGY_LETTERS = "ABCDEFGHJK"
SERIAL = "A-HJ-NP-Z0-9"
MARKS = "挂学警港澳领使"
SUFFIXES = {"15": "挂", "16": "学", "17": "学", "23": "警", "24": "警", "26": "港", "27": "澳"}

# Blanks, dots, dashes and zero-width characters that people and keyboards put between the parts.
NOISE = re.compile(
    r"[\s·•.．。・‧\u2219\u22c5\-_\u2010-\u2015\u2212"
    r"\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe0f\ufeff]+"
)

ORDINARY = re.compile(rf"[{PROVINCES}][A-Z][{SERIAL}]{{4}}[{SERIAL}{MARKS}]")
SMALL_NEW_ENERGY = re.compile(rf"[{PROVINCES}][A-Z][{ENERGY_LETTERS}][{SERIAL}][0-9]{{4}}")
LARGE_NEW_ENERGY = re.compile(rf"[{PROVINCES}][A-Z][0-9]{{5}}[{ENERGY_LETTERS}]")
# 使 stands before or after the digits, by the period of the plate.
EMBASSY = re.compile(r"使[0-9]{6}|[0-9]{6}使")


class PlateType(StrEnum):
    """Plate type as GA/T 16.7 codes it (wire: hpzl). The value is the code."""

    LARGE_VEHICLE = "01"
    SMALL_VEHICLE = "02"
    EMBASSY_VEHICLE = "03"
    CONSULATE_VEHICLE = "04"
    ABROAD_VEHICLE = "05"
    FOREIGN_VEHICLE = "06"
    MOTORCYCLE = "07"
    LIGHT_MOTORCYCLE = "08"
    EMBASSY_MOTORCYCLE = "09"
    CONSULATE_MOTORCYCLE = "10"
    ABROAD_MOTORCYCLE = "11"
    FOREIGN_MOTORCYCLE = "12"
    LOW_SPEED_VEHICLE = "13"
    TRACTOR = "14"
    TRAILER = "15"
    LEARNER_VEHICLE = "16"
    LEARNER_MOTORCYCLE = "17"
    TEST_VEHICLE = "18"
    TEST_MOTORCYCLE = "19"
    TEMPORARY_ENTRY_VEHICLE = "20"
    TEMPORARY_ENTRY_MOTORCYCLE = "21"
    TEMPORARY = "22"
    POLICE_VEHICLE = "23"
    POLICE_MOTORCYCLE = "24"
    FORMER_FARM_MACHINE = "25"
    HONG_KONG_CROSS_BORDER = "26"
    MACAO_CROSS_BORDER = "27"
    LARGE_NEW_ENERGY = "51"
    SMALL_NEW_ENERGY = "52"
    OTHER = "99"


PLATE_TYPES = {one.value: one for one in PlateType}


class PlateProblem(StrEnum):
    """Precisely what is wrong with a plate somebody typed."""

    EMPTY = "empty"
    PROVINCE = "province"
    ISSUER_LETTER = "issuer_letter"
    LETTER_I_OR_O = "letter_i_or_o"
    CHARACTER = "character"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NEW_ENERGY_FORM = "new_energy_form"
    WRONG_TYPE = "wrong_type"
    SUFFIX = "suffix"


class InvalidPlate(ValueError):
    """A plate that cannot exist: `problem` says why, `part` names the offending characters."""

    def __init__(self, problem: PlateProblem, part: str = "") -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.part = part


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate type and the normalised plate number: upper case, no separators."""

    plate_type: PlateType
    number: str

    def __repr__(self) -> str:
        """A plate is personal data: never whole in a log or an error."""
        return f"Plate({self.plate_type.value}:{self.number[:2]}***)"

    @property
    def key(self) -> str:
        """One string for both parts, for example "02:渝A12345"."""
        return f"{self.plate_type.value}:{self.number}"

    @property
    def display(self) -> str:
        """As people write it: 渝A·12345."""
        return f"{self.number[:2]}·{self.number[2:]}"


def normalise(text: str) -> str:
    """Full-width to half-width, lower to upper case, no separators. O and I are never corrected."""
    # NFKC turns full-width letters into ASCII and leaves the province character alone.
    return NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()


def parse_plate(text: str, plate_type: PlateType) -> Plate:
    """
    Read a plate as a person typed it.

    :raises InvalidPlate: if no such plate can exist for this plate type; the problem is named
    """
    number = normalise(text)
    _check_start(number)
    _check_serial(number, plate_type)
    return Plate(plate_type, number)


def _check_start(number: str) -> None:
    if not number:
        raise InvalidPlate(PlateProblem.EMPTY)
    if EMBASSY.fullmatch(number):
        return
    if number[0] not in PROVINCES and number[0] != "使":
        raise InvalidPlate(PlateProblem.PROVINCE, number[0])
    if number[0] != "使" and not ("A" <= number[1:2] <= "Z" and number[1] != "I"):
        raise InvalidPlate(PlateProblem.ISSUER_LETTER, number[1:2])


def _check_serial(number: str, plate_type: PlateType) -> None:
    serial = number[1 if number[0] == "使" else 2 :]
    wrong = [c for c in serial if c in "IO"]
    if wrong:
        raise InvalidPlate(PlateProblem.LETTER_I_OR_O, wrong[0])
    stranger = re.search(rf"[^{SERIAL}{MARKS}]", serial)
    if stranger is not None:
        raise InvalidPlate(PlateProblem.CHARACTER, stranger[0])
    new_energy = plate_type in (PlateType.LARGE_NEW_ENERGY, PlateType.SMALL_NEW_ENERGY)
    expected = 8 if new_energy else 7
    if not new_energy and len(number) == 8:
        raise InvalidPlate(PlateProblem.WRONG_TYPE)
    if len(number) != expected:
        short = len(number) < expected
        problem = PlateProblem.TOO_SHORT if short else PlateProblem.TOO_LONG
        raise InvalidPlate(problem, str(len(number)))
    _check_form(number, plate_type, new_energy=new_energy)


def _check_form(number: str, plate_type: PlateType, *, new_energy: bool) -> None:
    if new_energy:
        small = plate_type is PlateType.SMALL_NEW_ENERGY
        if not (SMALL_NEW_ENERGY if small else LARGE_NEW_ENERGY).fullmatch(number):
            raise InvalidPlate(PlateProblem.NEW_ENERGY_FORM)
        return
    suffix = SUFFIXES.get(plate_type.value)
    if suffix is not None and not number.endswith(suffix):
        raise InvalidPlate(PlateProblem.SUFFIX, suffix)
    if not (ORDINARY.fullmatch(number) or EMBASSY.fullmatch(number)):
        misplaced = re.search(r"[^0-9]" if number[0] == "使" else rf"[{MARKS}]", number[1:])
        raise InvalidPlate(PlateProblem.CHARACTER, misplaced[0] if misplaced else number[2:])
