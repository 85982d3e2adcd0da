"""SQLAlchemy tables and named statements."""

from models.acceptance import Acceptance, AcceptedViolation, Statement
from models.base import Base
from models.binding import BindingAttempt, VehicleBinding
from models.citizen import CitizenAccount, PlatformAccountRow
from models.ledger import LedgerEntry, LedgerTransaction
from models.mirror import Licence, MirrorEntry, Subject, UpstreamQuota, Vehicle, Violation
from models.payment import ChannelNotice, Payment, PaymentItem, WriteBack
from models.reconciliation import (
    BillLine,
    Discrepancy,
    RawBillPart,
    ReconciliationDay,
    SettlementStatement,
    StatedTotal,
)
from models.refund import Refund, RefundLine
from models.session import IdentityCheck, Revocation, Session
from models.task import HumanTask, TaskEvent

__all__ = [
    "Acceptance",
    "AcceptedViolation",
    "Base",
    "BillLine",
    "BindingAttempt",
    "ChannelNotice",
    "CitizenAccount",
    "Discrepancy",
    "HumanTask",
    "IdentityCheck",
    "LedgerEntry",
    "LedgerTransaction",
    "Licence",
    "MirrorEntry",
    "Payment",
    "PaymentItem",
    "PlatformAccountRow",
    "RawBillPart",
    "ReconciliationDay",
    "Refund",
    "RefundLine",
    "Revocation",
    "Session",
    "SettlementStatement",
    "StatedTotal",
    "Statement",
    "Subject",
    "TaskEvent",
    "UpstreamQuota",
    "Vehicle",
    "VehicleBinding",
    "Violation",
    "WriteBack",
]
