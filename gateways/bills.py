"""A channel's bill of a day as a file, whoever it came from."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO

KEPT_IN_MEMORY = 4 * 1024 * 1024
# The longest that either channel allows.
NUMBER = re.compile(r"[!-~]{1,64}")


@dataclass(frozen=True, slots=True)
class RawBill:
    """
    A bill as it came. Whoever has it closes `file`, which is nowhere else.

    :ivar file: the packed file; in memory if it is small
    :ivar sha256: of the packed file, in hexadecimal
    :ivar announced: the hash that the channel told of what is packed, if it told one; who keeps a
        file to read it again keeps this, too
    """

    day: date
    file: IO[bytes] = field(repr=False)
    sha256: str
    announced: str | None = None


@dataclass(frozen=True, slots=True)
class Arriving:
    """A file while it comes. It has no name, so that closing it leaves nothing behind."""

    file: IO[bytes] = field(
        default_factory=lambda: SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115 - handed on
    )
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def keep(self, piece: bytes) -> None:
        """Take the next piece."""
        self.digest.update(piece)
        self.file.write(piece)

    def begins_with(self, mark: bytes) -> bool:
        """Whether the whole file begins so."""
        self.file.seek(0)
        return self.file.read(len(mark)) == mark


async def received(
    day: date, receive: Callable[[Arriving], Awaitable[None]], announced: str | None = None
) -> RawBill:
    """Have a file received piece by piece; it is closed again if that fails."""
    arriving = Arriving()
    try:
        await receive(arriving)
    except BaseException:
        arriving.file.close()
        raise
    arriving.file.seek(0)
    return RawBill(day, arriving.file, arriving.digest.hexdigest(), announced)


def number_in(value: str, column: str) -> str:
    """
    A number of ours or of the channel's, as it stands in a line.

    :raises ValueError: if it is none
    """
    if NUMBER.fullmatch(value) is None:
        raise ValueError(f"no usable {column}")
    return value
