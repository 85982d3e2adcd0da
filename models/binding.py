"""Which citizen holds which vehicle, and the attempts to bind one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class VehicleBinding(Base):
    """
    A vehicle in a citizen's list.

    Made only after the record's owner and a number on the vehicle were checked. It holds as long as
    owner and VIN on the record stay the ones it was made with: a sold car or a plate given to
    another vehicle shows nothing to the former holder.
    """

    __tablename__ = "vehicle_bindings"
    __table_args__ = (
        Index(
            "uq_vehicle_bindings_live",
            "citizen_id",
            "plate_key",
            unique=True,
            postgresql_where=text("unbound_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID]
    plate_key: Mapped[str] = mapped_column(String(20))
    vehicle_id: Mapped[UUID]
    owner_digest: Mapped[bytes]
    vin_digest: Mapped[bytes | None]
    bound_at: Mapped[datetime]
    unbound_at: Mapped[datetime | None]


class BindingAttempt(Base):
    """One attempt to bind a vehicle; counted per citizen and per plate over a day."""

    __tablename__ = "binding_attempts"
    __table_args__ = (
        Index("ix_binding_attempts_citizen_id_attempted_at", "citizen_id", "attempted_at"),
        Index("ix_binding_attempts_plate_digest_attempted_at", "plate_digest", "attempted_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID]
    plate_digest: Mapped[bytes]
    attempted_at: Mapped[datetime]
    succeeded: Mapped[bool]
