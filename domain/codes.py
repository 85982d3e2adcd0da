"""The table of violation codes (GA/T 16.31), by code, province and day."""

import csv
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files

from domain.money import Money
from domain.times import start_of

TABLE_VERSION = "2026-11-22"
NATIONAL_CODE_LENGTH = 4
A_DAY = timedelta(days=1)
OF_A_PROVINCE = re.compile(r"[0-9]{4}[0-9A-Z]").fullmatch

# The first two digits of an agency's code (GB/T 2260).
PROVINCES = dict(
    re.findall(
        r"(\d\d)(\D+)",
        "11北京12天津13河北14山西15内蒙古21辽宁22吉林23黑龙江31上海32江苏33浙江34安徽35福建"
        "36江西37山东41河南42湖北43湖南44广东45广西46海南50重庆51四川52贵州53云南54西藏"
        "61陕西62甘肃63青海64宁夏65新疆",
    )
)


@dataclass(frozen=True, slots=True)
class ViolationCode:
    """
    One row of the table.

    `fine` and `points` are None where the table does not know them: the agency sets the amount.
    Points come from this table or from the record, never from a digit of the code. `agency` is the
    beginning of the agency's code where one agency has a standard of its own.
    """

    code: str
    description: str
    fine: Money | None
    points: int | None
    valid_from: date
    valid_until: date | None
    province: str | None
    basis: str | None
    quality: str
    conflict: str | None
    agency: str | None = None

    def in_force(self, on: date) -> bool:
        """Whether the row's table was in force on a legal day."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)

    def is_of(self, agency: str | None) -> bool:
        """Whether the row's standard is that of the agency, given by its code."""
        return self.agency is None or (agency is not None and agency.startswith(self.agency))


@dataclass(frozen=True, slots=True, eq=False)
class CodeTable:
    """All known codes of a city's province. One table equals itself only, so it can be a key."""

    province: str
    rows: dict[str, tuple[ViolationCode, ...]]

    def find(self, code: str, on: date, agency: str | None = None) -> ViolationCode | None:
        """
        The row of a code on a day, by the standard of the place (order 157, art. 5).

        That place is the city, or the province of the agency whose code is given. The row of the
        agency itself comes first, then that of its province; the city also uses rows without a
        place. A code with a provincial fifth character that is missing takes the words of its
        national code, never its amounts. An amount known only for another province is not shown.
        """
        return self._at(code, start_of(on), agency)

    def on_instant(self, code: str, instant: datetime) -> ViolationCode | None:
        """The row of a code on the legal day of an instant."""
        return self._at(code, instant, None)

    def _at(self, code: str, instant: datetime, agency: str | None) -> ViolationCode | None:
        if not self.rows_of(code):
            # Anybody may ask for anything: only what there is is remembered.
            return None
        starts, rows = _history(self, code, agency)
        return rows[bisect_right(starts, instant)]

    def on_day(self, code: str, on: date, agency: str | None) -> ViolationCode | None:
        """What `find` gives, worked out from the rows."""
        rows = self.rows_of(code)
        if code not in self.rows:
            return _without_amounts(rows[-1], code) if rows else None
        current = [row for row in rows if row.in_force(on)]
        for province in self._places(agency):
            best = [row for row in current if row.province == province and row.is_of(agency)]
            if best:
                return max(best, key=lambda row: (len(row.agency or ""), row.valid_from))
        return _without_amounts((current or rows)[-1], code)

    def rows_of(self, code: str) -> tuple[ViolationCode, ...]:
        """Every row of a code; of the national one if it is a provincial code of its own."""
        if code in self.rows or not OF_A_PROVINCE(code):
            return self.rows.get(code, ())
        return self.rows.get(code[:NATIONAL_CODE_LENGTH], ())

    def changes_of(self, code: str) -> list[date]:
        """The days on which `find` may begin to give another row."""
        days = {row.valid_from for row in self.rows_of(code)}
        ends = (row.valid_until for row in self.rows_of(code))
        days |= {end + A_DAY for end in ends if end is not None and end != date.max}
        return sorted(days)

    def _places(self, agency: str | None) -> tuple[str | None, ...]:
        province = PROVINCES.get(agency[:2], self.province) if agency else self.province
        return (province, None) if province == self.province else (province,)

    def points_on(self, code: str, on: date) -> int | None:
        """The points that every row of a day agrees on: they are the same in all provinces."""
        rows = self.rows.get(code, ())
        known = {row.points for row in rows if row.points is not None and row.in_force(on)}
        return known.pop() if len(known) == 1 else None

    def search(self, text: str, on: date) -> list[ViolationCode]:
        """Every code whose number begins with the text or whose description contains it."""
        wanted = text.strip().upper()
        found = (self.find(code, on) for code in sorted(self.rows))
        return [
            row
            for row in found
            if row is not None
            and (row.code.startswith(wanted) or wanted in row.description.upper())
        ]


# The rows of a table never change. A code has few changes, and days there are too many to remember.
@lru_cache(maxsize=8192)
def _history(
    table: CodeTable, code: str, agency: str | None
) -> tuple[list[datetime], list[ViolationCode | None]]:
    """When a code's row may change, and the rows before the first change and from each on."""
    days = table.changes_of(code)
    rows = [table.on_day(code, day, agency) for day in (date.min, *days)]
    return [start_of(day) for day in days], rows


def _without_amounts(row: ViolationCode, code: str) -> ViolationCode:
    return ViolationCode(
        code=code,
        description=row.description,
        fine=None,
        points=None,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        province=None,
        basis=row.basis,
        quality=row.quality,
        conflict=row.conflict,
    )


def _row(cells: dict[str, str]) -> ViolationCode:
    return ViolationCode(
        code=cells["code"],
        description=cells["description"],
        fine=Money(int(cells["fine_fen"])) if cells["fine_fen"] else None,
        points=int(cells["points"]) if cells["points"] else None,
        valid_from=date.fromisoformat(cells["valid_from"]),
        valid_until=date.fromisoformat(cells["valid_until"]) if cells["valid_until"] else None,
        province=cells["province"] or None,
        basis=cells["basis"] or None,
        quality=cells["quality"],
        conflict=cells["conflict"] or None,
        agency=cells.get("agency") or None,
    )


def _by_code(rows: Iterable[ViolationCode]) -> dict[str, tuple[ViolationCode, ...]]:
    table: dict[str, tuple[ViolationCode, ...]] = {}
    for row in rows:
        table[row.code] = (*table.get(row.code, ()), row)
    return table


@cache
def all_rows() -> Sequence[ViolationCode]:
    """Every row of the packaged file, read once."""
    text = (files("domain.data") / "violation_codes.csv").read_text(encoding="utf-8")
    return tuple(_row(cells) for cells in csv.DictReader(text.splitlines()))


def load_codes(province: str) -> CodeTable:
    """The packaged table as a city of this province uses it."""
    return CodeTable(province, _by_code(all_rows()))
