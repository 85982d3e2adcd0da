"""Whose account at a channel a payment is asked from: the citizen's own, known from sign-in."""

from dataclasses import dataclass

from sqlalchemy import select

from domain.platforms import Channel
from domain.refusals import Refusal, RefusalCode, Refused
from models.citizen import CitizenAccount, PlatformAccountRow
from models.database import Database
from models.vault import Vault
from services.accounts import platform_account

ACCOUNT = PlatformAccountRow.__table__.c


@dataclass(frozen=True, slots=True)
class Payers:
    """Finds openids. `app_ids`: our mini-program at each channel that can be paid through."""

    db: Database
    vault: Vault
    app_ids: dict[Channel, str]

    async def open_id(self, citizen_digest: bytes, channel: Channel) -> str:
        """
        The openid with which the citizen used our mini-program of a channel last.

        :raises Refused: CHANNEL_UNAVAILABLE, if there is no such channel, or they never did
        """
        app_id = self.app_ids.get(channel)
        if app_id is None:
            raise Refused(Refusal(RefusalCode.CHANNEL_UNAVAILABLE))
        wanted = (
            select(ACCOUNT.id, ACCOUNT.sealed)
            .join_from(
                PlatformAccountRow,
                CitizenAccount,
                CitizenAccount.id == ACCOUNT.citizen_id,
            )
            .where(
                CitizenAccount.identity_digest == citizen_digest,
                ACCOUNT.channel == channel,
                ACCOUNT.app_id == app_id,
            )
            .order_by(ACCOUNT.last_signed_in_at.desc())
            .limit(1)
        )
        async with self.db.read() as connection:
            row = (await connection.execute(wanted)).mappings().first()
        if row is None:
            raise Refused(Refusal(RefusalCode.CHANNEL_UNAVAILABLE, "account"))
        secrets = self.vault.open(row["sealed"], belongs_to=platform_account(row["id"]))
        return secrets["open_id"] or ""
