"""What was measured, as it is kept: `{"machine": ..., "rows": [...]}`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import orjson

OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
DIGITS = 2


@dataclass(frozen=True, slots=True)
class Row:
    """
    One contender in one case.

    CPU is microseconds a request: the server's own processes, and PostgreSQL's. `requests`,
    `errors` and `steal_s` (seconds the machine was taken away) are sums over all rounds, memory is
    the most of all rounds, all else the median round. Of cores, `busy` is what the server had, and
    `others` what everybody had who is no part of the measurement.
    """

    contender: str
    case: str
    requests: int
    cpu_us: float
    pg_cpu_us: float
    rps: float
    p50_ms: float
    p99_ms: float
    rss_mb: float
    busy: float
    others: float
    body_kb: float
    errors: int
    steal_s: float

    def line(self) -> str:
        """For whoever watches."""
        return (
            f"{self.case:5} {self.contender:22} {self.cpu_us:6.0f} us, PostgreSQL"
            f" {self.pg_cpu_us:4.0f} us, {self.rps:6.0f}/s, p50 {self.p50_ms:.1f} ms,"
            f" p99 {self.p99_ms:.1f} ms, {self.rss_mb:.0f} MB, {self.errors} errors"
        )


@dataclass(frozen=True, slots=True)
class Paced:
    """Clearway at a share of its capacity, asked at even intervals: open loop, n20."""

    load: float
    rps: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Results:
    """A whole run. `machine`: what it was measured on, with which versions, when."""

    machine: dict[str, Any]
    rows: Sequence[Row]
    paced: Paced | None = None
    names: dict[tuple[str, str], Row] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = {(row.contender, row.case): row for row in self.rows}
        object.__setattr__(self, "names", by_name)

    def find(self, contender: str, case: str) -> Row | None:
        """The row of a contender in a case, if it was measured."""
        return self.names.get((contender, case))

    def with_paced(self, paced: Paced) -> "Results":
        """The same with what was measured at even intervals."""
        return Results(self.machine, self.rows, paced)

    def write(self, file: Path) -> None:
        """As JSON, rounded to what the clocks can tell."""
        paced = None if self.paced is None else asdict(self.paced)
        whole = {"machine": self.machine, "rows": [asdict(row) for row in self.rows]}
        content = orjson.dumps(_rounded({**whole, "paced": paced}), option=OPTIONS)
        file.write_bytes(content)

    @classmethod
    def read(cls, file: Path) -> "Results":
        """What `write` wrote."""
        whole = orjson.loads(file.read_bytes())
        names = [one.name for one in fields(Row)]
        rows = [Row(**{name: row[name] for name in names}) for row in whole["rows"]]
        paced = whole.get("paced")
        return cls(whole["machine"], rows, None if paced is None else Paced(**paced))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list) else value
