"""`/sns/jscode2session`: the login of mini-programs."""

import asyncio
import json
import re
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientResponse
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from aiohttp.web import Application, Request

from sandbox.city import City
from sandbox.wechat import (
    WECHAT_APP_ID,
    WECHAT_APP_SECRET,
    WechatSandboxSettings,
    wechat_app,
)

PATH = "/sns/jscode2session"
METHOD = "jscode2session"
MINUTE_QUOTA = "api minute-quota reach limit mustslower retry next minute"


@dataclass(frozen=True, slots=True)
class Wechat:
    http: TestClient[Request, Application]

    async def raw(self, code: str | None, **changed: str | None) -> ClientResponse:
        query = {
            "appid": WECHAT_APP_ID,
            "secret": WECHAT_APP_SECRET,
            "js_code": code,
            "grant_type": "authorization_code",
        } | changed
        sent = {name: value for name, value in query.items() if value is not None}
        return await self.http.get(PATH, params=sent, allow_redirects=False)

    async def ask(self, code: str | None, **changed: str | None) -> dict[str, Any]:
        """The answer, after what carries it has been looked at."""
        response = await self.raw(code, **changed)
        assert (response.status, response.headers["Content-Type"]) == (200, "text/plain")
        answer: dict[str, Any] = json.loads(await response.read())
        return answer

    async def refused(self, code: str | None, **changed: str | None) -> tuple[int, str]:
        answer = await self.ask(code, **changed)
        assert set(answer) == {"errcode", "errmsg"}
        text = re.fullmatch(r"(.*), rid: [0-9a-f]{8}(-[0-9a-f]{8}){2}", answer["errmsg"])
        assert text is not None
        return answer["errcode"], text[1]

    async def control(self, path: str, **wanted: Any) -> Any:
        response = await self.http.post(f"/control/{path}", json=wanted)
        assert response.status == 200, await response.text()
        return await response.json()

    async def code(self, citizen: int, **more: Any) -> str:
        return str((await self.control("codes", citizen=citizen, **more))["code"])

    async def on(self, name: str, **more: Any) -> None:
        await self.control("scenarios", name=name, **more)

    async def outcomes(self) -> list[tuple[str, str, list[str]]]:
        log = await (await self.http.get("/control/log")).json()
        return [(one["method"], one["outcome"], one["scenarios"]) for one in log["calls"]]


@asynccontextmanager
async def served(
    city: City, settings: WechatSandboxSettings | None = None
) -> AsyncIterator[Wechat]:
    async with TestClient(TestServer(wechat_app(city, settings))) as client:
        yield Wechat(client)


@pytest.fixture
async def wechat(city: City) -> AsyncIterator[Wechat]:
    async with served(city) as one:
        yield one


async def test_success_has_no_errcode(wechat: Wechat) -> None:
    answers = [await wechat.ask(await wechat.code(3)) for _ in range(2)]
    keys = [one.pop("session_key") for one in answers]

    account = {
        "openid": "oeRyNpxAeUCeMSG_V1ssqAKpHK4F",
        "unionid": "oBFDjO0NUxfUknVuf6CWHHSq42cR",
    }
    assert answers == [account, account]
    assert [len(b64decode(key)) for key in keys] == [16, 16]
    assert keys[0] != keys[1]


async def test_slashes_are_escaped(wechat: Wechat) -> None:
    """About every third session key has one."""
    texts = [await (await wechat.raw(await wechat.code(1))).text() for _ in range(40)]

    assert any("/" in json.loads(text)["session_key"] for text in texts)
    assert all(text.count("/") == text.count("\\/") for text in texts)


async def test_everybody_has_one_account_that_stays_the_same(wechat: Wechat, city: City) -> None:
    async def account(citizen: int) -> tuple[str, str]:
        answer = await wechat.ask(await wechat.code(citizen))
        return answer["openid"], answer["unionid"]

    people = [*range(12), len(city) - 1, -1, -2]
    accounts = [await account(citizen) for citizen in people]

    assert len({one for pair in accounts for one in pair}) == 2 * len(people)
    assert all(re.fullmatch(r"o[\w-]{27}", one) for pair in accounts for one in pair)
    assert [await account(citizen) for citizen in people] == accounts


async def test_another_app_knows_people_by_other_ids(city: City, wechat: Wechat) -> None:
    ours = await wechat.ask(await wechat.code(3))
    async with served(city, WechatSandboxSettings(app_id="wx2")) as other:
        theirs = await other.ask(await other.code(3), appid="wx2")

    assert ours["openid"] != theirs["openid"]
    assert ours["unionid"] == theirs["unionid"]


