"""The books of a deployment, as the commands read them."""

from dataclasses import dataclass

from cli.databases import check_migrated, open_database
from domain.ids import new_id
from domain.ledger import CLEARING, Account
from models.database import Database
from runtime.settings import Settings
from services.ledger import Ledger, TrialBalance
from services.reconciliation_views import Suspense, suspense_of


@dataclass(frozen=True, slots=True)
class Books:
    """Every account, and what is in suspense beside what explains it."""

    trial: TrialBalance
    suspense: Suspense


async def read_books(settings: Settings) -> Books:
    """The books at this instant."""
    with open_database(settings) as url:
        check_migrated(url)
        db = Database(url, pool_size=1, application_name="clearway books")
        try:
            async with db.read() as connection:
                trial = await Ledger(new_id).trial_balance(connection)
            return Books(trial, await suspense_of(db))
        finally:
            await db.close()


async def trial_balance(settings: Settings) -> TrialBalance:
    """All accounts at this instant."""
    return (await read_books(settings)).trial


async def cleared(settings: Settings) -> dict[Account, int]:
    """What the channels owe us, in fen."""
    trial = await trial_balance(settings)
    return {one.account: one.balance for one in trial.accounts if one.account in CLEARING.values()}
