"""The whole stack for a test: real PostgreSQL, the sandbox register, the API, one clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from sqlalchemy import event, text

from cli.cities import make_city
from cli.tokens import officer_claims
from graphql_api.app import create_app
from graphql_api.tokens import OwnIssuer
from runtime.keys import signing_keys_dir
from runtime.settings import Profile, Settings
from runtime.wiring import Running
from sandbox.alipay import SANDBOX_SELLER_ID, AlipayCredentials, AlipaySandboxSettings, alipay_app
from sandbox.city import City, Person
from sandbox.police import DEFAULT_SERIAL, PoliceSandboxSettings, police_app
from sandbox.wechat import (
    WECHAT_APP_ID,
    WECHAT_APP_SECRET,
    WechatSandboxSettings,
    wechat_app,
)
from sandbox.wechatpay import (
    SANDBOX_CERTIFICATE_SERIAL,
    SANDBOX_MERCHANT_ID,
    SANDBOX_PUBLIC_KEY_ID,
    WechatPayCredentials,
    WechatPaySandboxSettings,
    wechatpay_app,
)

Json = Any
NEW_SERVICE = "/trffweb/services/TmriOutNewAccess"
# Where a channel's payments are in the sandbox.
PAYING = {"ALIPAY": "alipay", "WECHAT": "wechatpay"}
ITS_CLOCK = "SELECT clock_timestamp() AS clock_timestamp_1"
# The city's last day is 1 November 2026.
START = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


def city() -> City:
    """The same small city for every test."""
    return make_city(7, 60)


@dataclass(slots=True)
class TestClock:
    """A clock that moves when it is told to."""

    __test__ = False
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@dataclass(slots=True)
class Register:
    """The sandbox register, steered through its control endpoints as an outsider would."""

    city: City
    url: str
    http: ClientSession

    async def switch(self, name: str, *, active: bool = True, **rest: Json) -> None:
        await self._send("POST", "scenarios", {"name": name, "active": active, **rest})

    async def calm(self) -> None:
        await self._send("DELETE", "scenarios")

    async def change(self, action: str, **rest: Json) -> Json:
        return await self._send("POST", "records", {"action": action, **rest})

    async def calls(self) -> dict[str, int]:
        """Calls received, by interface id."""
        log = await self._send("GET", "calls")
        return dict(log["interfaces"])

    async def writes(self) -> list[Json]:
        """Every write that had an effect, once."""
        log = await self._send("GET", "writes")
        return list(log["writes"])

    async def forget_calls(self) -> None:
        await self._send("DELETE", "calls")

    async def _send(self, method: str, path: str, body: Json = None) -> Json:
        async with self.http.request(method, f"{self.url}/control/{path}", json=body) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return answer


@dataclass(frozen=True, slots=True)
class Credentials:
    """The keys that our application and the sandboxes know each other by."""

    alipay: AlipayCredentials
    wechat_pay: WechatPayCredentials

    @classmethod
    def load_or_create(cls, folder: Path) -> "Credentials":
        """Those of a folder, made if it has none."""
        return cls(
            AlipayCredentials.load_or_create(folder), WechatPayCredentials.load_or_create(folder)
        )


@dataclass(slots=True)
class Platforms:
    """The sandboxes of Alipay and WeChat, steered through their control endpoints."""

    url: str
    http: ClientSession
    credentials: Credentials
    # The processes that take notices, one after the other.
    receivers: list[httpx2.AsyncClient] = field(default_factory=list)

    async def auth_code(self, channel: str, citizen: int, *, app_id: str | None = None) -> str:
        """What the platform gives a mini-program that somebody opens."""
        wanted = {"citizen": citizen} | ({"appId": app_id} if app_id else {})
        if channel == "ALIPAY":
            answer = await self._send("POST", "alipay/control/auth-codes", wanted)
            return str(answer["authCode"])
        return str((await self._send("POST", "wechat/control/codes", wanted))["code"])

    async def show_face(self, certify_id: str, citizen: int) -> None:
        """Somebody looks into the camera."""
        body = {"certifyId": certify_id, "citizen": citizen}
        await self._send("POST", "alipay/control/certify", body)

    def settings(self, folder: Path) -> dict[str, Json]:
        """How the API reaches the platforms."""
        return {
            "alipay_url": f"{self.url}/alipay/gateway.do",
            "alipay_app_id": self.credentials.alipay.app_id,
            "alipay_private_key_file": folder / "platforms" / "alipay-app.pem",
            "alipay_public_key_file": folder / "platforms" / "alipay-platform-public.pem",
            "wechat_url": f"{self.url}/wechat",
            "wechat_app_id": WECHAT_APP_ID,
            "wechat_app_secret": WECHAT_APP_SECRET,
            "alipay_seller_id": SANDBOX_SELLER_ID,
            "wechat_pay_url": f"{self.url}/wechatpay",
            "wechat_pay_merchant_id": SANDBOX_MERCHANT_ID,
            "wechat_pay_certificate_serial": SANDBOX_CERTIFICATE_SERIAL,
            "wechat_pay_private_key_file": folder / "platforms" / "wechatpay-merchant.pem",
            "wechat_pay_apiv3_key_file": folder / "platforms" / "wechatpay-apiv3.key",
            "wechat_pay_public_key_id": SANDBOX_PUBLIC_KEY_ID,
            "wechat_pay_public_key_file": folder / "platforms" / "wechatpay-public.pem",
            "platform_timeout_seconds": 1.0,
            "webhooks_url": f"{self.url}/relay",
        }

    async def pay(self, channel: str, number: str) -> None:
        """The payer taps Pay."""
        await self._send("POST", f"{PAYING[channel]}/control/pay", {"outTradeNo": number})

    async def money(self, channel: str) -> list[Json]:
        """The truth log: money that really moved."""
        moved: list[Json] = (await self._send("GET", f"{PAYING[channel]}/control/money"))["moved"]
        return moved

    async def switch_paying(self, channel: str, name: str, **rest: Json) -> None:
        """Switch trouble on, where payments are made."""
        await self.switch(PAYING[channel], name, **rest)

    async def calm_paying(self, channel: str) -> None:
        """Switch all of it off."""
        await self.calm(PAYING[channel])

    async def notices(self, channel: str) -> list[Json]:
        """Every delivery of a notice, with its answer."""
        log = await self._send("GET", f"{PAYING[channel]}/control/notices")
        return list(log["notices"])

    async def notify(self, channel: str, number: str, **how: Json) -> list[Json]:
        """Send the notice about a trade again, perhaps changed; the answers."""
        body = {"outTradeNo": number, **how}
        answer = await self._send("POST", f"{PAYING[channel]}/control/notices", body)
        return list(answer["notices"])

    async def relay(self, request: web.Request) -> web.Response:
        """Hand a notice on to one of the receivers, byte by byte."""
        receiver = self.receivers[0]
        self.receivers.append(self.receivers.pop(0))
        answer = await receiver.post(
            f"/webhooks/{request.match_info['channel']}",
            content=await request.read(),
            headers=dict(request.headers),
        )
        return web.Response(
            body=answer.content,
            status=answer.status_code,
            content_type=answer.headers["content-type"].partition(";")[0],
        )

    async def finish_check(self, certify_id: str, outcome: str) -> None:
        """The check is cancelled or fails."""
        body = {"certifyId": certify_id, "outcome": outcome}
        await self._send("POST", "alipay/control/certify", body)

    async def switch(self, channel: str, name: str, **rest: Json) -> None:
        await self._send("POST", f"{channel.lower()}/control/scenarios", {"name": name} | rest)

    async def calm(self, channel: str) -> None:
        await self._send("DELETE", f"{channel.lower()}/control/scenarios")

    async def advance(self, channel: str, seconds: float) -> None:
        body = {"advanceSeconds": seconds}
        await self._send("POST", f"{channel.lower()}/control/clock", body)

    async def calls(self, channel: str, method: str) -> int:
        """How often a method was called."""
        log = await self._send("GET", f"{channel.lower()}/control/log")
        return sum(call["method"] == method for call in log["calls"])

    async def forget_calls(self, channel: str) -> None:
        await self._send("DELETE", f"{channel.lower()}/control/log")

    async def _send(self, method: str, path: str, body: Json = None) -> Json:
        async with self.http.request(method, f"{self.url}/{path}", json=body) as response:
            answer = await response.json()
            assert response.status == 200, (response.status, answer)
            return answer


@dataclass(slots=True)
class Api:
    """The API over HTTP, with tokens for the people of the city."""

    http: httpx2.AsyncClient
    # All that there is: to write it out takes longer than many a test, and runners do.
    running: Running = field(repr=False)
    issuer: OwnIssuer
    settings: Settings
    statements: list[str] = field(default_factory=list)

    def token(self, person: Person | None = None, **changed: Json) -> str:
        """A citizen's token, verified by face; `changed` claims win, None leaves one out."""
        claims: dict[str, Json] = {
            "iss": self.settings.own_issuer,
            "aud": self.settings.citizen_audience,
            "sub": f"citizen-{person.index}" if person else "citizen",
            "name": person.name if person else None,
            "id_number": person.identity_number if person else None,
            "acr": "face",
        } | changed
        kept = {name: value for name, value in claims.items() if value is not None}
        return self.issuer.sign(kept, timedelta(minutes=15))

    def officer(self, role: str) -> str:
        """A token of an officer of one role."""
        claims = officer_claims(self.settings, role)
        return self.issuer.sign({"iss": self.settings.own_issuer, **claims}, timedelta(minutes=15))

    async def sweep(self) -> None:
        """What a worker does by itself, until nothing is due."""
        for _ in range(50):
            if not await self.running.chores.sweep():
                return
        raise AssertionError("there is always something due")

    async def rows(self, query: str) -> list[tuple[Json, ...]]:
        """What is in the database."""
        async with self.running.db.read() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]

    async def run(self, statement: str) -> None:
        """Change the database behind the service's back."""
        async with self.running.db.begin() as connection:
            await connection.execute(text(statement))

    async def post(self, body: Json, token: str | None = None, **headers: str) -> httpx2.Response:
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        return await self.http.post("/graphql", json=body, headers=headers)

    async def ask(
        self, query: str, person: Person | None = None, *, language: str = "en", **variables: Json
    ) -> Json:
        """One operation as a person, or anonymously; the whole answer."""
        token = self.token(person) if person is not None else None
        body = {"query": query, "variables": variables}
        response = await self.post(body, token, **{"accept-language": language})
        assert response.status_code == 200, response.text
        return response.json()


