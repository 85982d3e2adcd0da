"""SOAP 1.1 as Axis 1.4 speaks it: arguments bind by position, answers carry one string."""

import re
from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape

from sandbox.police.documents import BadDocument, parse

ENVELOPE_NAMESPACE = "http://schemas.xmlsoap.org/soap/envelope/"
CONTENT_TYPE = "text/xml; charset=utf-8"
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']""")


class Fault(Exception):
    """Axis could not make a call of the request."""

    def __init__(self, text: str, *, status: int = 500) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


@dataclass(frozen=True, slots=True)
class Invocation:
    """An operation and its arguments in the order they came; names of arguments mean nothing."""

    operation: str
    arguments: tuple[str, ...]


def read_envelope(body: bytes) -> Invocation:
    """
    The one call in a SOAP body.

    :raises Fault: for anything that is not a SOAP 1.1 envelope with one call
    """
    try:
        root = parse(_text(body))
    except BadDocument as error:
        raise Fault("org.xml.sax.SAXParseException") from error
    calls = root.findall(f"{{{ENVELOPE_NAMESPACE}}}Body/*")
    if root.tag != f"{{{ENVELOPE_NAMESPACE}}}Envelope" or len(calls) != 1:
        raise Fault("Bad envelope: one call was expected in its Body")
    arguments = tuple(argument.text or "" for argument in calls[0])
    return Invocation(calls[0].tag.rpartition("}")[2], arguments)


def answer_envelope(operation: str, endpoint: str, text: str) -> str:
    """The answer; its namespace is the URL of the endpoint."""
    name = f"{operation}Return"
    return _envelope(
        f'<ns1:{operation}Response xmlns:ns1="{quote(endpoint, safe=":/?=&")}"'
        ' soapenv:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
        f'<{name} xsi:type="xsd:string">{escape(text)}</{name}>'
        f"</ns1:{operation}Response>"
    )


def fault_envelope(text: str) -> str:
    return _envelope(
        "<soapenv:Fault><faultcode>soapenv:Server.userException</faultcode>"
        f"<faultstring>{escape(text)}</faultstring><detail/></soapenv:Fault>"
    )


def _envelope(content: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{ENVELOPE_NAMESPACE}"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soapenv:Body>{content}</soapenv:Body></soapenv:Envelope>"
    )


def _text(body: bytes) -> str:
    declared = _DECLARED.match(body)
    for charset in ("utf-8-sig", declared.group(1).decode() if declared else "gb18030"):
        try:
            return body.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    raise Fault("Invalid byte sequence in the request")
