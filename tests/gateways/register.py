"""A very small police register for the tests: it answers what it is told and counts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from aiohttp import web
from aiohttp.test_utils import TestServer
from defusedxml.ElementTree import fromstring

from domain.plates import Plate, PlateType
from gateways.breaker import BreakerSettings
from gateways.police_records import PoliceRecords
from gateways.police_wire import PoliceWire
from gateways.soap import Variant

PLATE = Plate(PlateType.SMALL_VEHICLE, "渝AF0001")
IDENTITY = "500000190001010015"
DECISION = "500101100000001"
CAMERA_ROW = {
    "xh": "5001017900000001",
    "cjjg": "500101000000",
    "cjjgmc": "渝中区支队",
    "hpzl": "02",
    "hphm": "渝AF0001",
    "wfsj": "2024-04-02 23:59:57.0",
    "wfdd": "10001",
    "wfdz": "渝中区中山三路",
    "wfxw": "1344",
    "fkje": "100",
    "wfjfs": "1",
    "cjfs": "1",
    "clbj": "0",
    "jkbj": "0",
    "jdsbh": "",
    "jllx": "1",
    "gxsj": "2024-04-03 08:00:00.0",
}
DECISION_ROW = {
    "jdsbh": DECISION,
    "wsjyw": "7",
    "jdslb": "1",
    "jszh": IDENTITY,
    "dsr": "张三",
    "hpzl": "02",
    "hphm": "渝AF0001",
    "wfsj": "2024-04-02 23:59:57.0",
    "wfdz": "渝中区中山三路",
    "wfxw": "1344",
    "wfjfs": "1",
    "fkje": "100",
    "znj": "0",
    "cfzl": "2",
    "clsj": "2024-04-05 09:00:00.0",
    "jkbj": "0",
    "wfbh": "5001012024100000000101",
    "xxly": "2",
    "jllx": "1",
    "gxsj": "2024-04-05 09:00:00.0",
}


def elements(row: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in row.items())


def document(
    rows: Sequence[Mapping[str, str]] = (),
    *,
    code: str = "1",
    message: str = "成功",
    node: str = "viosurveil",
    rownum: int | None = None,
) -> str:
    """The inner document of a query's answer."""
    body = "".join(
        f'<{node} id="{place}">{elements(row)}</{node}>' for place, row in enumerate(rows)
    )
    count = len(rows) if rownum is None else rownum
    return (
        '<?xml version="1.0" encoding="GBK"?><root><head>'
        f"<code>{code}</code><message>{message}</message><rownum>{count}</rownum></head>"
        f"<body>{body}</body></root>"
    )


def enveloped(returned: str) -> bytes:
    """An answer whose return string is given as it is."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
        '<ns1:queryObjectOutNewResponse xmlns:ns1="http://192.0.2.1/services/TmriOutNewAccess">'
        f"<queryObjectOutNewReturn>{escape(returned)}</queryObjectOutNewReturn>"
        "</ns1:queryObjectOutNewResponse></soapenv:Body></soapenv:Envelope>"
    ).encode()


def answered(rows: Sequence[Mapping[str, str]] = (), **head: Any) -> bytes:
    """An ordinary answer: the document percent-encoded as UTF-8."""
    return enveloped(quote(document(rows, **head), safe=""))


@dataclass(slots=True)
class Register:
    """Answers every call with `body` and `status`, after `delay` and `before`."""

    body: bytes = field(default_factory=answered)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    before: Callable[[web.Request], Awaitable[None]] | None = None
    calls: list[tuple[str, list[str]]] = field(default_factory=list)
    requests: list[Mapping[str, str]] = field(default_factory=list)
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        call = fromstring(await request.read())[0][0]
        self.calls.append((call.tag.rpartition("}")[2], [argument.text or "" for argument in call]))
        self.requests.append(dict(request.headers))
        if self.before is not None:
            await self.before(request)
        await asyncio.sleep(self.delay)
        return web.Response(
            body=self.body, status=self.status, headers=self.headers, content_type="text/xml"
        )

    @property
    def documents(self) -> list[str]:
        return [arguments[-1] for _, arguments in self.calls]


@asynccontextmanager
async def running(register: Register) -> AsyncIterator[Register]:
    app = web.Application()
    app.router.add_post("/services/TmriOutNewAccess", register.handle)
    async with TestServer(app) as server:
        register.url = str(server.make_url("/services/TmriOutNewAccess"))
        yield register


# Never opens unless a test wants it to.
PATIENT = BreakerSettings(minimum_calls=10_000)


def wire(url: str, **settings: Any) -> PoliceWire:
    plain = PoliceWire(
        url=url,
        variant=Variant.NEW10,
        serial="SERIAL",
        scene="SCENE",
        unit_code="500101000000",
        unit_name="渝中区支队",
        officer_id="OFFICER",
        officer_name="李四",
        terminal="192.0.2.7",
        timeout_seconds=1.0,
        breaker=PATIENT,
        retry_wait_seconds=0.02,
    )
    return replace(plain, **settings)


@dataclass(slots=True)
class Quota:
    """Counts what the gateway takes; grants while `left` is not used up."""

    left: int = 1_000_000
    taken: list[str] = field(default_factory=list)
    exhausted: list[str] = field(default_factory=list)

    async def take(self, interface_id: str) -> bool:
        if len(self.taken) >= self.left:
            return False
        self.taken.append(interface_id)
        return True

    async def tell(self, interface_id: str) -> None:
        self.exhausted.append(interface_id)


@asynccontextmanager
async def police(
    register: Register, quota: Quota | None = None, **settings: Any
) -> AsyncIterator[PoliceRecords]:
    quota = quota or Quota()
    async with PoliceRecords.open(
        wire(register.url, **settings), take_quota=quota.take, quota_exhausted=quota.tell
    ) as records:
        yield records
