"""Accounts by WeChat: every answer it has, and the secret in the URL that nobody may see."""

import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import deadlines
from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from domain.platforms import AuthCodeProblem, AuthCodeRefused, Channel, PlatformAccount
from gateways.breaker import BreakerSettings
from gateways.strict_json import read_object
from gateways.wechat_login import WechatLogin, WechatWire
from tests.gateways.platforms import (
    GARBAGE_FOR_HTTP,
    PATIENT,
    Platform,
    all_logs,
    everything_told,
    forever,
    is_not_done,
    listen_to_everything,
    raw,
    reset,
    running,
)

APP_ID = "wx2421b1c4370ec43b"
SECRET = "c4nary&s3cret+/=%"
CODE = "083tjT000WK8kM17Dw000FdPPi4tjT0F"
OPEN_ID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
SESSION_KEY = "tiihtNczf5v6AKRyjwEUhQ=="
ANSWER = {"openid": OPEN_ID, "session_key": SESSION_KEY}


def told_in(answer: Any) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with running(Platform(told_in(ANSWER), content_type="text/plain")) as one:
        yield one


def wire(url: str) -> WechatWire:
    return WechatWire(url, APP_ID, SECRET, timeout_seconds=2.0, breaker=PATIENT)


@asynccontextmanager
async def wechat(platform: Platform, **settings: Any) -> AsyncIterator[WechatLogin]:
    async with WechatLogin.open(replace(wire(platform.url), **settings)) as one:
        yield one


@pytest.fixture
async def login(platform: Platform) -> AsyncIterator[WechatLogin]:
    async with wechat(platform) as one:
        yield one


async def failure(login: WechatLogin) -> UpstreamUnavailable:
    with pytest.raises(UpstreamUnavailable) as raised:
        await login.account_of(CODE)
    assert raised.value.upstream is Upstream.WECHAT
    assert raised.value.text_key == "wechat_unavailable"
    told = everything_told(raised.value)
    assert not [secret for secret in ("c4nary", CODE, SESSION_KEY) if secret in told]
    return raised.value


async def refusal(login: WechatLogin) -> AuthCodeProblem:
    with pytest.raises(AuthCodeRefused) as raised:
        await login.account_of(CODE)
    told = everything_told(raised.value)
    assert not [secret for secret in ("c4nary", CODE) if secret in told]
    return raised.value.problem


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "clearway.wechat"]


