"""What the law says about a violation: what is owed, until when, and whether it works online."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated

import strawberry

from domain.law import points, time_limits
from domain.law.surcharge import Quote as Owed
from domain.refusals import Refusal as Reason
from domain.rules.book import RuleInForce, UnknownRule
from domain.texts import Language
from domain.violations import Violation
from resolvers.context import Info
from resolvers.refusals import Refusal
from resolvers.values import Money
from services.law import LawService


@strawberry.type(
    description="What is owed at an instant: the fine, and 3 % of it for every day after the 15th"
    " from receipt of the decision, at most the fine again (road law 108, 109; penalty law 72)."
)
class Quote:
    principal: Money = strawberry.field(description="The fine.")
    surcharge: Money = strawberry.field(description="加处罚款 so far; 0.00 while in time.")
    total: Money = strawberry.field(description="Principal and surcharge together.")
    overdue_days: int = strawberry.field(description="Late days that count; frozen ones do not.")
    due_on: date | None = strawberry.field(
        description="Last day without surcharge (China); null while there is no decision."
    )
    frozen: bool = strawberry.field(description="Whether the surcharge does not grow today.")
    valid_until: datetime | None = strawberry.field(
        description="The quote holds before this instant, a midnight in China; null if time alone"
        " changes nothing any more."
    )
    lighter_rule_applied: bool = strawberry.field(
        description="Whether the law became milder after the act, and therefore applies"
        " (从旧兼从轻, penalty law 37). The register may still show the old amount."
    )

    @classmethod
    def of(cls, quote: Owed, *, lighter_rule_applied: bool) -> "Quote":
        """A quote as the law gives it."""
        return cls(
            principal=Money.sure(quote.principal),
            surcharge=Money.sure(quote.surcharge),
            total=Money.sure(quote.total),
            overdue_days=quote.overdue_days,
            due_on=quote.due_on,
            frozen=quote.frozen,
            valid_until=quote.valid_until,
            lighter_rule_applied=lighter_rule_applied,
        )


def quotes_of(
    law: LawService, violations: Iterable[Violation], at: datetime | None
) -> list[Quote | None]:
    """
    What is owed for violations, or for the decisions about them, all at one instant.

    None for each of which nothing is.
    """
    instant = at or law.clock()
    return [_quote_of(law, violation, instant) for violation in violations]


def _quote_of(law: LawService, violation: Violation, instant: datetime) -> Quote | None:
    penalty = law.penalty(violation)
    owed = law.owed(violation, penalty, instant)
    if owed is None:
        return None
    return Quote.of(owed, lighter_rule_applied=penalty.lighter_rule_applied)


@strawberry.type(
    description="The last day of every time limit (China), itself included; null where it does not"
    " run or the register does not tell enough. Never a guess."
)
class Deadlines:
    accept_by: date | None = strawberry.field(
        description="To accept a camera record: 30 days from its notice (order 157, 20 and 53)."
    )
    pay_by: date | None = strawberry.field(
        description="To pay without surcharge: 15 days from receipt of the decision (road law 108)."
    )
    reconsideration_by: date | None = strawberry.field(
        description="To apply for reconsideration (行政复议): 60 days (reconsideration law 20)."
    )
    reconsideration_first: bool | None = strawberry.field(
        description="Whether a court hears the case only after reconsideration (law of 2024, 23)."
    )
    litigation_by: date | None = strawberry.field(
        description="To go to court (行政诉讼): 6 months (litigation law 46)."
    )
    no_penalty_after: date = strawberry.field(
        description="Last day on which the act could be found out and still be punished: two years"
        " (penalty law 36)."
    )

    @classmethod
    def of(cls, limits: time_limits.Deadlines) -> "Deadlines":
        """Time limits as the law gives them."""
        return cls(
            accept_by=limits.accept_by,
            pay_by=limits.pay_by,
            reconsideration_by=limits.reconsider_by,
            reconsideration_first=limits.reconsideration_first,
            litigation_by=limits.litigate_by,
            no_penalty_after=limits.no_penalty_after,
        )


@strawberry.type(description="Whether you can accept a violation online, judged by itself.")
class Eligibility:
    allowed: bool = strawberry.field(description="Whether nothing speaks against it.")
    refusals: list[Refusal] = strawberry.field(
        description="Everything that does, with what to do instead; empty if allowed."
    )

    @classmethod
    def of(cls, reasons: Sequence[Reason], language: Language) -> "Eligibility":
        """The rulebook's answer in words."""
        return cls(allowed=not reasons, refusals=[Refusal.of(one, language) for one in reasons])


