"""SOAP 1.1 as Apache Axis 1.4 speaks it: arguments by position, one string back."""

import re
from enum import StrEnum
from xml.sax.saxutils import escape

from gateways.xml_repair import NOT_XML, Unreadable
from gateways.xml_tree import parse

ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
    '<ns1:{operation} soapenv:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
    ' xmlns:ns1="http://endpoint.axis.framework.tmri.com">{arguments}</ns1:{operation}>'
    "</soapenv:Body></soapenv:Envelope>"
)
ARGUMENT = '<{name} xsi:type="xsd:string">{value}</{name}>'


class Variant(StrEnum):
    """Which of the three argument lists a deployment speaks."""

    OLD4 = "old4"
    NEW9 = "new9"
    NEW10 = "new10"


class Verb(StrEnum):
    """What an operation does; its name begins with it."""

    QUERY = "query"
    WRITE = "write"


OPERATIONS = {
    Variant.OLD4: "ObjectOut",
    Variant.NEW9: "ObjectOut",
    Variant.NEW10: "ObjectOutNew",
}
# The service binds by position. The unit's name and code change places between NEW9 and NEW10.
ARGUMENTS = {
    Variant.OLD4: "xtlb jkxlh jkid UTF8XmlDoc",
    Variant.NEW9: "xtlb jkxlh jkid yhbz dwmc dwjgdm yhxm zdbs UTF8XmlDoc",
    Variant.NEW10: "xtlb jkxlh jkid cjsqbh dwjgdm dwmc yhbz yhxm zdbs UTF8XmlDoc",
}
RETURN = re.compile(r"(query|write)objectout(new)?return")


def envelope(variant: Variant, values: dict[str, str], verb: Verb = Verb.QUERY) -> bytes:
    """Make a call; `values` holds at least every argument of the variant, by wire name."""
    arguments = "".join(
        ARGUMENT.format(name=name, value=escape(NOT_XML.sub("", values[name])))
        for name in ARGUMENTS[variant].split()
    )
    operation = f"{verb}{OPERATIONS[variant]}"
    return ENVELOPE.format(operation=operation, arguments=arguments).encode()


def returned(text: str) -> str:
    """
    Read the one string of an answer; local names only, the namespace is the endpoint's address.

    :raises Unreadable: if this is a fault, another document, or an empty string (their network)
    """
    root = parse(text)
    if root.name != "envelope":
        raise Unreadable("not a SOAP envelope")
    answer = next((node for node in root.walk() if RETURN.fullmatch(node.name)), None)
    if answer is None:
        raise Unreadable("no return value")
    value = answer.text.strip()
    if not value:
        raise Unreadable("empty return value")
    return value
