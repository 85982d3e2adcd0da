"""SQLAlchemy tables and named statements."""

from models.acceptance import Acceptance, AcceptedViolation, Statement
from models.base import Base
from models.binding import BindingAttempt, VehicleBinding
from models.citizen import CitizenAccount, PlatformAccountRow
from models.ledger import LedgerEntry, LedgerTransaction
from models.mirror import Licence, MirrorEntry, Subject, UpstreamQuota, Vehicle, Violation
from models.payment import ChannelNotice, HumanTask, Payment, PaymentItem, WriteBack
from models.session import IdentityCheck, Revocation, Session

__all__ = [
    "Acceptance",
    "AcceptedViolation",
    "Base",
    "BindingAttempt",
    "ChannelNotice",
    "CitizenAccount",
    "HumanTask",
    "IdentityCheck",
    "LedgerEntry",
    "LedgerTransaction",
    "Licence",
    "MirrorEntry",
    "Payment",
    "PaymentItem",
    "PlatformAccountRow",
    "Revocation",
    "Session",
    "Statement",
    "Subject",
    "UpstreamQuota",
    "Vehicle",
    "VehicleBinding",
    "Violation",
    "WriteBack",
]
