"""Targets are met or not; nothing is rounded in anybody's favour."""

from benchmarks.speed.results import Paced, Results, Row
from benchmarks.speed.targets import targets


def row(contender: str, case: str, cpu_us: float) -> Row:
    """A row of which only the CPU matters."""
    return Row(contender, case, 1, cpu_us, 0, 1, 1, 1, 1, 1, 0, 1, 0, 0)


def test_only_what_was_measured_is_judged() -> None:
    results = Results({}, [row("clearway", "n20", 200), row("reference", "n20", 300)])

    assert [(one.name, one.met) for one in targets(results)] == [
        ("n20 CPU, times reference", True),
    ]


def test_every_target_can_be_missed_by_a_hair() -> None:
    peers = [
        row("mercurius-jit", "n20", 300),
        row("mercurius-tuned", "n20", 195),
        row("mercurius-jit", "n100", 1000),
        row("strawberry-sqlalchemy", "n20", 3900),
        row("reference", "n20", 244),
    ]
    own = [row("clearway", "n20", 196), row("clearway", "n100", 601)]
    results = Results({}, [*own, *peers], Paced(0.7, 2000, 1.0, 3.1))

    found = {one.name: one.met for one in targets(results)}

    assert found == {
        "n20 CPU, times mercurius-jit": False,
        "n20 CPU, times mercurius-tuned": False,
        "n100 CPU, times mercurius-jit": False,
        "n20 CPU, times strawberry-sqlalchemy": False,
        "n20 CPU, times reference": False,
        "CPU of each violation more": False,
        "p99 at 70% of capacity, times p50": False,
    }


def test_who_cannot_keep_up_serves_nobody_evenly() -> None:
    results = Results({}, [row("clearway", "n20", 200)], Paced(0.7, 2000, 300.0, 310.0))

    assert [one.met for one in targets(results)] == [False]
