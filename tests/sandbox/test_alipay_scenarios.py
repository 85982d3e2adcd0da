"""Trouble with answers of Alipay: their nodes, their signatures, and what carries them."""

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientPayloadError

from sandbox.city import City
from tests.sandbox.alipay_wire import (
    CERTIFY,
    QUERY,
    TOKEN,
    Alipay,
    Answered,
    failure,
    genuine,
    opened,
    served,
)

NODE = "alipay_user_certify_open_query_response"
NOT_DONE = {"code": "10000", "msg": "Success", "passed": "F", "material_info": "{}"}
UNAVAILABLE = failure("20000", "isp.unknow-error", "系统繁忙")
LIMITED = failure("40005", "isv.app-call-limited", "应用调用次数超限")
SYSTEM_ERROR = failure("40004", "ACQ.SYSTEM_ERROR", "系统异常")


@pytest.fixture
async def alipay(city: City) -> AsyncIterator[Alipay]:
    async with served(city) as one:
        yield one


@pytest.fixture
async def certify_id(alipay: Alipay, city: City) -> str:
    one = await alipay.check(city.citizen(0))
    await alipay.http.delete("/control/log")
    return one


async def body(alipay: Alipay, certify_id: str) -> bytes:
    response = await alipay.raw(QUERY, {"certify_id": certify_id})
    assert response.status == 200
    return await response.read()


async def exchange(alipay: Alipay, code: str) -> Answered:
    response = await alipay.raw(TOKEN, grant_type="authorization_code", code=code)
    return opened(await response.read())


async def test_without_trouble_the_document_is_node_then_signature(
    alipay: Alipay, certify_id: str
) -> None:
    document = await body(alipay, certify_id)
    node, _, signature = document[: -len('"}')].partition(b',"sign":"')
    source = node.removeprefix(b'{"%s":' % NODE.encode())

    assert source == (b'{"code":"10000","msg":"Success","passed":"F","material_info":"{}"}')
    assert len(b64decode(signature)) == 256
    assert genuine(source, signature.decode())


@pytest.mark.parametrize(
    ("name", "node", "query_name", "login_name", "outcome"),
    [
        ("service-unavailable", UNAVAILABLE, "error_response", "error_response", "success"),
        ("system-error", SYSTEM_ERROR, NODE, "error_response", "success"),
        ("throttled", LIMITED, "error_response", "error_response", "no effect"),
    ],
)
async def test_codes(
    alipay: Alipay,
    certify_id: str,
    name: str,
    node: dict[str, str],
    query_name: str,
    login_name: str,
    outcome: str,
) -> None:
    """What may have happened has happened; what was refused at the door has not."""
    code = await alipay.auth_code(1)
    await alipay.on(name)
    query = opened(await body(alipay, certify_id))
    login = await exchange(alipay, code)
    await alipay.http.delete("/control/scenarios")
    again = await exchange(alipay, code)

    assert (query.name, query.node, query.is_genuine) == (query_name, node, True)
    assert (login.name, login.node, login.is_genuine) == (login_name, node, True)
    assert (await alipay.outcomes())[1] == (TOKEN, outcome, [name])
    assert ("open_id" in again.node) == (outcome == "no effect")


@pytest.mark.parametrize(
    "name", ["service-unavailable", "http-500", "bad-gateway", "drop-after", "unsigned"]
)
async def test_any_trouble_can_be_without_effect(alipay: Alipay, name: str) -> None:
    codes = [await alipay.auth_code(1) for _ in range(2)]
    for code, effect in zip(codes, (True, False), strict=True):
        await alipay.on(name, times=1, parameters={"effect": effect})
        try:
            await alipay.raw(TOKEN, grant_type="authorization_code", code=code)
        except ClientConnectionError:
            assert name == "drop-after"
    used, unused = [await exchange(alipay, code) for code in codes]

    assert used.node["sub_code"] == "isv.code-invalid"
    assert "open_id" in unused.node


async def test_failures_under_the_name_of_the_method(alipay: Alipay, certify_id: str) -> None:
    await alipay.on("failure-in-node")
    bad = [
        await alipay.ask(QUERY, {"certify_id": certify_id}, version="2"),
        await alipay.ask(TOKEN, grant_type="authorization_code", code="1"),
        await alipay.ask(QUERY, {"certify_id": certify_id}),
    ]

    assert [(one.name, one.node["code"]) for one in bad] == [
        (NODE, "40002"),
        ("alipay_system_oauth_token_response", "40002"),
        (NODE, "10000"),
    ]


