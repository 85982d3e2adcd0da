"""What one worker keeps in memory, over 100,000 requests of all three cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import orjson

from benchmarks.speed import facts
from benchmarks.speed.asking import ask_all, connected, requests_of
from benchmarks.speed.bench import Bench
from benchmarks.speed.console import say
from benchmarks.speed.contenders import clearway
from benchmarks.speed.machine import describe
from benchmarks.speed.people import CASES
from benchmarks.speed.places import RESULTS
from benchmarks.speed.processes import resident_mb
from benchmarks.speed.report import table
from benchmarks.speed.results import OPTIONS
from benchmarks.speed.servers import running
from benchmarks.speed.side_by_side import FACTS
from benchmarks.speed.tokens import tokens_of, write_tokens

STEPS, STEP, SMOKE_STEP = 10, 10_000, 200
# So few that nobody is turned away, however busy the machine is.
AT_ONCE = 8
LIMIT_MB = 110.0
# Of the second half: what a cache takes until it is full is no leak.
GROWTH_LIMIT_MB = 1.0


@dataclass(frozen=True, slots=True)
class Sample:
    """Resident memory of the server's processes after so many requests."""

    requests: int
    rss_mb: float


def memory(bench: Bench) -> bool:
    """Print the samples; whether they are low and flat."""
    facts.ensure(bench.cluster, FACTS, bench.settings)
    write_tokens(FACTS.size, bench.settings)
    samples = _samples(bench, SMOKE_STEP if bench.smoke else STEP)
    if not bench.smoke:
        _keep(bench, samples)
    most, grown = samples[-1].rss_mb, samples[-1].rss_mb - samples[len(samples) // 2].rss_mb
    cells = [[f"{sample.requests:,}", f"{sample.rss_mb:.1f}"] for sample in samples]
    print("\n".join(table(("requests", "RSS MB"), cells)))  # noqa: T201
    is_good = most <= LIMIT_MB and grown <= GROWTH_LIMIT_MB
    print(  # noqa: T201
        f"\nAt the end {most:.1f} MB, at most {LIMIT_MB:g}; {grown:+.1f} MB in the second half, at"
        f" most {GROWTH_LIMIT_MB:g}: {'met' if is_good else '**not met**'}."
    )
    return is_good


def _samples(bench: Bench, step: int) -> list[Sample]:
    # Every case in turn: answers of any size are made.
    tokens = [*chain.from_iterable(zip(*map(tokens_of, CASES), strict=True))]
    server_wanted = clearway(bench.cluster.url(FACTS.clearway), bench.settings, bench.tree)
    samples = []
    with running([server_wanted], bench.cores.server, tokens[0]) as (server,):
        requests = requests_of(server, tokens)
        for number in range(STEPS + 1):
            samples.append(Sample(number * step, resident_mb(server.pid)))
            say(f"{number * step:,} requests: {samples[-1].rss_mb:.1f} MB")
            facts.freshen(bench.cluster, FACTS, bench.settings)
            with connected(server, AT_ONCE) as connections:
                ask_all(connections, requests, step if number < STEPS else 0)
    return samples


def _keep(bench: Bench, samples: Sequence[Sample]) -> None:
    machine = describe(bench.cluster.version(), bench.tree)
    content = orjson.dumps({"machine": machine, "rows": list(samples)}, option=OPTIONS)
    (RESULTS / "memory.json").write_bytes(content)
