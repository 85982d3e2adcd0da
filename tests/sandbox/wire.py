"""A plain client of the sandbox, written from the wire's description and not from its code."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from defusedxml.ElementTree import fromstring

from sandbox.police import DEFAULT_SERIAL

OLD = "/trffweb/services/TmriOutAccess"
NEW = "/trffweb/services/TmriOutNewAccess"
CHONGQING = "/cqjxjwsservice/services/ZhptOutAccess"
OFFICE = ("500112000400", "渝北区交巡警支队")


@dataclass
class Answered:
    """The parsed document of an answer."""

    code: str
    message: str
    count: str | None
    rows: list[dict[str, str]] | None
    nodes: list[str] = field(default_factory=list)
    key: str | None = None


@dataclass
class Wire:
    http: TestClient[Request, Application]

    async def post(self, path: str, body: bytes) -> ClientResponse:
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        return await self.http.post(path, data=body, headers=headers)

    async def raw(self, interface: str, **conditions: str) -> ClientResponse:
        return await self.post(OLD, old_call(interface, query(**conditions)))

    async def text(self, interface: str, **conditions: str) -> str:
        """The answer string, unescaped by the XML parser and nothing else."""
        response = await self.raw(interface, **conditions)
        assert response.status == 200
        return return_string(await response.read())

    async def ask(self, interface: str, **conditions: str) -> Answered:
        return answered(await self.text(interface, **conditions))

    async def write(self, interface: str, **values: str) -> Answered:
        response = await self.post(OLD, write_call(interface, violation(**values)))
        assert response.status == 200
        return answered(return_string(await response.read()))

    async def effects(self) -> list[tuple[str, ...]]:
        """What was really written: interface, record or decision, and the caller's serial."""
        report = await (await self.http.get("/control/writes")).json()
        moments = [write.pop("at") for write in report["writes"]]
        assert all(isinstance(at, float) for at in moments)
        return [tuple(write.values()) for write in report["writes"]]

    async def on(self, name: str, **more: Any) -> None:
        response = await self.http.post("/control/scenarios", json={"name": name, **more})
        assert response.status == 200

    async def change(self, action: str, **more: Any) -> Any:
        response = await self.http.post("/control/records", json={"action": action, **more})
        assert response.status == 200, await response.text()
        return await response.json()


def query(**conditions: str) -> str:
    leaves = "".join(f"<{name}>{quote(value)}</{name}>" for name, value in conditions.items())
    root = f"<root><QueryCondition>{leaves}</QueryCondition></root>"
    return f'<?xml version="1.0" encoding="GBK"?>{root}'


def violation(**values: str) -> str:
    leaves = "".join(f"<{name}>{quote(value)}</{name}>" for name, value in values.items())
    return f'<?xml version="1.0" encoding="GBK"?><root><violation>{leaves}</violation></root>'


def envelope(operation: str, *arguments: str) -> bytes:
    parts = "".join(
        f'<in{place} xsi:type="xsd:string">{escape(argument)}</in{place}>'
        for place, argument in enumerate(arguments)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
        f'<ns1:{operation} xmlns:ns1="http://endpoint.axis.framework.tmri.com"'
        ' soapenv:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
        f"{parts}</ns1:{operation}></soapenv:Body></soapenv:Envelope>"
    ).encode()


def old_call(interface: str, document: str, serial: str = DEFAULT_SERIAL) -> bytes:
    return envelope("queryObjectOut", interface[:2], serial, interface, document)


def write_call(interface: str, document: str, serial: str = DEFAULT_SERIAL) -> bytes:
    return envelope("writeObjectOut", interface[:2], serial, interface, document)


def return_string(body: bytes) -> str:
    root: Element = fromstring(body)
    (response,) = root.findall("{http://schemas.xmlsoap.org/soap/envelope/}Body/*")
    (part,) = response
    return part.text or ""


def answered(text: str) -> Answered:
    return parsed(unquote(text))


def parsed(document: str) -> Answered:
    root: Element = fromstring(re.sub(r"^<\?xml[^>]*\?>", "", document))
    body = root.find("body")
    return Answered(
        code=root.findtext("head/code") or "",
        message=root.findtext("head/message") or "",
        count=root.findtext("head/rownum"),
        rows=None if body is None else [_row(row) for row in body],
        nodes=[] if body is None else [row.tag for row in body],
        key=root.findtext("head/keystr"),
    )


def _row(row: Element) -> dict[str, str]:
    return {leaf.tag: leaf.text or "" for leaf in row}
