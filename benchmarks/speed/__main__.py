"""
What a citizen's read costs: Clearway and what a team would pick instead, in one run.

    .venv/bin/python -m benchmarks.speed [--quick] [--tree FOLDER]
    .venv/bin/python -m benchmarks.speed --only growth | cold | memory | executor | queries

Loopback only, bounded in time; everything it starts is ended with it. Ends with 1 if a contender
answers wrongly or not at all, and if one of the further benchmarks misses its target.
"""

import argparse
import fcntl
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.speed import side_by_side
from benchmarks.speed.bench import Bench
from benchmarks.speed.cluster import running_cluster
from benchmarks.speed.cold import cold
from benchmarks.speed.console import say
from benchmarks.speed.cores import choose_cores
from benchmarks.speed.executor import executor
from benchmarks.speed.growth import growth
from benchmarks.speed.installing import ensure_installed
from benchmarks.speed.memory import memory
from benchmarks.speed.other_queries import other_queries
from benchmarks.speed.places import BENCH, DATA, ROOT
from benchmarks.speed.report import markdown
from benchmarks.speed.trouble import Trouble
from runtime.settings import Profile, Settings

ENDINGS = (signal.SIGINT, signal.SIGTERM)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for."""
    options = _options(arguments)
    for number in ENDINGS:
        signal.signal(number, _end)
    try:
        cores = choose_cores()
        settings = Settings(profile=Profile.DEV, data_dir=DATA)
        with _alone():
            ensure_installed()
            with running_cluster(cores.others) as cluster:
                bench = Bench(cluster, cores, settings, options.tree.resolve(), options.smoke)
                return 0 if _run(bench, options) else 1
    except Trouble as trouble:
        say(str(trouble))
        return 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What a citizen's read costs, side by side.")
    parser.add_argument("--quick", action="store_true", help="four contenders, n20, nothing kept")
    parser.add_argument("--only", choices=("growth", "cold", "memory", "executor", "queries"))
    parser.add_argument("--huge", action="store_true", help="growth: 10 million violations, too")
    parser.add_argument("--tree", type=Path, default=ROOT, help="the checkout that is measured")
    parser.add_argument("--smoke", action="store_true", help="see that it runs, in a minute")
    return parser.parse_args(arguments)


@contextmanager
def _alone() -> Iterator[None]:
    """:raises Trouble: if somebody measures already: both would measure the other"""
    BENCH.mkdir(exist_ok=True)
    with open(BENCH / ".lock", "wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble("Another benchmark runs in this checkout: wait for it.") from None
        yield


def _run(bench: Bench, options: argparse.Namespace) -> bool:
    match options.only:
        case "growth":
            return growth(bench, huge=options.huge)
        case "cold":
            return cold(bench)
        case "memory":
            return memory(bench)
        case "executor":
            return executor(bench)
        case "queries":
            return other_queries(bench)
    results = side_by_side.quick(bench) if options.quick else side_by_side.whole(bench)
    print(markdown(results))  # noqa: T201
    return not any(row.errors for row in results.rows)


def _end(number: int, _: Any) -> None:
    """Ended from outside, we still end what we started, whoever is in a hurry."""
    for one in ENDINGS:
        signal.signal(one, signal.SIG_IGN)
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
