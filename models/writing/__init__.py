"""Writing in prebuilt statements, past SQLAlchemy: what every first request of a citizen needs."""

from models.writing.connection import Call, WritingConnection
from models.writing.writer import Writer

__all__ = ["Call", "Writer", "WritingConnection"]
