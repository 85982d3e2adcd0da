"""The books of a deployment, as the commands read them."""

from cli.databases import check_migrated, open_database
from domain.ids import new_id
from domain.ledger import CLEARING, Account
from models.database import Database
from runtime.settings import Settings
from services.ledger import Ledger, TrialBalance


async def trial_balance(settings: Settings) -> TrialBalance:
    """All accounts at this instant."""
    with open_database(settings) as url:
        check_migrated(url)
        db = Database(url, pool_size=1, application_name="clearway books")
        try:
            async with db.read() as connection:
                return await Ledger(new_id).trial_balance(connection)
        finally:
            await db.close()


async def cleared(settings: Settings) -> dict[Account, int]:
    """What the channels owe us, in fen."""
    trial = await trial_balance(settings)
    return {one.account: one.balance for one in trial.accounts if one.account in CLEARING.values()}
