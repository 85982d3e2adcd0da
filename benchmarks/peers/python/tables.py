"""The peers' tables for SQLAlchemy."""

import enum
from datetime import date, datetime

from sqlalchemy import ARRAY, BigInteger, DateTime, Enum, ForeignKey, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

SCHEMA = "app"


class VehicleType(enum.Enum):
    CAR = "CAR"
    TRUCK = "TRUCK"
    MOTORCYCLE = "MOTORCYCLE"
    BUS = "BUS"


class ViolationStatus(enum.Enum):
    UNHANDLED = "UNHANDLED"
    HANDLED = "HANDLED"
    PAID = "PAID"
    APPEALED = "APPEALED"


class LicenceStatus(enum.Enum):
    VALID = "VALID"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"


class Base(DeclarativeBase):
    """Every table of theirs."""


class User(Base):
    __tablename__ = "users"
    __table_args__ = ({"schema": SCHEMA},)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Vehicle(Base):
    __tablename__ = "vehicles"
    __table_args__ = ({"schema": SCHEMA},)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    plate: Mapped[str]
    type: Mapped[VehicleType] = mapped_column(Enum(VehicleType, name="vehicle_type", schema=SCHEMA))


class Decision(Base):
    __tablename__ = "decisions"
    __table_args__ = ({"schema": SCHEMA},)

    violation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("app.violations.id"), primary_key=True
    )
    number: Mapped[str]
    amount_fen: Mapped[int]
    late_fee_fen: Mapped[int]
    pay_by: Mapped[date]


class Violation(Base):
    __tablename__ = "violations"
    __table_args__ = ({"schema": SCHEMA},)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    vehicle_id: Mapped[int]
    code: Mapped[str]
    description: Mapped[str]
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    location: Mapped[str]
    fine_fen: Mapped[int]
    points: Mapped[int]
    status: Mapped[ViolationStatus] = mapped_column(
        Enum(ViolationStatus, name="violation_status", schema=SCHEMA)
    )
    decision: Mapped[Decision | None] = relationship(uselist=False)


class Licence(Base):
    __tablename__ = "licences"
    __table_args__ = ({"schema": SCHEMA},)

    user_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    status: Mapped[LicenceStatus] = mapped_column(
        Enum(LicenceStatus, name="licence_status", schema=SCHEMA)
    )
    points: Mapped[int]
    valid_until: Mapped[date]
    classes: Mapped[list[str]] = mapped_column(ARRAY(Text))
