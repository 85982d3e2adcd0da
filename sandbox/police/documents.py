"""The XML documents inside the SOAP strings: conditions in, answers out, and their encodings."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, unquote_plus
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from sandbox.police.answers import Answer, Row

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_WHOLE_ENCODED = re.compile(r"^\s*%3[Cc]")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")


class BadDocument(ValueError):
    """The text is not a document of ours."""


def parse(text: str) -> Element:
    """
    Parse XML that came from outside, whatever encoding it declares.

    :raises BadDocument: if it is not well-formed, or has a DTD
    """
    try:
        root: Element = fromstring(_DECLARATION.sub("", text, count=1), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise BadDocument(str(error)) from error
    return root


@dataclass(frozen=True, slots=True)
class Document:
    """What a client sent: the first child of the root, and the leaves below it."""

    node: str
    values: dict[str, str]


def read_document(text: str) -> Document:
    """
    Read the conditions of a query or the fields of a write.

    Clients encode the values, the whole document, or nothing.

    :raises BadDocument: if there is no such document in the text
    """
    if _WHOLE_ENCODED.match(text):
        text = unquote_plus(text)
    root = parse(text)
    if root.tag != "root" or len(root) == 0:
        raise BadDocument("nothing in the document")
    return Document(root[0].tag, {leaf.tag: _decoded(leaf.text or "") for leaf in root[0]})


def to_xml(answer: Answer) -> str:
    head = _element("code", answer.code) + _element(answer.message_tag, answer.message)
    if answer.row_count is not None:
        head += _element("rownum", str(answer.row_count))
    if answer.key is not None:
        head += _element("keystr", answer.key)
    body = "" if answer.rows is None else f"<body>{_rows(answer)}</body>"
    inside = f"<head>{head}{body}</head>" if answer.nested else f"<head>{head}</head>{body}"
    return f'<?xml version="1.0" encoding="GBK"?><root>{inside}</root>'


def encoded(document: str) -> str:
    """Percent-encoded as UTF-8, although the document declares GBK."""
    return quote(document, safe="")


def _decoded(value: str) -> str:
    return (unquote(value) if _ENCODED.search(value) else value).strip()


def _rows(answer: Answer) -> str:
    return "".join(_row(answer, place, row) for place, row in enumerate(answer.rows or ()))


def _row(answer: Answer, place: int, row: Row) -> str:
    fields = "".join(_element(name, value) for name, value in row.items())
    identity = f' id="{place}"' if answer.with_ids else ""
    return f"<{answer.node}{identity}>{fields}</{answer.node}>"


def _element(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>"
