"""The books of the stack that a tour plays on."""

from cli.databases import open_database
from domain.ids import new_id
from domain.ledger import CLEARING, Account
from models.database import Database
from runtime.settings import Settings
from services.ledger import Ledger, TrialBalance


async def trial_balance(settings: Settings) -> TrialBalance:
    """All accounts at this instant."""
    with open_database(settings) as url:
        db = Database(url, pool_size=1, application_name="clearway tour")
        try:
            async with db.read() as connection:
                return await Ledger(new_id).trial_balance(connection)
        finally:
            await db.close()


async def cleared(settings: Settings) -> dict[Account, int]:
    """What the channels owe us, in fen."""
    trial = await trial_balance(settings)
    return {one.account: one.balance for one in trial.accounts if one.account in CLEARING.values()}
