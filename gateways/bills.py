"""A channel's bill of a day as a file, whoever it came from."""

from dataclasses import dataclass, field
from datetime import date
from typing import IO


@dataclass(frozen=True, slots=True)
class RawBill:
    """
    A bill as it came. Whoever has it closes `file`, which is nowhere else.

    :ivar file: the packed file; in memory if it is small
    :ivar sha256: of the packed file, in hexadecimal
    """

    day: date
    file: IO[bytes] = field(repr=False)
    sha256: str
