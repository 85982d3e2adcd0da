"""Who is let in, how requests may come, and what those who are not let in are told."""

import time
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application

from sandbox.alipay import AlipayCredentials, AlipaySandboxSettings, alipay_app
from sandbox.city import City
from tests.sandbox.alipay_wire import (
    BEIJING,
    INITIALIZE,
    QUERY,
    TOKEN,
    Alipay,
    claim,
    credentials,
    encoded,
    failure,
    opened,
    request,
    served,
    signed,
)

FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
NOBODY = {"certify_id": "0" * 32}
NOT_EXIST = failure("40004", "OPEN_CERTIFY_BILL_NOT_EXIST", "认证单据不存在")
TAKEN = failure("40004", "ILLEGAL_ARGUMENT_FORMAT", "参数格式错误：outer_order_no")
LATE = failure("40002", "isv.invalid-timestamp", "非法的时间戳参数")


@pytest.fixture
async def alipay(city: City) -> AsyncIterator[Alipay]:
    async with served(city) as one:
        yield one


def moment(ahead: float = 0.0) -> str:
    return f"{datetime.fromtimestamp(time.time() + ahead, BEIJING):%Y-%m-%d %H:%M:%S}"


REFUSALS = {
    "method": (None, "40001", "isv.missing-method", "缺少方法名参数"),
    "sign_type": (None, "40001", "isv.missing-signature-type", "缺少签名类型参数"),
    "timestamp": (None, "40001", "isv.missing-timestamp", "缺少时间戳参数"),
    "version": (None, "40001", "isv.missing-version", "缺少版本参数"),
    "charset": (None, "40002", "isv.invalid-charset", "字符集错误，仅支持GBK、UTF-8"),
    "charset ": ("latin-1", "40002", "isv.invalid-charset", "字符集错误，仅支持GBK、UTF-8"),
    "sign_type ": ("RSA", "40002", "isv.invalid-signature-type", "无效的签名类型"),
    "version ": ("2.0", "40002", "isv.invalid-parameter", "参数无效：version"),
    "format": ("XML", "40002", "isv.invalid-format", "无效的数据格式"),
    "method ": ("alipay.trade.fly", "40002", "isv.invalid-method", "不存在的方法名"),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_the_gateway_refuses(alipay: Alipay, name: str) -> None:
    value, *told = REFUSALS[name]
    parameters = request(QUERY, NOBODY) | {name.strip(): value or ""}
    sent = {name: value for name, value in parameters.items() if value}
    answer = opened(await (await alipay.send(signed(sent))).read())

    assert (answer.name, answer.node) == ("error_response", failure(*told))
    assert answer.is_genuine


@pytest.mark.parametrize("method", [QUERY, TOKEN])
async def test_a_missing_signature(alipay: Alipay, method: str) -> None:
    answer = opened(await (await alipay.send(request(method, NOBODY))).read())

    assert answer.node == failure("40001", "isv.missing-signature", "缺少签名参数")
    assert (answer.name, answer.is_genuine) == ("error_response", True)


@pytest.mark.parametrize(
    ("app_id", "told"),
    [
        (None, ("40001", "isv.missing-app-id", "缺少AppID参数")),
        ("", ("40001", "isv.missing-app-id", "缺少AppID参数")),
        ("2021000000000002", ("40002", "isv.invalid-app-id", "无效的AppID参数")),
    ],
)
async def test_who_is_not_known_gets_no_signature(
    alipay: Alipay, app_id: str | None, told: tuple[str, str, str]
) -> None:
    for parameters in (
        signed(request(QUERY, NOBODY, app_id=app_id)),
        request(QUERY, NOBODY, app_id=app_id),
    ):
        response = await alipay.send(parameters)
        answer = opened(await response.read())

        assert (response.status, answer.members) == (200, ("error_response",))
        assert answer.node == failure(*told)


async def test_forged_requests(alipay: Alipay) -> None:
    stranger = AlipayCredentials.new().app_private_pem
    good = signed(request(QUERY, NOBODY))
    forged = [
        signed(request(QUERY, NOBODY), stranger),
        good | {"biz_content": '{"certify_id":"1"}'},
        good | {"method": INITIALIZE},
        good | {"notify_url": "https://example.invalid"},
        good | {"sign": good["sign"].lower()},
        good | {"sign": "not base64"},
        good | {"sign": "签名"},
    ]
    for parameters in forged:
        answer = opened(await (await alipay.send(parameters)).read())
        assert answer.node == failure("40002", "isv.invalid-signature", "无效签名")
        assert (answer.name, answer.is_genuine) == ("error_response", True)

    assert {outcome for _, outcome, _ in await alipay.outcomes()} == {"40002 isv.invalid-signature"}
    assert opened(await (await alipay.send(good)).read()).node == NOT_EXIST


async def test_an_empty_parameter_is_not_signed(alipay: Alipay) -> None:
    parameters = signed(request(QUERY, NOBODY)) | {"notify_url": ""}

    assert opened(await (await alipay.send(parameters)).read()).node == NOT_EXIST


async def test_a_request_comes_in_query_and_form(alipay: Alipay) -> None:
    """The SDKs of different languages send it differently: all of it is one request."""
    parameters = signed(request(QUERY, NOBODY, notify_url="https://example.invalid/?a=1&b=2+3 4"))
    content = {"biz_content": parameters["biz_content"]}
    common = {name: value for name, value in parameters.items() if name != "biz_content"}
    sent = [
        ("GET", f"/gateway.do?{encoded(parameters)}", ""),
        ("POST", f"/gateway.do?{encoded(common)}", encoded(content)),
        ("POST", "/gateway.do", encoded(parameters)),
        ("POST", f"/gateway.do?{encoded(parameters)}", ""),
        ("POST", f"/gateway.do?{encoded(parameters)}", "method=other"),
    ]
    for verb, target, body in sent:
        headers = FORM if verb == "POST" else None
        response = await alipay.http.request(verb, target, data=body.encode(), headers=headers)
        answer = opened(await response.read())
        assert (answer.name, answer.node, answer.is_genuine) == (
            "alipay_user_certify_open_query_response",
            NOT_EXIST,
            True,
        )

    assert len(await alipay.outcomes()) == len(sent)


async def test_a_plus_is_a_blank(alipay: Alipay) -> None:
    target = encoded(signed(request(QUERY, NOBODY))).replace("%20", "+")

    assert opened(await (await alipay.http.get(f"/gateway.do?{target}")).read()).node == NOT_EXIST


async def test_gbk_is_answered_in_gbk(alipay: Alipay, city: City) -> None:
    person = city.citizen(0)
    parameters = signed(request(INITIALIZE, claim(person), charset="GBK"), charset="gbk")
    sent = encoded(parameters, "gbk")
    replies = [
        await alipay.http.post("/gateway.do", data=sent.encode(), headers=FORM),
        await alipay.http.get(f"/gateway.do?{sent}"),
    ]
    first, second = [opened(await reply.read(), "gbk") for reply in replies]

    assert [one.headers["Content-Type"] for one in replies] == ["text/html;charset=gbk"] * 2
    assert (first.is_genuine, second.is_genuine) == (True, True)
    assert second.node == TAKEN
    # The name came through: it is that of the person.
    shown = await alipay.control("certify", certifyId=first.node["certify_id"], citizen=0)
    assert shown == {"outcome": "passed"}


@pytest.mark.parametrize(
    ("ahead", "good"), [(0, True), (-880, True), (880, True), (-920, False), (920, False)]
)
async def test_timestamps_may_be_a_quarter_of_an_hour_off(
    alipay: Alipay, ahead: float, good: bool
) -> None:
    answer = await alipay.ask(QUERY, NOBODY, timestamp=moment(ahead))

    assert answer.node == (NOT_EXIST if good else LATE)


async def test_timestamps_are_of_beijing_and_of_one_format(alipay: Alipay) -> None:
    now = moment()
    wrong = (moment(-8 * 3600), now[:16], now.replace(" ", "T"), "2026-2-3 4:05:06", "yesterday")

    for timestamp in wrong:
        assert (await alipay.ask(QUERY, NOBODY, timestamp=timestamp)).node == LATE, timestamp


async def test_timestamps_need_not_be_looked_at(city: City) -> None:
    settings = AlipaySandboxSettings(timestamp_tolerance_seconds=None)
    async with served(city, settings) as alipay:
        old = await alipay.ask(QUERY, NOBODY, timestamp="2001-02-03 04:05:06")
        no_time = await alipay.ask(QUERY, NOBODY, timestamp="2001-02-03")

    assert (old.node, no_time.node["sub_code"]) == (NOT_EXIST, "isv.invalid-timestamp")


async def test_timestamps_go_by_the_clock_of_the_settings_and_not_by_the_one_put_forward(
    city: City,
) -> None:
    then = datetime(2030, 5, 6, 7, 8, 9, tzinfo=BEIJING)
    async with served(city, AlipaySandboxSettings(clock=then.timestamp)) as alipay:
        await alipay.control("clock", advanceSeconds=86_400)
        answer = await alipay.ask(QUERY, NOBODY, timestamp="2030-05-06 07:08:09")

    assert answer.node == NOT_EXIST


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, ("40001", "isv.missing-biz-content", "缺少必选参数：biz_content")),
        ("", ("40001", "isv.missing-biz-content", "缺少必选参数：biz_content")),
        ("{", ("40002", "isv.illegal-json", "biz_content不是合法的JSON对象")),
        ("[]", ("40002", "isv.illegal-json", "biz_content不是合法的JSON对象")),
        ('"text"', ("40002", "isv.illegal-json", "biz_content不是合法的JSON对象")),
    ],
)
async def test_bad_content(alipay: Alipay, content: str | None, told: tuple[str, str, str]) -> None:
    parameters = request(INITIALIZE, biz_content=content)
    used = {name: value for name, value in parameters.items() if value}
    answer = opened(await (await alipay.send(signed(used))).read())

    assert (answer.name, answer.node) == ("error_response", failure(*told))


async def test_only_get_and_post(alipay: Alipay) -> None:
    statuses = [
        (await alipay.http.request(verb, "/gateway.do")).status
        for verb in ("PUT", "DELETE", "HEAD", "PATCH")
    ]

    assert statuses == [405] * 4
    assert await alipay.outcomes() == []


async def test_the_app_can_be_mounted_anywhere(city: City) -> None:
    root = Application()
    root.add_subapp("/some/where", alipay_app(city, credentials()))
    async with TestClient(TestServer(root)) as client:
        target = f"/some/where/gateway.do?{encoded(signed(request(QUERY, NOBODY)))}"
        answer = opened(await (await client.get(target)).read())

    assert (answer.node, answer.is_genuine) == (NOT_EXIST, True)
