"""The documents inside the envelope: query conditions out, head and rows in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes
from xml.sax.saxutils import escape

from gateways.charsets import text_of
from gateways.police_values import cleaned
from gateways.xml_repair import NOT_XML, Unreadable
from gateways.xml_tree import Node, parse

NUMBER = re.compile(r"[+-]?\d{1,6}", re.ASCII)
MESSAGES = ("message", "msg", "msg1", "rtnmsg1", "retdesc")
ASCII = "".join(map(chr, range(0x20, 0x7F)))
# An encoded document would read our own percent and plus signs as its own.
KEPT = ASCII.replace("%", "").replace("+", "")


@dataclass(frozen=True, slots=True)
class Reply:
    """
    One answer of the register: its head, and its rows as texts by lower-case field name.

    `key` is the number a write made (wire: keystr).
    """

    code: int
    message: str = field(repr=False)
    row_count: int | None
    rows: tuple[Mapping[str, str], ...] = field(repr=False)
    has_body: bool
    key: str | None = field(default=None, repr=False)
    has_unknown_rows: bool = False


def query_document(conditions: Mapping[str, str]) -> str:
    """Compose the conditions of a query."""
    return write_document("QueryCondition", conditions)


def write_document(node: str, values: Mapping[str, str]) -> str:
    """Compose a node of a root; what is not ASCII is percent-encoded, value by value."""
    elements = "".join(
        f"<{name}>{quote(escape(NOT_XML.sub('', value)), safe=KEPT)}</{name}>"
        for name, value in values.items()
    )
    return f'<?xml version="1.0" encoding="GBK"?><root><{node}>{elements}</{node}></root>'


def read_reply(returned: str, row_names: tuple[str, ...]) -> Reply:
    """
    Read the string that came back.

    The whole document is normally percent-encoded UTF-8 with `+` for blanks, whatever it declares.

    :raises Unreadable: if it is not a document with a head and a code
    """
    if not returned.lstrip("\ufeff \t\r\n").startswith("<"):
        returned = text_of(unquote_to_bytes(returned.replace("+", " ")))
    root = parse(returned)
    head = root.first("head") or root
    code = _number(head, "code")
    if code is None:
        raise Unreadable("no code")
    body = root.first("body")
    rows, unknown = _rows(body, tuple(name.lower() for name in row_names))
    return Reply(
        code=code,
        message=_text(head, *MESSAGES) or "",
        row_count=_number(head, "rownum"),
        rows=rows,
        has_body=body is not None,
        key=_text(head, "keystr"),
        has_unknown_rows=unknown,
    )


def _text(head: Node, *names: str) -> str | None:
    node = head.child(*names)
    return cleaned(node.text) if node is not None else None


def _number(head: Node, name: str) -> int | None:
    text = _text(head, name)
    if text is None:
        return None
    if not NUMBER.fullmatch(text):
        raise Unreadable(f"{name} is not a number")
    return int(text)


def _rows(body: Node | None, names: tuple[str, ...]) -> tuple[tuple[Mapping[str, str], ...], bool]:
    """Collect the rows wherever they are below the body; say if there is something else instead."""
    if body is None:
        return (), False
    rows = tuple(_fields(node) for node in body.walk() if node.name in names)
    if rows:
        return rows, False
    if not body.children:
        return (), bool(body.text.strip())  # Text without rows: what is left of a damaged document.
    if len(body.children) > 1 and not any(child.children for child in body.children):
        return (_fields(body),), False  # A single row, its fields directly in the body.
    return (), True


def _fields(row: Node) -> dict[str, str]:
    fields: dict[str, str] = {}
    for node in row.children:
        fields[node.name] = fields.get(node.name) or node.text
    return fields