@pytest.mark.parametrize(
    ("more", "union_id"),
    [
        ({}, None),
        ({"errcode": 0, "errmsg": "ok"}, None),
        ({"unionid": "o6_bmasdasdsad6_2sgVt7hMZOPfL"}, "o6_bmasdasdsad6_2sgVt7hMZOPfL"),
        ({"unionid": ""}, None),
        ({"unionid": None}, None),
    ],
)
async def test_an_account(
    platform: Platform,
    login: WechatLogin,
    more: dict[str, Any],
    union_id: str | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    listen_to_everything(caplog)
    platform.body = told_in({**ANSWER, **more})

    account = await login.account_of(CODE)

    assert account == PlatformAccount(Channel.WECHAT, APP_ID, OPEN_ID, union_id)
    [seen] = platform.requests
    assert (seen.method, seen.path) == ("GET", "/sns/jscode2session")
    assert seen.query == {
        "appid": APP_ID,
        "secret": SECRET,
        "js_code": CODE,
        "grant_type": "authorization_code",
    }
    told = all_logs(caplog) + repr(account) + repr(login)
    assert not [text for text in ("c4nary", CODE, SESSION_KEY, OPEN_ID) if text in told]


async def test_a_base_url_with_a_path(platform: Platform) -> None:
    for base_url in (f"{platform.url}wechat", f"{platform.url}wechat/"):
        async with wechat(platform, base_url=base_url) as login:
            await login.account_of(CODE)

    assert [seen.path for seen in platform.requests] == ["/wechat/sns/jscode2session"] * 2


async def test_every_character_of_a_code_arrives(platform: Platform, login: WechatLogin) -> None:
    code = "".join(map(chr, range(33, 127)))

    await login.account_of(code)

    assert platform.requests[0].query["js_code"] == code
    assert len(platform.requests[0].query) == 4


@pytest.mark.parametrize(
    "code", ["", " ", "a b", "a\n", "\x00", "码", "a" * 129, None, 7, b"code"], ids=repr
)
async def test_what_cannot_be_a_code_is_not_sent(
    platform: Platform, login: WechatLogin, code: Any
) -> None:
    with pytest.raises(AuthCodeRefused) as raised:
        await login.account_of(code)

    assert raised.value.problem is AuthCodeProblem.INVALID
    assert platform.requests == []


@pytest.mark.parametrize(
    ("errcode", "problem"),
    [
        (40029, AuthCodeProblem.INVALID),
        (40163, AuthCodeProblem.INVALID),
        (40226, AuthCodeProblem.BLOCKED),
        (45011, AuthCodeProblem.TOO_OFTEN),
    ],
)
async def test_refusals(
    platform: Platform,
    errcode: int,
    problem: AuthCodeProblem,
    caplog: pytest.LogCaptureFixture,
) -> None:
    platform.body = told_in({"errcode": errcode, "errmsg": f"code, rid: 1 {CODE}"})
    async with wechat(platform, breaker=BreakerSettings(minimum_calls=2)) as login:
        for _ in range(3):
            assert await refusal(login) is problem
        assert not login.door.breaker.is_open

    assert len(platform.requests) == 3
    # Anybody can send us bad codes: no line for each.
    assert logged(caplog) == []


async def test_a_busy_system(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    platform.body = told_in({"errcode": -1, "errmsg": "system error"})
    async with wechat(platform, breaker=BreakerSettings(minimum_calls=2)) as login:
        told = await failure(login)
        assert (told.reason, told.retry_after) == (UpstreamReason.UNREACHABLE, 1.0)
        assert not is_not_done(told)
        await failure(login)
        assert (await failure(login)).reason is UpstreamReason.BREAKER_OPEN

    assert len(platform.requests) == 2
    assert logged(caplog) == [
        *["call failed: reason=unreachable detail=errcode -1"] * 2,
        "call failed: reason=breaker_open detail=",
    ]


@pytest.mark.parametrize("answer", [ANSWER, {"errcode": 40029}, {"errcode": 40013}])
async def test_a_probe_that_is_answered_closes_the_breaker(
    platform: Platform, answer: dict[str, Any]
) -> None:
    quick = BreakerSettings(minimum_calls=1, open_seconds=0.0)
    async with wechat(platform, breaker=quick) as login:
        platform.body = b""
        await failure(login)
        assert login.door.breaker.is_open
        platform.body = told_in(answer)
        with suppress(AuthCodeRefused, UpstreamUnavailable):
            await login.account_of(CODE)
        assert not login.door.breaker.is_open


@pytest.mark.parametrize("errcode", [40013, 40125, 40164, 41002, 45009, 1, -2, 10**30])
async def test_what_operators_have_to_mend(
    platform: Platform, login: WechatLogin, errcode: int, caplog: pytest.LogCaptureFixture
) -> None:
    platform.body = told_in({**ANSWER, "errcode": errcode, "errmsg": SECRET})

    told = await failure(login)

    assert (told.reason, told.retry_after) == (UpstreamReason.NOT_AUTHORISED, None)
    assert logged(caplog) == [
        f"refused: errcode={errcode}: check app id, app secret and allowed addresses",
        f"call failed: reason=not_authorised detail=errcode {errcode}",
    ]
    assert caplog.records[0].levelno == logging.ERROR
    assert len(platform.requests) == 1


BROKEN = {
    "nothing": b"",
    "a word": b"OK",
    "HTML": b"<html></html>",
    "a list": b"[]",
    "a string": b'"openid"',
    "null": b"null",
    "an empty object": b"{}",
    "cut": told_in(ANSWER)[:-3],
    "two": told_in(ANSWER) * 2,
    "openid twice": b'{"openid":"a","openid":"b"}',
    "no openid": told_in({"session_key": SESSION_KEY}),
    "null for openid": told_in({"openid": None}),
    "a number for openid": told_in({"openid": 7}),
    "a list for openid": told_in({"openid": [OPEN_ID]}),
    "an empty openid": told_in({"openid": ""}),
    "a space in openid": told_in({"openid": "a b"}),
    "Chinese for openid": told_in({"openid": "张三"}),
    "a lone surrogate": b'{"openid":"\\ud800"}',
    "a long openid": told_in({"openid": "a" * 129}),
    "a strange unionid": told_in({**ANSWER, "unionid": "a b"}),
    "a number for unionid": told_in({**ANSWER, "unionid": 7}),
    "text for errcode": told_in({**ANSWER, "errcode": "0"}),
    "null for errcode": told_in({**ANSWER, "errcode": None}),
    "true for errcode": told_in({**ANSWER, "errcode": True}),
    "false for errcode": told_in({**ANSWER, "errcode": False}),
    "a fraction for errcode": told_in({**ANSWER, "errcode": 0.0}),
    "a list for errcode": told_in({**ANSWER, "errcode": []}),
    "NaN": b'{"openid":"a","errcode":NaN}',
    "an endless errcode": b'{"openid":"a","errcode":' + b"9" * 5_000 + b"}",
    "not UTF-8": b'{"openid":"\xff"}',
    "UTF-16": json.dumps(ANSWER).encode("utf-16"),
    "deep": b"[" * 50_000,
    "deep objects": b'{"a":' * 10_000,
    "huge": told_in({**ANSWER, "more": "x" * 70_000}),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_answers(platform: Platform, login: WechatLogin, name: str) -> None:
    platform.body = BROKEN[name]

    told = await failure(login)

    assert told.reason is UpstreamReason.BROKEN_ANSWER
    assert not is_not_done(told)
    assert len(platform.requests) == 1


Before = Callable[[web.Request], Any]


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (reset, UpstreamReason.UNREACHABLE),
        (forever, UpstreamReason.TIMED_OUT),
        *[(raw(garbage), UpstreamReason.BROKEN_ANSWER) for garbage in GARBAGE_FOR_HTTP],
    ],
)
async def test_a_code_is_shown_once_whatever_happens(
    platform: Platform, before: Before, reason: UpstreamReason, caplog: pytest.LogCaptureFixture
) -> None:
    listen_to_everything(caplog)
    platform.before = before
    async with wechat(platform, timeout_seconds=0.3) as login:
        assert (await failure(login)).reason is reason

    assert len(platform.requests) == 1
    assert "c4nary" not in all_logs(caplog)
    assert CODE not in all_logs(caplog)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:9/", UpstreamReason.UNREACHABLE),
        ("http://nobody.invalid/", UpstreamReason.UNREACHABLE),
        ("http:///", UpstreamReason.UNREACHABLE),
    ],
)
async def test_not_sent(url: str, reason: UpstreamReason, caplog: pytest.LogCaptureFixture) -> None:
    listen_to_everything(caplog)
    async with wechat(Platform(url=url)) as login:
        told = await failure(login)

    assert (told.reason, is_not_done(told)) == (reason, True)
    assert "c4nary" not in all_logs(caplog)


async def test_http_errors_and_redirects(platform: Platform, login: WechatLogin) -> None:
    platform.headers = {"Location": "/sns/jscode2session"}
    for platform.status in (302, 307, 404, 500, 503):
        assert not is_not_done(await failure(login))
    assert len(platform.requests) == 5


async def test_no_time_left(platform: Platform, login: WechatLogin) -> None:
    with deadlines.within(0.01):
        told = await failure(login)

    assert (told.reason, is_not_done(told)) == (UpstreamReason.NO_TIME_LEFT, True)
    assert platform.requests == []


def test_the_secret_does_not_print() -> None:
    assert "c4nary" not in repr(wire("http://x"))


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=100)
    | st.text(st.sampled_from('{}[]":,0\\u-e. '), max_size=30).map(str.encode)
)
def test_garbage_is_an_object_or_a_value_error(garbage: bytes) -> None:
    try:
        assert isinstance(read_object(garbage.decode()), dict)
    except ValueError:
        return
