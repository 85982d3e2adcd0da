"""Parameters of the usual kinds as the texts that PostgreSQL reads."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.adapt import Transformer
from psycopg.pq import Format
from psycopg.pq.abc import Buffer

from models.reading.prebuilt import Prebuilt

Sent = tuple[Sequence[Buffer | None], Sequence[Format] | None]


def as_sent(statement: Prebuilt[Any], values: Mapping[str, Any]) -> Sent:
    """
    The parameters of a statement as texts, for a tenth of psycopg's way; or as psycopg has it.

    With them come their formats, None if all are texts.

    :raises KeyError: if one of them is missing
    """
    texts = []
    for name in statement.parameters:
        value = values[name]
        write = TEXTS.get(type(value))
        text = write(value) if write is not None else None
        # In a text of libpq's a zero byte would be its end; psycopg refuses it.
        if text is None or 0 in text:
            return _converted(statement, values)
        texts.append(text)
    return texts, None


def _converted(statement: Prebuilt[Any], values: Mapping[str, Any]) -> Sent:
    """As psycopg converts them."""
    types = Transformer()
    wanted = [values[name] for name in statement.parameters]
    texts = types.dump_sequence(wanted, statement.formats)
    return texts, types.formats


TEXTS: dict[type, Callable[[Any], bytes]] = {
    str: str.encode,
    int: lambda value: b"%d" % value,
    UUID: lambda value: b"%032x" % value.int,
    bytes: lambda value: b"\\x" + value.hex().encode(),
}