async def test_accounts_of_old_apps(alipay: Alipay) -> None:
    await alipay.on("user-id")
    ids = []
    for citizen in (1, 1, 2):
        node = (await exchange(alipay, await alipay.auth_code(citizen))).node
        assert "open_id" not in node
        ids.append(node["user_id"])

    assert ids[0] == ids[1] != ids[2]
    assert all(len(one) == 16 and one.startswith("2088") and one.isdigit() for one in ids)


async def test_what_a_result_may_say_more_or_less(alipay: Alipay, certify_id: str) -> None:
    await alipay.control("certify", certifyId=certify_id, outcome="fail")
    failed = NOT_DONE | {"fail_reason": "认证未通过"}
    assert opened(await body(alipay, certify_id)).node == failed

    await alipay.on("no-fail-reason", times=1)
    assert opened(await body(alipay, certify_id)).node == NOT_DONE
    for text in ("{}", '{"cert_name":"李四"}', "not json"):
        await alipay.on("identity-info", times=1, parameters={"text": text})
        told = opened(await body(alipay, certify_id))
        assert (told.node, told.is_genuine) == (failed | {"identity_info": text}, True)


FRAMES: dict[str, tuple[tuple[str, ...], bool]] = {
    "unbalanced-brace": ((NODE, "sign"), True),
    "wrong-node": (("alipay_trade_page_pay_response", "sign"), True),
    "unsigned": ((NODE,), False),
    "wrong-signature": ((NODE, "sign"), False),
    "sign-first": (("sign", NODE), True),
    "certificate-sn": ((NODE, "alipay_cert_sn", "sign"), True),
    "escaped-slashes": ((NODE, "sign"), True),
}


@pytest.mark.parametrize("name", FRAMES)
async def test_frames(alipay: Alipay, certify_id: str, name: str) -> None:
    plain = opened(await body(alipay, certify_id))
    await alipay.on(name)
    document = await body(alipay, certify_id)
    answer = opened(document)
    remark = {"remark": '}"\\,"sign":"'} if name == "unbalanced-brace" else {}

    assert (answer.members, answer.is_genuine) == FRAMES[name]
    assert answer.node == plain.node | remark
    assert (b"\\/" in document) == (name == "escaped-slashes")


async def test_frames_go_together(alipay: Alipay, certify_id: str) -> None:
    for name in ("sign-first", "certificate-sn", "escaped-slashes", "unbalanced-brace"):
        await alipay.on(name)
    answer = opened(await body(alipay, certify_id))

    assert (answer.members, answer.is_genuine) == (("sign", NODE, "alipay_cert_sn"), True)


async def test_gbk_that_nobody_asked_for(alipay: Alipay, certify_id: str) -> None:
    await alipay.on("gbk")
    response = await alipay.raw(QUERY, {"certify_id": certify_id})
    document = await response.read()
    answer = opened(document, "gbk")

    assert response.headers["Content-Type"] == "text/html;charset=gbk"
    assert (answer.node, answer.is_genuine) == (NOT_DONE | {"remark": "沙箱"}, True)
    with pytest.raises(UnicodeDecodeError):
        document.decode()


@pytest.mark.parametrize(
    ("name", "status", "content_type", "text"),
    [
        ("http-500", 500, "text/html; charset=utf-8", "<h1>500 Internal Server Error</h1>"),
        ("bad-gateway", 502, "text/html; charset=utf-8", "<h1>502 Bad Gateway</h1>"),
        (
            "unavailable",
            503,
            "text/html; charset=utf-8",
            "<h1>503 Service Temporarily Unavailable</h1>",
        ),
        ("html-answer", 200, "text/html; charset=utf-8", "<h1>系统维护中</h1>"),
        ("not-json", 200, "text/html;charset=utf-8", "SUCCESS"),
        ("wrong-content-type", 200, "application/octet-stream", NODE),
        ("redirect", 302, "text/plain", ""),
    ],
)
async def test_strangers_answer(
    alipay: Alipay, certify_id: str, name: str, status: int, content_type: str, text: str
) -> None:
    await alipay.on(name, times=1)
    response = await alipay.raw(QUERY, {"certify_id": certify_id})

    assert (response.status, response.headers["Content-Type"]) == (status, content_type)
    assert text in await response.text()
    assert response.headers.get("Location") == ("/elsewhere" if name == "redirect" else None)
    assert await alipay.outcomes() == [(QUERY, "10000", [name])]
    assert opened(await body(alipay, certify_id)).node == NOT_DONE


