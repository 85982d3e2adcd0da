"""All contenders on the same facts with the same question, in one run."""

from functools import partial

from benchmarks.speed import facts
from benchmarks.speed.bench import Bench
from benchmarks.speed.chart import chart
from benchmarks.speed.console import say
from benchmarks.speed.contenders import contenders
from benchmarks.speed.facts import Facts
from benchmarks.speed.machine import describe
from benchmarks.speed.measuring import compare, measure
from benchmarks.speed.paced import paced
from benchmarks.speed.people import CASES, WHOLE
from benchmarks.speed.places import RESULTS
from benchmarks.speed.protections import check_protections
from benchmarks.speed.report import markdown
from benchmarks.speed.results import Results
from benchmarks.speed.servers import running
from benchmarks.speed.targets import CLEARWAY
from benchmarks.speed.tokens import tokens_of, write_tokens
from benchmarks.speed.trouble import Trouble

QUICK = (CLEARWAY, "mercurius-jit", "mercurius-tuned", "reference")
FACTS = Facts("main", WHOLE)


def quick(bench: Bench) -> Results:
    """Four contenders, n20."""
    return _run(bench, QUICK, ("n20",))


def whole(bench: Bench) -> Results:
    """Everybody, every case. The results are kept unless this was a smoke test."""
    results = _run(bench, None, CASES)
    if not bench.smoke:
        results.write(RESULTS / "latest.json")
        # From the file, as everybody else will read it.
        kept = Results.read(RESULTS / "latest.json")
        (RESULTS / "latest.md").write_text(markdown(kept), encoding="utf-8")
        (RESULTS / "latest.svg").write_text(chart(kept), encoding="utf-8")
    return results


def _run(bench: Bench, names: tuple[str, ...] | None, cases: tuple[str, ...]) -> Results:
    seconds = facts.ensure(bench.cluster, FACTS, bench.settings)
    say(f"facts are there ({seconds:.0f} s)")
    write_tokens(FACTS.size, bench.settings, cases)
    freshen = partial(facts.freshen, bench.cluster, FACTS, bench.settings)
    freshen()
    everybody = contenders(bench.cluster, FACTS, bench.settings, bench.tree)
    chosen = [everybody[name] for name in names or everybody]
    with running(chosen, bench.cores.server, tokens_of("n20")[0]) as servers:
        clearway = next(server for server in servers if server.name == CLEARWAY)
        check_protections(clearway, bench.cluster, FACTS, bench.settings)
        compare(servers, cases)
        say("all answer the same")
        plan, others = bench.plan(cases), bench.cores.others
        rows = measure(servers, bench.cluster.pid, others, plan, freshen, say)
        results = Results(describe(bench.cluster.version(), bench.tree), rows)
        own = results.find(CLEARWAY, "n20")
        if own is not None:
            freshen()
            try:
                results = results.with_paced(paced(clearway, tokens_of("n20"), own.rps))
            except Trouble as trouble:
                # It turned somebody away, which costs this figure and not the whole run.
                say(f"not at 70 % of capacity: {trouble}")
        check_protections(clearway, bench.cluster, FACTS, bench.settings)
    return results
