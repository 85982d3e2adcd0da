"""SQLAlchemy tables and named statements."""

from models.base import Base
from models.binding import BindingAttempt, VehicleBinding
from models.citizen import CitizenAccount, PlatformAccountRow
from models.ledger import LedgerEntry, LedgerTransaction
from models.mirror import Licence, MirrorEntry, Subject, UpstreamQuota, Vehicle, Violation
from models.session import IdentityCheck, Revocation, Session

__all__ = [
    "Base",
    "BindingAttempt",
    "CitizenAccount",
    "IdentityCheck",
    "LedgerEntry",
    "LedgerTransaction",
    "Licence",
    "MirrorEntry",
    "PlatformAccountRow",
    "Revocation",
    "Session",
    "Subject",
    "UpstreamQuota",
    "Vehicle",
    "VehicleBinding",
    "Violation",
]
