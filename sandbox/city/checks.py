"""Check digits: identity numbers (GB 11643), VINs (GB 16735), credit codes (GB 32100, GB 11714)."""

_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
        strict=True,
    )
)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def identity_number(area: str, birth: str, sequence: int) -> str:
    body = f"{area}{birth}{sequence:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _IDENTITY_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def vin(before: str, after: str) -> str:
    """Join the eight characters before the check digit and the eight after it."""
    draft = f"{before}0{after}"
    total = sum(
        _VIN_VALUES[char] * weight for char, weight in zip(draft, _VIN_WEIGHTS, strict=True)
    )
    return before + "0123456789X"[total % 11] + after


def credit_code(area: str, organisation: int) -> str:
    """The unified social credit code of an enterprise, around an 8-digit organisation number."""
    digits = f"{organisation:08d}"
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, _ORGANISATION_WEIGHTS, strict=True)
    )
    body = f"91{area}{digits}" + "0123456789X0"[11 - total % 11]
    values = (_CREDIT_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return body + _CREDIT_ALPHABET[-sum(values) % 31]
