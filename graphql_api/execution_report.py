"""What the executor tells of itself: counters, and where it disagrees with graphql-core."""

import hashlib
import logging
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import PlainTextResponse

from graphql_api.schema import engine

log = logging.getLogger("clearway.execution")

# Prometheus's text format, which is a contract of its own.
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


async def metrics(_: Request) -> PlainTextResponse:
    """The counters of this process for Prometheus."""
    return PlainTextResponse(_page(), media_type=PROMETHEUS)


def report_differences(query: str, places: Iterable[tuple[str, ...]]) -> None:
    """An error in the log for each place: the document by its hash, fields by name, no data."""
    document = hashlib.sha256(query.encode()).hexdigest()[:16]
    for place in sorted(places):
        log.error("compiled answer differs: document %s at %s", document, ".".join(place))


def _page() -> str:
    counts = engine.counts
    by_core = {f'by="graphql-core",reason="{one.value}"': n for one, n in counts.core.items()}
    done = {'by="plan",reason=""': counts.compiled} | dict(sorted(by_core.items()))
    both = {
        'result="same"': counts.compared - counts.different,
        'result="different"': counts.different,
    }
    return _counter(
        "clearway_graphql_executions_total", "Operations executed, by whom and why.", done
    ) + _counter(
        "clearway_graphql_comparisons_total", "Queries that were executed both ways.", both
    )


def _counter(name: str, meaning: str, values: dict[str, int]) -> str:
    lines = [f"# HELP {name} {meaning}", f"# TYPE {name} counter"]
    return "\n".join([*lines, *(f"{name}{{{label}}} {n}" for label, n in values.items())]) + "\n"
