"""SQLAlchemy tables and named statements."""

from models.base import Base
from models.binding import BindingAttempt, VehicleBinding
from models.mirror import Licence, MirrorEntry, Subject, UpstreamQuota, Vehicle, Violation

__all__ = [
    "Base",
    "BindingAttempt",
    "Licence",
    "MirrorEntry",
    "Subject",
    "UpstreamQuota",
    "Vehicle",
    "VehicleBinding",
    "Violation",
]
