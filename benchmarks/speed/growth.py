"""Whether a citizen's read costs more when the mirror holds more: n20 on databases of any size."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from benchmarks.speed import facts
from benchmarks.speed.bench import Bench
from benchmarks.speed.console import say
from benchmarks.speed.contenders import clearway
from benchmarks.speed.facts import Facts
from benchmarks.speed.machine import describe
from benchmarks.speed.measuring import measure
from benchmarks.speed.people import Size
from benchmarks.speed.places import RESULTS
from benchmarks.speed.report import table
from benchmarks.speed.results import Results, Row
from benchmarks.speed.servers import running
from benchmarks.speed.targets import CLEARWAY
from benchmarks.speed.tokens import tokens_of, write_tokens

CASE = "n20"
OF = f"{CASE} of "
SIZES, HUGE = (10_000, 100_000, 1_000_000), 10_000_000
COHORT = 50
# Of the three cohorts together, by member; and of everybody else, on average.
OF_MEMBERS, OF_OTHERS = 161, 9.535
LIMIT = 1.15


def growth(bench: Bench, *, huge: bool) -> bool:
    """Print what each size costs; whether the dearest is within 15 % of the cheapest."""
    sizes = (*SIZES, HUGE) if huge else SIZES
    sets = [_facts(count) for count in sizes]
    for one in sets:
        seconds = facts.ensure(bench.cluster, one, bench.settings, keep_peers=False)
        say(f"{one.name} violations: {seconds:.0f} s to load")
    write_tokens(sets[0].size, bench.settings, [CASE])
    rows = _measured(bench, sets)
    if not bench.smoke:
        results = Results(describe(bench.cluster.version(), bench.tree), rows)
        results.write(RESULTS / "growth.json")
    print("\n".join(_report(rows)))  # noqa: T201
    return _spread(rows) <= LIMIT


def _facts(violations: int) -> Facts:
    others = (violations - OF_MEMBERS * COHORT) / OF_OTHERS
    return Facts(str(violations), Size(3 * COHORT + int(others), COHORT))


def _measured(bench: Bench, sets: Sequence[Facts]) -> list[Row]:
    refresh = [partial(facts.freshen, bench.cluster, one, bench.settings) for one in sets]

    def freshen() -> None:
        for one in refresh:
            one()

    servers_wanted = [
        replace(
            clearway(bench.cluster.url(one.clearway), bench.settings, bench.tree), name=one.name
        )
        for one in sets
    ]
    freshen()
    with running(servers_wanted, bench.cores.server, tokens_of(CASE)[0]) as servers:
        plan, others = bench.plan((CASE,)), bench.cores.others
        rows = measure(servers, bench.cluster.pid, others, plan, freshen, say)
    return [replace(row, contender=CLEARWAY, case=f"{OF}{row.contender}") for row in rows]


def _spread(rows: Sequence[Row]) -> float:
    costs = [row.cpu_us + row.pg_cpu_us for row in rows]
    return max(costs) / min(costs)


def _report(rows: Sequence[Row]) -> list[str]:
    head = ("violations of the mirror", "CPU us/request", "PostgreSQL us", "p99 ms")
    cells = [
        [
            f"{int(row.case.removeprefix(OF)):,}",
            f"{row.cpu_us:.0f}",
            f"{row.pg_cpu_us:.0f}",
            f"{row.p99_ms:.1f}",
        ]
        for row in rows
    ]
    spread = _spread(rows)
    verdict = "met" if spread <= LIMIT else "**not met**"
    last = f"Dearest / cheapest, both together: {spread:.2f}; at most {LIMIT:g}: {verdict}."
    return [*table(head, cells), "", last]
