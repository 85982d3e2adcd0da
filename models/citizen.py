"""People who sign in through a platform, and their accounts there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.platforms import Channel
from models.base import Base, text_enum


class CitizenAccount(Base):
    """
    A person, as far as we know: until somebody is verified, one account at one platform.

    `sealed` holds name and identity number. An account whose person turned out to be known already
    is merged into that one and stays behind as a trace.
    """

    __tablename__ = "citizens"
    __table_args__ = (
        # Two accounts may prove the same identity at once: one person all the same.
        Index(
            "uq_citizens_identity_digest",
            "identity_digest",
            unique=True,
            postgresql_where=text("identity_digest IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    identity_digest: Mapped[bytes | None]
    sealed: Mapped[bytes | None]
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("citizens.id"))


class PlatformAccountRow(Base):
    """An account at a platform, found by the digest of its openid; `sealed` holds the openid."""

    __tablename__ = "platform_accounts"
    __table_args__ = (
        UniqueConstraint("channel", "app_id", "open_id_digest"),
        Index("ix_platform_accounts_citizen_id", "citizen_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID] = mapped_column(ForeignKey("citizens.id"))
    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"))
    app_id: Mapped[str] = mapped_column(String(64))
    open_id_digest: Mapped[bytes]
    sealed: Mapped[bytes]
    linked_at: Mapped[datetime]
    last_signed_in_at: Mapped[datetime]