@strawberry.type(description="Where your points would be after accepting the named violations.")
class PointsForecast:
    points_before: int = strawberry.field(description="Points of the running cycle now.")
    points_after: int = strawberry.field(description="Points after accepting, today.")
    limit: int = strawberry.field(description="Full score: 12.")
    reaches_limit: bool = strawberry.field(
        description="Whether the points would be full: study and test come first then (order 163,"
        " 17)."
    )
    alert: bool = strawberry.field(description="Early warning: 9 points or more (临界告知).")
    cycle_ends_on: date = strawberry.field(description="Last day of the running cycle (China).")
    next_reset_on: date | None = strawberry.field(
        description="The day on which the points are cleared if all fines are paid; null when the"
        " limit is reached."
    )

    @classmethod
    def of(cls, forecast: points.Forecast) -> "PointsForecast":
        """A forecast as the law gives it."""
        return cls(
            points_before=forecast.points_before,
            points_after=forecast.points_after,
            limit=forecast.limit,
            reaches_limit=forecast.reaches_limit,
            alert=forecast.alert,
            cycle_ends_on=forecast.cycle_ends_on,
            next_reset_on=forecast.next_reset_on,
        )


@strawberry.type(description="One rule of the city's rulebook as it is in force on a day.")
class Rule:
    key: str = strawberry.field(description="Its key, for example handle.max_fine_fen.")
    number: str | None = strawberry.field(description="Its number in the catalogue: R1 to R45.")
    description: str = strawberry.field(description="What it is about, by Accept-Language.")
    value: str = strawberry.field(description="Its value as the rulebook writes it (TOML).")
    value_text: str = strawberry.field(description="Its value in words, by Accept-Language.")
    valid_from: date | None = strawberry.field(description="First day; null: since always.")
    valid_until: date | None = strawberry.field(description="Last day; null: until further notice.")
    source: str = strawberry.field(description="The law or notice it rests on.")
    is_city_own: bool = strawberry.field(description="Whether the city differs from the default.")

    @classmethod
    def of(cls, rule: RuleInForce, language: Language) -> "Rule":
        """A rule in words."""
        return cls(
            key=rule.key,
            number=None if rule.number is None else f"R{rule.number}",
            description=rule.meaning.in_language(language, {}),
            value=rule.value,
            value_text=rule.words.in_language(language, {}),
            valid_from=rule.valid_from,
            valid_until=rule.valid_until,
            source=rule.source.in_language(language, {}),
            is_city_own=not rule.is_default,
        )


@strawberry.type
class RuleQueries:
    @strawberry.field(
        description="One rule of this city, with its source: explains every number that is shown."
        " Null if there is no rule of that key. Open to everybody."
    )
    def rule(
        self,
        info: Info,
        key: Annotated[str, strawberry.argument(description="For example surcharge.rate.")],
        on: Annotated[
            date | None,
            strawberry.argument(description="Legal day in China; today if left out."),
        ] = None,
    ) -> Rule | None:
        try:
            found = info.context.services.law.rule(key, on)
        except UnknownRule:
            return None
        return Rule.of(found, info.context.language)

    @strawberry.field(
        description="Every rule of this city as of a day, in the order of the catalogue. Open to"
        " everybody."
    )
    def rules(
        self,
        info: Info,
        on: Annotated[
            date | None,
            strawberry.argument(description="Legal day in China; today if left out."),
        ] = None,
    ) -> list[Rule]:
        law = info.context.services.law
        return [Rule.of(law.rule(key, on), info.context.language) for key in law.every_key()]
