"""What everything that is built stands on."""

from dataclasses import dataclass

from domain.times import Clock
from models.database import Database
from models.vault import Vault
from runtime.settings import Settings
from services.crash_points import Reached
from services.wakes import Wake


@dataclass(frozen=True, slots=True)
class Ground:
    """Settings, clock, keys, database, and the two things that happen between transactions."""

    settings: Settings
    clock: Clock
    vault: Vault
    db: Database
    wake: Wake
    reached: Reached
