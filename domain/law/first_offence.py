"""A first minor violation becomes a warning (penalty law, art. 33; rule R43)."""

from dataclasses import dataclass
from datetime import date

from domain.law.months import add_months
from domain.rules.values import Rules


@dataclass(frozen=True, slots=True)
class History:
    """
    What is known of a person's other violations in the province.

    :ivar last_before: the day of the last one before this; None if there is none
    :ivar last_exemption: the day of the last warning given instead; None if there was none
    :ivar all_handled: whether all of them have been handled
    """

    last_before: date | None
    last_exemption: date | None
    all_handled: bool


def becomes_warning(
    code: str, occurred_on: date, today: date, history: History | None, rules: Rules
) -> bool:
    """
    Whether a violation handled today is let off with a warning: no fine, no points.

    Of several handled in one go, only the one that happened first can be. An unknown history is
    never a clean one. A variant of a code, as provinces have them, is another code.
    """
    rule = rules.first_offence
    if not rule.enabled or code not in rule.codes or history is None or not history.all_handled:
        return False
    return _ended(history.last_before, rule.clean_months, occurred_on) and _ended(
        history.last_exemption, rule.once_in_months, today
    )


def _ended(since: date | None, months: int, by: date) -> bool:
    """Whether a period of so many months that begins after a day is over by another."""
    return since is None or add_months(since, months) < by