async def test_codes_that_are_no_good(wechat: Wechat) -> None:
    foreign = await wechat.code(1, appId="wx0000000000000002")
    expired = await wechat.code(1)
    await wechat.control("clock", advanceSeconds=299)
    used = await wechat.code(1)
    await wechat.ask(used)
    await wechat.control("clock", advanceSeconds=1)

    for code in (foreign, expired, "nonsense", "中文"):
        assert await wechat.refused(code) == (40029, "invalid code")
    assert await wechat.refused(used) == (40163, "code been used")
    await wechat.control("clock", advanceSeconds=299)
    assert await wechat.refused(used) == (40029, "invalid code")


async def test_a_code_opens_once_however_many_try(wechat: Wechat) -> None:
    code = await wechat.code(5)

    answers = await asyncio.gather(*(wechat.ask(code) for _ in range(20)))

    assert sorted(one.get("errcode", 0) for one in answers) == [0] + [40163] * 19
    assert sorted(await wechat.outcomes()) == [(METHOD, "0", [])] + [(METHOD, "40163", [])] * 19


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"appid": None}, (41002, "appid missing")),
        ({"appid": "wx0000000000000002"}, (40013, "invalid appid")),
        ({"secret": None}, (41004, "appsecret missing")),
        ({"secret": "秘密"}, (40125, "invalid appsecret")),
        ({"secret": WECHAT_APP_SECRET.upper()}, (40125, "invalid appsecret")),
        ({"grant_type": None}, (40002, "invalid grant_type")),
        ({"grant_type": "client_credential"}, (40002, "invalid grant_type")),
        ({"js_code": None}, (41008, "missing code")),
        ({"js_code": ""}, (41008, "missing code")),
    ],
)
async def test_bad_requests_do_not_use_up_the_code(
    wechat: Wechat, changed: dict[str, str | None], told: tuple[int, str]
) -> None:
    code = await wechat.code(1)

    assert await wechat.refused(code, **changed) == told
    assert "openid" in await wechat.ask(code)


async def test_only_get(wechat: Wechat) -> None:
    for verb in ("POST", "PUT", "DELETE"):
        response = await wechat.http.request(verb, PATH)
        assert response.status == 200
        assert json.loads(await response.read())["errcode"] == 43001


async def test_a_hundred_logins_a_minute(city: City) -> None:
    now = [1_793_462_400.0]
    settings = WechatSandboxSettings(clock=lambda: now[0])
    async with served(city, settings) as wechat:
        for _ in range(100):
            assert "openid" in await wechat.ask(await wechat.code(1))
        code = await wechat.code(1)

        assert await wechat.refused(code) == (45011, MINUTE_QUOTA)
        assert "openid" in await wechat.ask(await wechat.code(2))
        now[0] += 59
        assert await wechat.refused(code) == (45011, MINUTE_QUOTA)
        await wechat.control("clock", advanceSeconds=1)
        assert "openid" in await wechat.ask(code)


async def test_people_who_are_blocked(wechat: Wechat) -> None:
    code = await wechat.code(1)
    assert await wechat.control("blocked", citizen=4) == {"blocked": [4]}
    assert await wechat.control("blocked", citizen=1, blocked=True) == {"blocked": [1, 4]}

    assert await wechat.refused(code) == (40226, "code blocked")
    assert "openid" in await wechat.ask(await wechat.code(2))
    assert await wechat.control("blocked", citizen=1, blocked=False) == {"blocked": [4]}
    assert "openid" in await wechat.ask(code)


async def test_busy(wechat: Wechat) -> None:
    code = await wechat.code(1)
    await wechat.on("busy", times=1)

    assert await wechat.refused(code) == (-1, "system error")
    assert "openid" in await wechat.ask(code)
    assert await wechat.outcomes() == [(METHOD, "no effect", ["busy"]), (METHOD, "0", [])]


async def test_what_success_may_say_more_or_less(wechat: Wechat) -> None:
    await wechat.on("errcode-zero", times=2)
    answer = await wechat.ask(await wechat.code(1))
    assert (answer["errcode"], answer["errmsg"]) == (0, "")
    assert await wechat.refused("nonsense") == (40029, "invalid code")
    await wechat.on("no-unionid", times=1)
    assert set(await wechat.ask(await wechat.code(1))) == {"session_key", "openid"}