async def test_the_connection_is_reset(alipay: Alipay) -> None:
    codes = {name: await alipay.auth_code(1) for name in ("drop-before", "drop-after")}
    for name, code in codes.items():
        await alipay.on(name, times=1)
        with pytest.raises(ClientConnectionError):
            await alipay.raw(TOKEN, grant_type="authorization_code", code=code)

    assert await alipay.outcomes() == [
        (TOKEN, "no effect", ["drop-before"]),
        (TOKEN, "success", ["drop-after"]),
    ]
    assert "open_id" in (await exchange(alipay, codes["drop-before"])).node
    assert "open_id" not in (await exchange(alipay, codes["drop-after"])).node


async def test_bodies_that_are_cut(alipay: Alipay, certify_id: str) -> None:
    whole = await body(alipay, certify_id)
    await alipay.on("half-body", times=1)
    half = await body(alipay, certify_id)
    await alipay.on("cut-body", times=1)
    with pytest.raises(ClientPayloadError):
        await body(alipay, certify_id)

    assert half == whole[: len(whole) // 2]
    with pytest.raises(json.JSONDecodeError):
        json.loads(half)


async def test_a_huge_answer_is_good_all_the_same(alipay: Alipay, certify_id: str) -> None:
    await alipay.on("huge-answer", times=1, parameters={"megabytes": 2})
    document = await body(alipay, certify_id)

    assert len(document) > 2_000_000
    assert json.loads(document)[NODE] == NOT_DONE
    assert opened(document.rstrip()).is_genuine


async def noted(alipay: Alipay) -> list[tuple[str, str, list[str]]]:
    """The truth log, as soon as there is something in it."""
    for _ in range(1000):
        if outcomes := await alipay.outcomes():
            return outcomes
        await asyncio.sleep(0.01)
    return []


@pytest.mark.parametrize("name", ["slow", "hang"])
async def test_an_answer_that_is_late_for_the_client_has_its_effect(
    alipay: Alipay, name: str
) -> None:
    code = await alipay.auth_code(1)
    await alipay.on(name, times=1, parameters={"seconds": 60})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await alipay.raw(TOKEN, grant_type="authorization_code", code=code)

    assert await noted(alipay) == [(TOKEN, "success", [name])]
    await alipay.on(name, times=1, parameters={"seconds": 0.01})
    assert (await exchange(alipay, code)).node["sub_code"] == "isv.code-invalid"


async def test_hanging_ends_with_the_sandbox(alipay: Alipay, certify_id: str) -> None:
    await alipay.on("hang")
    waiting = asyncio.create_task(alipay.raw(QUERY, {"certify_id": certify_id}))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(30):
        await alipay.http.server.close()

    await asyncio.gather(waiting, return_exceptions=True)


async def test_pages_meet_trouble_too(alipay: Alipay, certify_id: str) -> None:
    await alipay.on("http-500", method=CERTIFY, times=1)
    await alipay.on("throttled", method=CERTIFY)
    first = await alipay.raw(CERTIFY, {"certify_id": certify_id})
    second = await alipay.raw(CERTIFY, {"certify_id": certify_id})

    assert (first.status, second.status) == (500, 200)
    assert "系统繁忙" in await second.text()
    assert [outcome for _, outcome, _ in await alipay.outcomes()] == ["no effect"] * 2


async def test_a_scenario_is_for_its_method_and_so_often(alipay: Alipay, certify_id: str) -> None:
    async def codes(*methods: str) -> list[Any]:
        answers = [await alipay.ask(one, {"certify_id": certify_id}) for one in methods]
        return [one.node["code"] for one in answers]

    await alipay.on("service-unavailable", method=QUERY, times=2)
    assert await codes(TOKEN, QUERY, QUERY, QUERY, TOKEN) == [
        "40001",
        "20000",
        "20000",
        "10000",
        "40001",
    ]
