"""What citizens say against a record before anything is decided."""

import unicodedata
from datetime import date
from enum import StrEnum
from uuid import UUID

from domain.refusals import Refusal, RefusalCode, Refused

LONGEST_TEXT = 1000


class StatementGround(StrEnum):
    """Why the record should not stand: the grounds of order 157, art. 22, or something else."""

    EMERGENCY_DUTY = "emergency_duty"
    STOLEN_OR_CLONED_PLATE = "stolen_or_cloned_plate"
    RESCUE_OR_NECESSITY = "rescue_or_necessity"
    PUNISHED_ON_SCENE = "punished_on_scene"
    INCONSISTENT_SIGNALS = "inconsistent_signals"
    RECORD_UNCLEAR = "record_unclear"
    PLATE_MISREAD = "plate_misread"
    OTHER_ELIMINATION = "other_elimination"
    # No ground to remove the record, but something that has to be heard.
    OTHER = "other"


def parse_text(text: str) -> str:
    """
    What somebody wrote, without blanks around it.

    :raises Refused: STATEMENT_TEXT_INVALID if nothing is left, or more than 1000 characters
    """
    kept = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(kept) <= LONGEST_TEXT:
        values = {"limit": str(LONGEST_TEXT)}
        raise Refused(Refusal(RefusalCode.STATEMENT_TEXT_INVALID, values=values))
    return kept


def statement_number(statement_id: UUID, submitted_on: date) -> str:
    """The number people quote: the legal day, and ten characters of the (random) id."""
    return f"S{submitted_on:%Y%m%d}{statement_id.hex[-10:].upper()}"
