"""What somebody wants to pay for: decisions they may see, whether each can be paid, how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from domain.failures import BadRequest, UpstreamUnavailable
from domain.law.cases import DecisionFacts, PaymentCase
from domain.law.payment_eligibility import payment_eligibility
from domain.money import Money
from domain.principals import Principal
from domain.records import Agency
from domain.refusals import Refusal, RefusalCode, Refused
from domain.violations import Violation
from models.database import Database
from models.mirror import Violation as ViolationTable
from models.violation_rows import violation_of
from services.garage import Garage
from services.law import LawService
from services.violation_pages import SeenViolation
from services.violations import ViolationService

MOST_DECISIONS = 20
ROWS = ViolationTable.__table__.c


@dataclass(frozen=True, slots=True)
class Fine:
    """One decision in a basket, with the amounts it is quoted at now."""

    decision_number: str
    check_character: str | None
    violation_id: UUID
    principal: Money
    surcharge: Money
    agency: Agency

    @property
    def total(self) -> Money:
        """Principal and surcharge together."""
        return Money(self.principal.fen + self.surcharge.fen)


@dataclass(frozen=True, slots=True)
class Baskets:
    """Fills baskets with what can be paid, or says what stands against it."""

    db: Database
    violations: ViolationService
    law: LawService

    async def fill(
        self,
        principal: Principal,
        garage: Garage,
        violation_ids: Sequence[UUID],
        expected: Money | None,
    ) -> list[Fine]:
        """
        The decisions about these violations, each quoted at this instant.

        :raises BadRequest: for none, too many, or the same decision twice
        :raises Refused: what speaks against paying them, of all of them
        """
        if not 1 <= len(violation_ids) <= MOST_DECISIONS:
            raise BadRequest("decisions_per_payment", limit=str(MOST_DECISIONS))
        # Paid at a bank a minute ago must not be paid again.
        found = await self.violations.find(principal, garage, violation_ids, anew=True)
        seen = [_usable(found.get(one)) for one in violation_ids]
        refusals = [refusal for one in seen for refusal in self._refusals(one)]
        if refusals:
            raise Refused(*refusals)
        decided = {one.violation.decision_number or "": one.violation for one in seen}
        if len(decided) != len(seen):
            raise BadRequest("same_decision_twice")
        acts = await self._acts(list(decided))
        fines = [self._fine(decided[number], acts[number]) for number in decided]
        _check_total(fines, expected)
        return fines

    def _refusals(self, seen: SeenViolation) -> tuple[Refusal, ...]:
        violation = seen.violation
        owed = self.law.quote(violation, None)
        case = PaymentCase(
            decision=DecisionFacts(
                violation.status, violation.agency, owed.total if owed is not None else None
            ),
            issued_at=violation.decided_at,
            paying_elsewhere=False,
            proceedings=(),
            quoted=None,
            freshness=seen.freshness,
            now=self.law.clock(),
        )
        refusals = payment_eligibility(case, self.law.rules())
        if not refusals and violation.decision_number is None:
            # Handled, says the camera record; the decision itself is still on its way.
            return (Refusal(RefusalCode.DECISION_NOT_YET_VISIBLE),)
        return refusals

    async def _acts(self, numbers: Sequence[str]) -> dict[str, list[Violation]]:
        """Every act that was decided by these decisions: one may decide several."""
        wanted = select(ViolationTable.__table__).where(ROWS.decision_number.in_(numbers))
        acts: dict[str, list[Violation]] = {number: [] for number in numbers}
        async with self.db.read() as connection:
            for row in (await connection.execute(wanted)).mappings():
                acts[row["decision_number"]].append(violation_of(row))
        return acts

    def _fine(self, violation: Violation, acts: Sequence[Violation]) -> Fine:
        """All that one decision asks for."""
        quotes = [self.law.quote(act, None) for act in acts]
        owed = [quote for quote in quotes if quote is not None]
        if len(owed) != len(acts):
            raise Refused(Refusal(RefusalCode.AMOUNT_UNKNOWN, "due"))
        return Fine(
            violation.decision_number or "",
            violation.check_character,
            violation.id,
            Money(sum(quote.principal.fen for quote in owed)),
            Money(sum(quote.surcharge.fen for quote in owed)),
            violation.deciding_agency if violation.deciding_agency.code else violation.agency,
        )


def _usable(found: SeenViolation | UpstreamUnavailable | None) -> SeenViolation:
    if found is None:
        raise Refused(Refusal(RefusalCode.NOT_FOUND))
    if isinstance(found, UpstreamUnavailable):
        raise found
    return found


def _check_total(fines: Sequence[Fine], expected: Money | None) -> None:
    total = Money(sum(fine.total.fen for fine in fines))
    if expected is not None and expected != total:
        raise Refused(Refusal(RefusalCode.AMOUNT_CHANGED, values={"amount": total.yuan}))
