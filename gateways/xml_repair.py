"""
Mend documents whose texts were pasted in without escaping.

The register is known to send bare `<` and `&`, control characters and impossible character
references. Everything here runs in linear time: the input is whatever came over the wire.
"""

import re

DECLARATION = re.compile(r"\s*<\?xml[^>]*+>")
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));")
TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]*+)([^<>]*+)>")
ATTRIBUTES = re.compile(r"""(?:\s++[\w.:-]++\s*+=\s*+(?:"[^"]*+"|'[^']*+'))*+\s*+/?""")


class Unreadable(ValueError):
    """A document that is not what it should be. The message is ours, never a piece of it."""


def without_declaration(text: str) -> str:
    """Drop the byte order mark and the XML declaration, whose encoding is a lie."""
    return DECLARATION.sub("", text.lstrip("\ufeff \t\r\n"), count=1)


def repaired(document: str) -> str:
    """
    Escape what is text and leave what is markup.

    A tag is markup only if its element is both opened and closed somewhere (or empty). A document
    that was cut off therefore stays unreadable: its outer elements are never closed.

    :raises Unreadable: if the document declares a type or entities
    """
    document = NOT_XML.sub("", _without_sections(document))
    if "<!DOCTYPE" in document or "<!ENTITY" in document:
        raise Unreadable("forbidden content")
    elements = _elements(document)
    pieces: list[str] = []
    position = 0
    for tag in TAG.finditer(document):
        if tag[2] in elements and ATTRIBUTES.fullmatch(tag[3]):
            pieces += (_escaped(document[position : tag.start()]), _mended(tag[0]))
            position = tag.end()
    pieces.append(_escaped(document[position:]))
    return "".join(pieces)


def _elements(document: str) -> set[str]:
    opened: set[str] = set()
    closed: set[str] = set()
    for tag in TAG.finditer(document):
        if tag[1] or tag[3].endswith("/"):
            closed.add(tag[2])
        if not tag[1]:
            opened.add(tag[2])
    return opened & closed


def _escaped(text: str) -> str:
    return _mended(text).replace("<", "&lt;").replace(">", "&gt;")


def _mended(text: str) -> str:
    """Keep the five named references and possible characters; escape every other ampersand."""
    pieces: list[str] = []
    position = 0
    for reference in REFERENCE.finditer(text):
        pieces.append(text[position : reference.start()].replace("&", "&amp;"))
        pieces.append(_reference(reference))
        position = reference.end()
    pieces.append(text[position:].replace("&", "&amp;"))
    return "".join(pieces)


def _reference(reference: re.Match[str]) -> str:
    if reference[1]:
        return reference[0]
    number = int(reference[2]) if reference[2] else int(reference[3], 16)
    possible = number <= 0x10FFFF and not NOT_XML.match(chr(number))
    return reference[0] if possible else ""


def _without_sections(document: str) -> str:
    """Turn CDATA into escaped text and drop comments."""
    head, *rest = document.split("<![CDATA[")
    pieces = [head]
    for part in rest:
        inside, _, outside = part.partition("]]>")
        pieces += (inside.replace("&", "&amp;").replace("<", "&lt;"), outside)
    head, *rest = "".join(pieces).split("<!--")
    return head + "".join(part.partition("-->")[2] for part in rest)