@pytest.mark.parametrize(
    ("name", "status", "text"),
    [
        ("http-500", 500, "<h1>500 Internal Server Error</h1>"),
        ("bad-gateway", 502, "<h1>502 Bad Gateway</h1>"),
        ("unavailable", 503, "<h1>503 Service Temporarily Unavailable</h1>"),
        ("html-answer", 200, "<h1>系统维护中</h1>"),
        ("not-json", 200, "SUCCESS"),
        ("half-body", 200, '{"session_key":'),
        ("huge-answer", 200, " " * 1_000_000),
        ("redirect", 302, ""),
        ("wrong-content-type", 200, '"openid"'),
    ],
)
async def test_strangers_answer(wechat: Wechat, name: str, status: int, text: str) -> None:
    code = await wechat.code(1)
    await wechat.on(name, times=1)
    response = await wechat.raw(code)

    assert response.status == status
    assert text in await response.text()
    assert await wechat.outcomes() == [(METHOD, "0", [name])]


async def test_the_connection_is_reset(wechat: Wechat) -> None:
    codes = {name: await wechat.code(1) for name in ("drop-before", "drop-after")}
    for name, code in codes.items():
        await wechat.on(name, times=1)
        with pytest.raises(ClientConnectionError):
            await wechat.raw(code)

    assert "openid" in await wechat.ask(codes["drop-before"])
    assert await wechat.refused(codes["drop-after"]) == (40163, "code been used")


async def test_scenarios_are_listed(wechat: Wechat) -> None:
    report = await (await wechat.http.get("/control/scenarios")).json()

    assert [one["name"] for one in report][:4] == ["busy", "errcode-zero", "no-unionid", "slow"]
    assert report[0] == {
        "name": "busy",
        "description": "The errcode is -1: try again later.",
        "parameters": {"effect": False},
        "active": [],
    }


@pytest.mark.parametrize(
    ("path", "wanted", "status", "error"),
    [
        ("codes", {}, 400, "citizen must be a whole number"),
        ("codes", {"citizen": 400}, 404, "unknown: citizen 400 of 400"),
        ("codes", {"citizen": 1, "appId": ""}, 400, "appId is missing"),
        ("blocked", {"blocked": True}, 400, "citizen must be a whole number"),
        ("blocked", {"citizen": 400}, 404, "unknown: citizen 400 of 400"),
        ("blocked", {"citizen": 1, "blocked": 1}, 400, "blocked must be true or false"),
        ("scenarios", {"name": "gbk"}, 404, "unknown: gbk"),
        ("scenarios", {"name": "slow", "method": "x"}, 404, "unknown: method x"),
        ("clock", {"advanceSeconds": -1}, 400, "advanceSeconds must be a number from 0"),
    ],
)
async def test_bad_wishes(
    wechat: Wechat, path: str, wanted: dict[str, Any], status: int, error: str
) -> None:
    response = await wechat.http.post(f"/control/{path}", json=wanted)

    assert (response.status, await response.json()) == (status, {"error": error})
    assert "openid" in await wechat.ask(await wechat.code(1))


async def test_the_truth_log_holds_no_secrets(wechat: Wechat) -> None:
    code = await wechat.code(1)
    answer = await wechat.ask(code)
    text = await (await wechat.http.get("/control/log")).text()

    assert (await wechat.outcomes()) == [(METHOD, "0", [])]
    for secret in (code, WECHAT_APP_SECRET, *answer.values()):
        assert secret not in text


def test_the_secret_does_not_show() -> None:
    assert WECHAT_APP_SECRET not in repr(WechatSandboxSettings())


@pytest.mark.parametrize("address", ["10.0.0.1", "2001:db8::1", None])
async def test_control_is_for_loopback_only(city: City, address: str | None) -> None:
    app = wechat_app(city)
    for path in ("codes", "blocked", "scenarios"):
        request = make_mocked_request("POST", f"/control/{path}", app=app).clone(
            remote=address or ""
        )
        match = await app.router.resolve(request)
        response: Any = await match.handler(request)
        assert response.status == 403


async def test_the_app_can_be_mounted_anywhere(city: City) -> None:
    root = Application()
    root.add_subapp("/some/where", wechat_app(city))
    async with TestClient(TestServer(root)) as client:
        made = await client.post("/some/where/control/codes", json={"citizen": 1})
        query = {"appid": WECHAT_APP_ID, "secret": WECHAT_APP_SECRET} | {
            "js_code": (await made.json())["code"],
            "grant_type": "authorization_code",
        }
        response = await client.get(f"/some/where{PATH}", params=query)

        assert "openid" in json.loads(await response.read())
