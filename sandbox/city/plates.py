"""Plate numbers: one pool of numbers per shape, each number leading back to its vehicle."""

from sandbox.city.seeds import Shuffle

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I, no O
DIGITS = "0123456789"
# Z is no issuing office of Chongqing: the magic plates live there.
OFFICES = "ABCDFGH"
ENERGY = "DFAG"  # D and A run on batteries alone, F and G do not

_ORDINARY = (OFFICES, LETTERS, DIGITS, DIGITS, DIGITS, DIGITS + LETTERS)
_SUFFIXED = (OFFICES, LETTERS, DIGITS, DIGITS, DIGITS)
_SMALL_ENERGY = (OFFICES, ENERGY, DIGITS + LETTERS, DIGITS, DIGITS, DIGITS, DIGITS)
_LARGE_ENERGY = (OFFICES, DIGITS, DIGITS, DIGITS, DIGITS, DIGITS, ENERGY)

_Shape = tuple[tuple[str, ...], str]
# 01, 02 and 07 share a shape, and so may share a number.
_SHAPES: dict[str, _Shape] = {
    "01": (_ORDINARY, ""),
    "02": (_ORDINARY, ""),
    "07": (_ORDINARY, ""),
    "15": (_SUFFIXED, "挂"),
    "16": (_SUFFIXED, "学"),
    "51": (_LARGE_ENERGY, ""),
    "52": (_SMALL_ENERGY, ""),
}


class PlateOffice:
    """Gives plate numbers to vehicles, and knows which vehicle a number was given to."""

    def __init__(self, seed: int) -> None:
        shapes = {places for places, _ in _SHAPES.values()}
        self._shuffles = {places: Shuffle(seed, "plate", _size(places)) for places in shapes}

    def number(self, plate_type: str, vehicle: int) -> str:
        places, suffix = _SHAPES[plate_type]
        hidden = self._shuffles[places].hide(vehicle)
        chars: list[str] = []
        for alphabet in reversed(places):
            hidden, place = divmod(hidden, len(alphabet))
            chars.append(alphabet[place])
        return "渝" + "".join(reversed(chars)) + suffix

    def vehicle(self, plate_type: str, number: str) -> int | None:
        """Which vehicle the number was made for; the caller checks that it really bears it."""
        if plate_type not in _SHAPES or not number.startswith("渝"):
            return None
        places, suffix = _SHAPES[plate_type]
        chars = number[1:].removesuffix(suffix)
        if len(chars) != len(places):
            return None
        hidden = 0
        for char, alphabet in zip(chars, places, strict=True):
            if char not in alphabet:
                return None
            hidden = hidden * len(alphabet) + alphabet.index(char)
        return self._shuffles[places].find(hidden)


def _size(places: tuple[str, ...]) -> int:
    size = 1
    for alphabet in places:
        size *= len(alphabet)
    return size
