"""What queries cost that nothing was tuned for: aliases, fragments, lists, rules, n20 citizens."""

from dataclasses import replace
from pathlib import Path

import orjson

from benchmarks.speed import facts
from benchmarks.speed.bench import Bench
from benchmarks.speed.console import say
from benchmarks.speed.contenders import clearway
from benchmarks.speed.load import load
from benchmarks.speed.machine import describe
from benchmarks.speed.measuring import timed
from benchmarks.speed.people import FIRST
from benchmarks.speed.places import RESULTS
from benchmarks.speed.report import table
from benchmarks.speed.results import Results, Row
from benchmarks.speed.servers import Server, running
from benchmarks.speed.side_by_side import FACTS
from benchmarks.speed.tokens import tokens_of, write_tokens

CASE = "n20"
QUERIES = Path(__file__).with_name("queries")
# Those that have no such variables do not mind.
VARIABLES = {"first": FIRST, "more": True}
WARM_UP_SECONDS, SECONDS = 2, 4


def other_queries(bench: Bench) -> bool:
    """Print what each costs; nothing is aimed at but that none has errors."""
    facts.ensure(bench.cluster, FACTS, bench.settings)
    write_tokens(FACTS.size, bench.settings, [CASE])
    facts.freshen(bench.cluster, FACTS, bench.settings)
    wanted = clearway(bench.cluster.url(FACTS.clearway), bench.settings, bench.tree)
    with running([wanted], bench.cores.server, tokens_of(CASE)[0]) as (server,):
        rows = [_measured(bench, server, file) for file in sorted(QUERIES.glob("*.graphql"))]
    if not bench.smoke:
        results = Results(describe(bench.cluster.version(), bench.tree), rows)
        results.write(RESULTS / "queries.json")
    cells = [
        [row.case, f"{row.cpu_us:.0f}", f"{row.pg_cpu_us:.0f}", f"{row.body_kb:.1f}"]
        for row in rows
    ]
    head = ("query", "CPU us/request", "PostgreSQL us", "answer KB")
    print("\n".join(table(head, cells)))  # noqa: T201
    return not any(row.errors for row in rows)


def _measured(bench: Bench, server: Server, file: Path) -> Row:
    document = file.read_text(encoding="utf-8")
    body = orjson.dumps({"query": document, "variables": VARIABLES})
    asked = replace(server, contender=replace(server.contender, body=body))
    # An answer with errors ends the run.
    asked.ask(tokens_of(CASE)[-1])
    core = bench.cores.others
    load(asked, CASE, 1 if bench.smoke else WARM_UP_SECONDS, core)
    seconds = 1 if bench.smoke else SECONDS
    row = replace(timed(asked, CASE, bench.cluster.pid, core, seconds), case=file.stem)
    say(row.line())
    return row