def settings_for(
    folder: Path, register_url: str, platforms: Platforms | None = None, **changed: Json
) -> Settings:
    """Settings of a trial: dev profile; a silent register is given up after a second."""
    connected = platforms.settings(folder) if platforms is not None else {}
    values: dict[str, Json] = (
        connected
        | {
            "profile": Profile.DEV,
            "data_dir": folder,
            "public_url": "http://testserver",
            "police_url": register_url + NEW_SERVICE,
            "police_serial": DEFAULT_SERIAL,
            "police_timeout_seconds": 1.0,
            "police_calls_per_second": 1000,
            "mirror_patience_seconds": 2.0,
            "request_deadline_seconds": 3.0,
        }
        | changed
    )
    return Settings(**values)


@asynccontextmanager
async def running_register(of: City) -> AsyncIterator[Register]:
    """A register on a port of its own, without limits on speed."""
    sandbox = PoliceSandboxSettings(requests_per_second=10_000, daily_quota=100_000)
    server = TestServer(police_app(of, sandbox))
    await server.start_server()
    try:
        async with ClientSession() as http:
            yield Register(of, str(server.make_url("")).rstrip("/"), http)
    finally:
        await server.close()


@asynccontextmanager
async def running_platforms(
    of: City, credentials: Credentials, clock: TestClock
) -> AsyncIterator[Platforms]:
    """Alipay and WeChat on one port, by the test's clock."""

    def now() -> float:
        return clock.now.timestamp()

    app = web.Application()
    app.add_subapp(
        "/alipay",
        alipay_app(
            of, credentials.alipay, AlipaySandboxSettings(clock=now, notice_delays_seconds=())
        ),
    )
    app.add_subapp("/wechat", wechat_app(of, WechatSandboxSettings(clock=now)))
    paying = WechatPaySandboxSettings(clock=now, notice_delays_seconds=())
    app.add_subapp("/wechatpay", wechatpay_app(of, credentials.wechat_pay, paying))
    platforms: list[Platforms] = []

    async def relay(request: web.Request) -> web.Response:
        return await platforms[0].relay(request)

    app.router.add_post("/relay/{channel}", relay)
    server = TestServer(app)
    await server.start_server()
    try:
        async with ClientSession() as http:
            platforms.append(Platforms(str(server.make_url("")).rstrip("/"), http, credentials))
            yield platforms[0]
    finally:
        await server.close()


@asynccontextmanager
async def running_api(
    settings: Settings, database_url: str, clock: TestClock
) -> AsyncIterator[Api]:
    """One process of the API."""
    app = create_app(settings, database_url, clock=clock)
    issuer = OwnIssuer.load_or_create(signing_keys_dir(settings), clock=clock)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as http:
            api = Api(http, app.state.running, issuer, settings)
            engine = api.running.db.engine.sync_engine

            def note(*arguments: Any) -> None:
                # Not what the process asks of itself, once a second.
                asks_itself = "revocations" in arguments[2] or arguments[2] == ITS_CLOCK
                if not asks_itself:
                    api.statements.append(arguments[2])

            event.listen(engine, "before_cursor_execute", note)
            for door in (api.running.db.reader, api.running.db.writer):
                door.watchers.append(api.statements.append)
            yield api
