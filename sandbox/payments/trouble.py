"""Every trouble a notice can be in. Notices are the method `notice` of the scenarios."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.platforms.scenario import Active, Parameters, Scenario

NOTICE = "notice"
UNKNOWN_ORDER = "CW00000000000000000000000000NONE"


@dataclass(frozen=True, slots=True)
class Tampering:
    """
    What is wrong with a notice on purpose; the channel writes it so, and signs it.

    :ivar fen: another amount than was paid
    :ivar forged: the signature is of something else
    :ivar other_merchant: it is about somebody else's app and account
    :ivar unknown_order: it is about `UNKNOWN_ORDER`
    """

    fen: int | None = None
    forged: bool = False
    other_merchant: bool = False
    unknown_order: bool = False


GENUINE = Tampering()


@dataclass(frozen=True, slots=True)
class Trouble:
    """
    What happens to a letter on its way, and what is wrong with it.

    :ivar is_early: whoever caused it is answered only after it has been delivered
    :ivar is_reversed: what was to be told before is told after it
    """

    is_lost: bool = False
    copies: int = 1
    late_seconds: float = 0.0
    is_early: bool = False
    is_reversed: bool = False
    tampering: Tampering = GENUINE


NO_TROUBLE = Trouble()

NOTICE_SCENARIOS: tuple[Scenario[Any], ...] = (
    Scenario("notice-lost", "The first delivery of a notice gets lost."),
    Scenario(
        "notice-duplicate",
        "A notice is delivered in `copies` at the same time.",
        defaults={"copies": 5.0},
    ),
    Scenario(
        "notice-late",
        "A notice is delivered after `seconds`.",
        defaults={"seconds": 5.0},
    ),
    Scenario("notice-early", "Who pays or closes is answered after the notice is delivered."),
    Scenario("notice-reversed", "A notice is followed by one about the state before it."),
    Scenario("notice-forged", "The signature of a notice is of something else."),
    Scenario(
        "notice-amount",
        "A notice is about the amount `fen`, and well signed.",
        defaults={"fen": 1.0},
    ),
    Scenario("notice-other-merchant", "A notice is about another merchant, and well signed."),
    Scenario("notice-unknown-order", f"A notice is about {UNKNOWN_ORDER}, and well signed."),
)


def trouble_of(active: Sequence[Active[Any]]) -> Trouble:
    """The trouble that the scenarios of one notice make together."""
    on = {one.scenario.name: one.parameters for one in active}
    return Trouble(
        is_lost="notice-lost" in on,
        copies=max(1, int(_value(on, "notice-duplicate", "copies", 1.0))),
        late_seconds=_value(on, "notice-late", "seconds", 0.0),
        is_early="notice-early" in on,
        is_reversed="notice-reversed" in on,
        tampering=Tampering(
            fen=int(on["notice-amount"]["fen"]) if "notice-amount" in on else None,
            forged="notice-forged" in on,
            other_merchant="notice-other-merchant" in on,
            unknown_order="notice-unknown-order" in on,
        ),
    )


def _value(on: dict[str, Parameters], name: str, parameter: str, otherwise: float) -> float:
    return float(on[name][parameter]) if name in on else otherwise
