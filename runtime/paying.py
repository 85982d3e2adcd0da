"""Building what is about money: payments, notices, the books, and the chores of a worker."""

from dataclasses import dataclass
from datetime import timedelta

from domain.ids import new_id
from gateways.police_writes import PoliceWrites
from runtime.ground import Ground
from runtime.platforms import Platforms
from services.discrepancies import Discrepancies
from services.law import LawService
from services.ledger import Ledger
from services.payments.baskets import Baskets
from services.payments.checks import PaymentChecks
from services.payments.claims import PaymentClaims
from services.payments.notices import NoticeService
from services.payments.opening import Opening
from services.payments.payers import Payers
from services.payments.service import PaymentService
from services.payments.settlement import Settlement
from services.payments.write_backs import WriteBacks
from services.refunds.annulled import AnnulledRefunds
from services.refunds.checks import RefundChecks
from services.refunds.ending import RefundEnding
from services.refunds.making import RefundMaking
from services.refunds.service import RefundService
from services.refunds.surplus import Surplus
from services.violations import ViolationService


@dataclass(frozen=True, slots=True)
class Paying:
    """Everything about money that the doors can reach."""

    payments: PaymentService
    notices: NoticeService
    checks: PaymentChecks
    write_backs: WriteBacks
    refunds: RefundService
    refund_checks: RefundChecks
    annulled: AnnulledRefunds
    ledger: Ledger
    discrepancies: Discrepancies


def build_paying(
    ground: Ground,
    platforms: Platforms,
    police: PoliceWrites,
    violations: ViolationService,
    law: LawService,
) -> Paying:
    """Put it together."""
    db, vault, clock = ground.db, ground.vault, ground.clock
    wake, reached = ground.wake, ground.reached
    ledger = Ledger(new_id)
    discrepancies = Discrepancies(ledger, clock)
    making = RefundMaking(ledger, discrepancies, clock, wake)
    ending = RefundEnding(ledger, discrepancies, clock, reached)
    refund_checks = RefundChecks(db, platforms.refunds, ending, clock, reached)
    cutoff = timedelta(hours=ground.settings.treasury_cutoff_hours)
    settlement = Settlement(ledger, Surplus(making), clock, wake, reached)
    opening = Opening(db, vault, platforms.payments, clock, reached)
    checks = PaymentChecks(db, platforms.payments, opening, settlement, clock, reached)
    return Paying(
        payments=PaymentService(
            db,
            vault,
            Baskets(db, violations, law),
            Payers(db, vault, platforms.app_ids),
            PaymentClaims(db, vault, clock, timedelta(minutes=ground.settings.payment_minutes)),
            opening,
            checks,
            clock,
            wake,
            reached,
        ),
        notices=NoticeService(db, platforms.payments, settlement, clock, wake, reached),
        checks=checks,
        write_backs=WriteBacks(db, police, clock, reached),
        refunds=RefundService(db, making, refund_checks, clock, cutoff, reached),
        refund_checks=refund_checks,
        annulled=AnnulledRefunds(db, making, clock, cutoff),
        ledger=ledger,
        discrepancies=discrepancies,
    )
