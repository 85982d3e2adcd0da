"""What looks like taking points for others (order 163, art. 8 and 30; rules R16 and R17)."""

from collections.abc import Iterator

from domain.law.cases import Case
from domain.law.together import Together
from domain.refusals import Refusal, RefusalCode
from domain.rules.values import Rules


def trading_refusals(case: Case, rules: Rules, together: Together) -> Iterator[Refusal]:
    """
    Why the service is suspended until the police have looked into it, for everything.

    What is asked for now counts as done: the fourth vehicle is not handled first.
    """
    counts = case.counts
    if counts.suspended:
        yield Refusal(RefusalCode.POINT_TRADING_SUSPECTED)
    if counts.other_plates is not None:
        limit = rules.fraud_other_plates_per_year
        if len(counts.other_plates | together.other_plates) > limit:
            yield _suspicion("plates", limit)
    if counts.drivers_of_vehicle is not None:
        limit = rules.fraud_drivers_per_vehicle
        if counts.drivers_of_vehicle > limit:
            yield _suspicion("drivers", limit)
    if None in (counts.suspended, counts.other_plates, counts.drivers_of_vehicle):
        yield Refusal(RefusalCode.UPSTREAM_UNAVAILABLE, "counts")


def _suspicion(detail: str, limit: int) -> Refusal:
    return Refusal(RefusalCode.POINT_TRADING_SUSPECTED, detail, {"limit": str(limit)})
