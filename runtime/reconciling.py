"""Building the daily reconciliation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.platforms import Channel
from gateways.police_records import PoliceRecords
from models.database import Database
from runtime.ground import Ground
from runtime.paying import Paying
from runtime.platforms import Platforms
from runtime.settings import Settings
from services.reconciliation.comparing import Comparing
from services.reconciliation.days import Days
from services.reconciliation.healing import Healing
from services.reconciliation.loading import Loading
from services.reconciliation.register import RegisterComparing
from services.reconciliation.service import Reconciliation
from services.reconciliation.terms import ChannelTerms
from services.reconciliation.trial import Trial

# Whole bills are compared at once: statements take longer than a citizen would wait.
STATEMENT_SECONDS = 600


@asynccontextmanager
async def open_reconciliation(
    ground: Ground,
    database_url: str,
    platforms: Platforms,
    police: PoliceRecords,
    paying: Paying,
) -> AsyncIterator[Reconciliation]:
    """Put it together, on connections of its own; they are opened when they are needed."""
    db = Database(
        database_url,
        pool_size=2,
        application_name="clearway reconciliation",
        statement_seconds=STATEMENT_SECONDS,
    )
    try:
        yield build_reconciliation(ground, db, platforms, police, paying)
    finally:
        await db.close()


def build_reconciliation(
    ground: Ground, db: Database, platforms: Platforms, police: PoliceRecords, paying: Paying
) -> Reconciliation:
    """Put it together; `db` lets statements take their time."""
    clock = ground.clock
    loading = Loading(db, ground.vault, paying.ledger)
    return Reconciliation(
        db=db,
        sources=platforms.bills,
        terms=terms_of(ground.settings),
        days=Days(ground.db, clock),
        loading=loading,
        healing=Healing(db, paying.checks, paying.refund_checks, clock),
        comparing=Comparing(db, paying.discrepancies),
        register=RegisterComparing(
            db,
            police,
            paying.write_backs,
            paying.discrepancies,
            clock,
            ground.settings.reconcile_register_calls,
        ),
        trial=Trial(db, loading),
        clock=clock,
    )


def terms_of(settings: Settings) -> dict[Channel, ChannelTerms]:
    """What is known of each channel's bills."""
    return {
        Channel.ALIPAY: ChannelTerms(
            settings.alipay_seller_id or None, settings.alipay_fee_per_ten_thousand
        ),
        Channel.WECHAT: ChannelTerms(
            settings.wechat_pay_merchant_id or None, settings.wechat_pay_fee_per_ten_thousand
        ),
    }
