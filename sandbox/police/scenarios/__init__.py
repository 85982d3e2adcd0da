"""Every trouble the register can be in, by name."""

from sandbox.police.scenarios.access import ACCESS
from sandbox.police.scenarios.decisions import DECISIONS
from sandbox.police.scenarios.encodings import ENCODINGS
from sandbox.police.scenarios.owners import OWNERS
from sandbox.police.scenarios.rows import ROWS
from sandbox.police.scenarios.scenario import Active, Reply, Scenario, Situation
from sandbox.police.scenarios.shapes import SHAPES
from sandbox.police.scenarios.stories import STORIES
from sandbox.police.scenarios.transport import TRANSPORT
from sandbox.police.scenarios.values import VALUES

# Applied in this order: what happens to rows first, what happens to the wire last.
SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        *STORIES,
        *DECISIONS,
        *OWNERS,
        *ROWS,
        *VALUES,
        *SHAPES,
        *ACCESS,
        *ENCODINGS,
        *TRANSPORT,
    )
}

__all__ = ["SCENARIOS", "Active", "Reply", "Scenario", "Situation"]
