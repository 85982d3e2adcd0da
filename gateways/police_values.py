"""The texts of a row as values: China time without offset, yuan as text, blanks of every width."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from urllib.parse import unquote_to_bytes

from domain.money import Money
from domain.times import CHINA
from gateways.charsets import text_of

NOTHING_WORDS = frozenset({"", "-", "--", "---", "—", "——", "/", "无", "null", "NULL", "None"})
DAMAGE = "\ufffd"
ENCODED = re.compile(r"%[0-9A-F]{2}")
INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u2060\ufeff]")
TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[ T+]?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?",
    re.ASCII,
)
COMPACT_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?()", re.ASCII)
WHOLE_NUMBER = re.compile(r"(\d{1,3})(?:\.0{1,2})?", re.ASCII)
FOR_LIFE = "长期"


class UnreadableRow(ValueError):
    """A row without something it cannot be understood without. Names the field, not the value."""


def cleaned(text: str) -> str | None:
    """
    Trim a text of everything invisible; None if nothing, or only a word for nothing, remains.

    Some values are percent-encoded once more. Such a value is pure ASCII: "50%20以上" is not one.
    Half a character at the end is left off; a text that is damaged elsewhere is gibberish.
    """
    text = _trimmed(text)
    if text.isascii() and ENCODED.search(text):
        text = _trimmed(text_of(unquote_to_bytes(text.replace("+", " "))))
    text = text.removesuffix(DAMAGE)
    return None if text in NOTHING_WORDS or DAMAGE in text else text


def _trimmed(text: str) -> str:
    # str.split knows the full-width blank and the no-break blank.
    return " ".join(INVISIBLE.sub("", text).split())


def instant_of(text: str) -> datetime | None:
    """Read a time of the register as a UTC instant; a day alone means its beginning in China."""
    match = TIME.fullmatch(text) or COMPACT_TIME.fullmatch(text)
    if match is None or match[1] < "1900":
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    micro = int((match[7] or "")[:6].ljust(6, "0"))
    try:
        local = datetime(year, month, day, hour, minute, second, micro, tzinfo=CHINA)
    except ValueError:
        return None
    return local.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an answer, read field by field. What cannot be read is None, never a guess."""

    fields: Mapping[str, str] = field(repr=False)

    def text(self, name: str) -> str | None:
        """Read free text."""
        return cleaned(self.fields.get(name, ""))

    def code(self, name: str) -> str | None:
        """Read a number, code or letter: half-width, upper case, without blanks."""
        text = self.text(name)
        if text is None:
            return None
        return unicodedata.normalize("NFKC", text).replace(" ", "").upper() or None

    def required(self, name: str) -> str:
        """
        Read a code that has to be there.

        :raises UnreadableRow: if it is not
        """
        code = self.code(name)
        if code is None:
            raise UnreadableRow(name)
        return code

    def instant(self, name: str) -> datetime | None:
        """Read an instant."""
        text = self.text(name)
        return None if text is None else instant_of(unicodedata.normalize("NFKC", text))

    def day(self, name: str) -> date | None:
        """Read a day in China; a validity "for life" is the last day there is."""
        if self.text(name) == FOR_LIFE:
            return date.max
        instant = self.instant(name)
        return None if instant is None else instant.astimezone(CHINA).date()

    def money(self, name: str) -> Money | None:
        """Read an amount in yuan."""
        code = self.code(name)
        try:
            return None if code is None else Money.of_yuan_text(code)
        except ValueError:
            return None

    def number(self, name: str, most: int) -> int | None:
        """Read a whole number from 0 to `most`."""
        match = WHOLE_NUMBER.fullmatch(self.code(name) or "")
        return int(match[1]) if match is not None and int(match[1]) <= most else None
