"""Reading in single statements, past SQLAlchemy and psycopg's cursors: at a third of the way."""

from models.reading.arrays import array_of
from models.reading.prebuilt import Prebuilt, prebuilt
from models.reading.reader import Reader

__all__ = ["Prebuilt", "Reader", "array_of", "prebuilt"]
