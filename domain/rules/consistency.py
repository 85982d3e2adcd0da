"""Rules that must fit each other, whoever set them."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.rules.values import Rules


@dataclass(frozen=True, slots=True)
class Agreement:
    """
    What must hold between rules on every day.

    :ivar keys: the rules concerned; the first one is named when it does not hold
    """

    keys: tuple[str, ...]
    holds: Callable[[Rules], bool]
    message: str


def _reductions_fit(rules: Rules) -> bool:
    limits = rules.points_reduction
    return limits.per_cycle >= max(
        limits.online_study, limits.class_study, limits.volunteering
    ) and (limits.per_cycle < rules.points_limit)


AGREEMENTS = (
    Agreement(
        ("handle.points_after", "points.limit"),
        lambda rules: rules.handle_points_after.bound <= rules.points_limit,
        "The number must not exceed points.limit: nobody can handle beyond full points.",
    ),
    Agreement(
        ("points.alert_at", "points.limit"),
        lambda rules: rules.points_alert_at <= rules.points_limit,
        "It must not exceed points.limit, or nobody is alerted in time.",
    ),
    Agreement(
        ("points.reduction", "points.limit"),
        _reductions_fit,
        "per_cycle must be as much as any single way takes off, and less than points.limit.",
    ),
    Agreement(
        ("grant.max_owners_ever", "grant.max_active"),
        lambda rules: (
            rules.grant_max_owners_ever is None
            or rules.grant_max_owners_ever >= rules.grant_max_active
        ),
        "It must not be less than grant.max_active.",
    ),
    Agreement(
        ("reconsider.days_untold", "reconsider.days"),
        lambda rules: rules.reconsider_days_untold >= rules.reconsider_days,
        "It must not be less than reconsider.days: who was not told has no shorter time.",
    ),
    Agreement(
        ("first_offence",),
        lambda rules: not rules.first_offence.enabled or bool(rules.first_offence.codes),
        "enabled = true needs codes: list the violations to which it applies.",
    ),
)
