"""`alipay.system.oauth.token`."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.alipay import AlipaySandboxSettings
from sandbox.city import City
from tests.sandbox.alipay_wire import TOKEN, Alipay, Answered, failure, served

CODE_INVALID = failure("40002", "isv.code-invalid", "授权码code无效")
REFRESH_INVALID = failure("40002", "isv.refresh-token-invalid", "刷新令牌refresh_token无效")
MIDNIGHT = 1_793_462_400.0  # 2026-11-01 in Beijing


@pytest.fixture
async def alipay(city: City) -> AsyncIterator[Alipay]:
    async with served(city) as one:
        yield one


async def exchange(alipay: Alipay, code: str) -> Answered:
    return await alipay.ask(TOKEN, grant_type="authorization_code", code=code)


async def refresh(alipay: Alipay, token: str) -> Answered:
    return await alipay.ask(TOKEN, grant_type="refresh_token", refresh_token=token)


async def test_success_has_neither_code_nor_message(city: City) -> None:
    settings = AlipaySandboxSettings(timestamp_tolerance_seconds=None, clock=lambda: MIDNIGHT)
    async with served(city, settings) as alipay:
        answer = await exchange(alipay, await alipay.auth_code(3))
    tokens = {answer.node.pop(name) for name in ("access_token", "refresh_token")}

    assert answer.name == "alipay_system_oauth_token_response"
    assert all(len(token) == 40 and token.startswith("authusrB") for token in tokens)
    assert len(tokens) == 2
    assert answer.node == {
        "auth_start": "2026-11-01 00:00:00",
        "expires_in": 1_296_000,
        "open_id": "eByiL3PEcu3_ryulu_OLREyl3CHrXquCsbeRSGIcPPc",
        "re_expires_in": 2_592_000,
    }


async def test_everybody_has_one_account_that_stays_the_same(alipay: Alipay, city: City) -> None:
    async def open_id(citizen: int) -> Any:
        return (await exchange(alipay, await alipay.auth_code(citizen))).node["open_id"]

    people = [*range(12), len(city) - 1, -1, -2]
    ids = [await open_id(citizen) for citizen in people]

    assert len(set(ids)) == len(people)
    assert [await open_id(citizen) for citizen in people] == ids


async def test_codes_that_are_no_good(alipay: Alipay) -> None:
    used = await alipay.auth_code(1)
    await exchange(alipay, used)
    foreign = await alipay.auth_code(1, appId="2021000000000002")
    expired = await alipay.auth_code(1)
    await alipay.control("clock", advanceSeconds=299)
    late = await alipay.auth_code(1)
    await alipay.control("clock", advanceSeconds=1)

    for code in (used, foreign, expired, "nonsense", "中文"):
        answer = await exchange(alipay, code)
        assert (answer.name, answer.node) == ("error_response", CODE_INVALID)
    assert "open_id" in (await exchange(alipay, late)).node


async def test_a_code_opens_once_however_many_try(alipay: Alipay) -> None:
    code = await alipay.auth_code(5)

    answers = await asyncio.gather(*(exchange(alipay, code) for _ in range(20)))

    assert sorted(one.name for one in answers) == [
        "alipay_system_oauth_token_response",
        *["error_response"] * 19,
    ]
    outcomes = sorted(outcome for _, outcome, _ in await alipay.outcomes())
    assert outcomes == ["40002 isv.code-invalid"] * 19 + ["success"]


async def test_refreshing(alipay: Alipay) -> None:
    first = (await exchange(alipay, await alipay.auth_code(7))).node
    await alipay.control("clock", advanceSeconds=2_591_999)
    second = (await refresh(alipay, first["refresh_token"])).node

    assert second["open_id"] == first["open_id"]
    assert second["access_token"] != first["access_token"]
    for spent in (first["refresh_token"], second["access_token"], "nonsense"):
        answer = await refresh(alipay, spent)
        assert (answer.name, answer.node) == ("error_response", REFRESH_INVALID)
    await alipay.control("clock", advanceSeconds=2_592_000)
    assert (await refresh(alipay, second["refresh_token"])).node == REFRESH_INVALID


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({}, ("40001", "isv.missing-grant-type", "缺少必选参数：grant_type")),
        (
            {"grant_type": "authorization_code"},
            ("40001", "isv.missing-code", "缺少必选参数：code"),
        ),
        (
            {"grant_type": "refresh_token"},
            ("40001", "isv.missing-refresh-token", "缺少必选参数：refresh_token"),
        ),
        (
            {"grant_type": "password", "code": "1"},
            ("40002", "isv.grant-type-invalid", "授权类型grant_type无效"),
        ),
    ],
)
async def test_bad_grants(
    alipay: Alipay, parameters: dict[str, str], told: tuple[str, str, str]
) -> None:
    answer = await alipay.ask(TOKEN, **parameters)

    assert (answer.name, answer.node) == ("error_response", failure(*told))


async def test_a_code_within_biz_content_is_none(alipay: Alipay) -> None:
    code = await alipay.auth_code(1)
    content = {"grant_type": "authorization_code", "code": code}

    answer = await alipay.ask(TOKEN, content)

    assert answer.node["sub_code"] == "isv.missing-grant-type"
    assert "open_id" in (await exchange(alipay, code)).node
