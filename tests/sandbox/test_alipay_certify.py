"""`alipay.user.certify.open.*`: opening a check, doing it on the page, asking what became of it."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from aiohttp import ClientResponse

from sandbox.city import City, Person
from tests.sandbox.alipay_wire import (
    CERTIFY,
    INITIALIZE,
    QUERY,
    Alipay,
    claim,
    encoded,
    failure,
    request,
    served,
    signed,
)

NOT_DONE = {"code": "10000", "msg": "Success", "passed": "F", "material_info": "{}"}
PASSED = NOT_DONE | {"passed": "T"}
FAILED = NOT_DONE | {"fail_reason": "认证未通过"}
SOMEBODY_ELSE = NOT_DONE | {"fail_reason": "认证人与证件信息不一致"}
EXPIRED = failure("40004", "CERTIFY_ID_EXPIRED", "认证已失效")
NOT_EXIST = failure("40004", "OPEN_CERTIFY_BILL_NOT_EXIST", "认证单据不存在")
QUERY_NODE = "alipay_user_certify_open_query_response"


@pytest.fixture
async def alipay(city: City) -> AsyncIterator[Alipay]:
    async with served(city) as one:
        yield one


async def result(alipay: Alipay, certify_id: str) -> dict[str, Any]:
    answer = await alipay.ask(QUERY, {"certify_id": certify_id})
    assert answer.name == QUERY_NODE
    return answer.node


async def page(alipay: Alipay, certify_id: str) -> ClientResponse:
    """What a browser shows that was sent to the signed URL."""
    return await alipay.raw(CERTIFY, {"certify_id": certify_id})


async def tap(alipay: Alipay, shown: ClientResponse, label: str) -> ClientResponse:
    """Press a button, as a browser without script would."""
    html = await shown.text()
    [form] = re.findall(r"(?s)<form(.*?)</form>", html)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    [(name, value)] = re.findall(
        rf'<button(?: class="main")? name="(\w+)" value="(\w+)">[^<]*{label}', form
    )
    [action] = re.findall(r'action="([^"]*)"', form)
    assert 'method="post"' in form
    target = urljoin(str(shown.url), unescape(action))
    sent = {key: unescape(field) for key, field in fields.items()} | {name: value}
    return await alipay.http.session.post(target, data=sent)


async def title(shown: ClientResponse) -> str:
    [heading] = re.findall("<h1>(.*?)</h1>", await shown.text())
    return str(heading)


async def test_a_check_is_opened(alipay: Alipay, city: City) -> None:
    answer = await alipay.ask(INITIALIZE, claim(city.citizen(0)))
    certify_id = answer.node.pop("certify_id")

    assert answer.name == "alipay_user_certify_open_initialize_response"
    assert answer.node == {"code": "10000", "msg": "Success"}
    assert re.fullmatch("[0-9a-f]{32}", certify_id)
    assert await result(alipay, certify_id) == NOT_DONE


def wrong_claims(person: Person) -> dict[str, list[Any]]:
    good = claim(person)
    identity, config = good["identity_param"], good["merchant_config"]
    return {
        "outer_order_no": ["", "1" * 31, "1" * 33, "1" * 31 + "-", "１" * 32, 10**31, None],
        "biz_code": ["", "face", "FACE_SDK", None, ["FACE"]],
        "identity_param": [None, "", [], '{"identity_type":"CERT_INFO"}'],
        "identity_type": [identity | {"identity_type": value} for value in ("", "SIGN", None)],
        "cert_type": [identity | {"cert_type": value} for value in ("", "PASSPORT", None)],
        "cert_name": [identity | {"cert_name": value} for value in ("", None, 1)],
        "cert_no": [identity | {"cert_no": value} for value in ("", None, 1)],
        "merchant_config": [None, "", []],
        "return_url": [config | {"return_url": value} for value in ("", None, 1)],
    }


@pytest.mark.parametrize("name", wrong_claims(Person(0, "", "", "", None, (), ())))
async def test_a_claim_must_be_complete(alipay: Alipay, city: City, name: str) -> None:
    part = {"return_url": "merchant_config"}.get(name, "identity_param")
    for value in wrong_claims(city.citizen(0))[name]:
        changed = {name if name in claim(city.citizen(0)) else part: value}
        answer = await alipay.ask(INITIALIZE, claim(city.citizen(0), **changed))

        told = failure("40004", "ILLEGAL_ARGUMENT_FORMAT", f"参数格式错误：{name}")
        assert (answer.name, answer.node) == (
            "alipay_user_certify_open_initialize_response",
            told,
        ), value


@pytest.mark.parametrize("biz_code", ["FACE", "CERT_PHOTO", "CERT_PHOTO_FACE", "SMART_FACE"])
async def test_kinds_of_checks(alipay: Alipay, city: City, biz_code: str) -> None:
    answer = await alipay.ask(INITIALIZE, claim(city.citizen(0), biz_code=biz_code))

    assert answer.node["code"] == "10000"


async def test_an_order_number_is_good_once(alipay: Alipay, city: City) -> None:
    one = claim(city.citizen(0), outer_order_no="aB3" + "0" * 29)
    first = await alipay.ask(INITIALIZE, one)
    second = await alipay.ask(INITIALIZE, one)

    told = failure("40004", "ILLEGAL_ARGUMENT_FORMAT", "参数格式错误：outer_order_no")
    assert (first.node["code"], second.node) == ("10000", told)


async def test_checks_that_are_not_there(alipay: Alipay, city: City) -> None:
    assert await result(alipay, "0" * 32) == NOT_EXIST
    old = await alipay.check(city.citizen(0))
    await alipay.control("certify", certifyId=old, citizen=0)
    await alipay.control("clock", advanceSeconds=82_800)
    assert await result(alipay, old) == EXPIRED

    await alipay.control("clock", advanceSeconds=82_800)
    new = await alipay.check(city.citizen(0))
    assert await result(alipay, old) == NOT_EXIST
    assert await result(alipay, new) == NOT_DONE


@pytest.mark.parametrize("content", [{}, {"certify_id": ""}, {"certify_id": 1}])
async def test_a_query_needs_an_id(alipay: Alipay, content: dict[str, Any]) -> None:
    answer = await alipay.ask(QUERY, content)

    told = failure("40004", "ILLEGAL_ARGUMENT_FORMAT", "参数格式错误：certify_id")
    assert (answer.name, answer.node) == (QUERY_NODE, told)


async def test_only_the_right_face_passes(alipay: Alipay, city: City) -> None:
    right, wrong = city.citizen(4), city.citizen(5)
    mixed = replace(right, name=wrong.name)
    for person, face, outcome, told in (
        (right, 4, "passed", PASSED),
        (right, 5, "somebody else", SOMEBODY_ELSE),
        (mixed, 4, "somebody else", SOMEBODY_ELSE),
        (mixed, 5, "somebody else", SOMEBODY_ELSE),
        (city.magic_citizen, -1, "passed", PASSED),
    ):
        certify_id = await alipay.check(person)
        shown = await alipay.control("certify", certifyId=certify_id, citizen=face)
        assert shown == {"outcome": outcome}
        assert await result(alipay, certify_id) == told


async def test_what_a_test_can_do_to_a_check(alipay: Alipay, city: City) -> None:
    certify_id = await alipay.check(city.citizen(0))
    cancelled = await alipay.control("certify", certifyId=certify_id, outcome="cancel")
    assert (cancelled, await result(alipay, certify_id)) == ({"outcome": "cancelled"}, NOT_DONE)
    failed = await alipay.control("certify", certifyId=certify_id, outcome="fail")
    assert (failed, await result(alipay, certify_id)) == ({"outcome": "failed"}, FAILED)

    response = await alipay.http.post(
        "/control/certify", json={"certifyId": certify_id, "citizen": 0}
    )
    assert (response.status, await response.json()) == (400, {"error": "this check is over"})
    assert await result(alipay, certify_id) == FAILED


async def test_the_page(alipay: Alipay, city: City) -> None:
    person = city.citizen(0)
    certify_id = await alipay.check(person)
    shown = await page(alipay, certify_id)
    html = await shown.text()

    assert (shown.status, shown.headers["Content-Type"]) == (200, "text/html;charset=utf-8")
    assert shown.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert '<html lang="zh-CN">' in html
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in html
    assert await title(shown) == "身份认证 · Identity check"
    assert re.findall(r"<button[^>]*>(.*?)</button>", html) == [
        "通过 · Pass",
        "不通过 · Fail",
        "取消 · Cancel",
    ]
    assert person.name in html
    assert person.identity_number not in html
    assert "<script" not in html
    assert await alipay.outcomes() == [(INITIALIZE, "10000", []), (CERTIFY, "page", [])]


@pytest.mark.parametrize(
    ("label", "heading", "told"),
    [
        ("Pass", "认证通过 · Passed", PASSED),
        ("Fail", "认证未通过 · Failed", FAILED),
        ("Cancel", "已取消 · Cancelled", NOT_DONE),
    ],
)
async def test_tapping(
    alipay: Alipay, city: City, label: str, heading: str, told: dict[str, str]
) -> None:
    certify_id = await alipay.check(city.citizen(0))
    after = await tap(alipay, await page(alipay, certify_id), label)

    assert (after.status, await title(after)) == (200, heading)
    assert (
        '<a href="https://example.invalid/back?a=1&amp;b=2">返回 · Back</a>' in await after.text()
    )
    assert await result(alipay, certify_id) == told


async def test_nobody_can_pass_for_somebody_who_is_not_registered_like_that(
    alipay: Alipay, city: City
) -> None:
    for person in (
        replace(city.citizen(0), name="别人"),
        replace(city.citizen(0), identity_number="500000199001010010"),
    ):
        certify_id = await alipay.check(person)
        after = await tap(alipay, await page(alipay, certify_id), "Pass")

        assert await title(after) == "非本人 · Somebody else"
        assert await result(alipay, certify_id) == SOMEBODY_ELSE


async def test_a_cancelled_check_can_be_taken_up_again_and_one_that_is_over_cannot(
    alipay: Alipay, city: City
) -> None:
    certify_id = await alipay.check(city.citizen(0))
    first = await page(alipay, certify_id)
    await tap(alipay, first, "Cancel")
    await tap(alipay, await page(alipay, certify_id), "Pass")
    late = await tap(alipay, first, "Fail")

    assert (late.status, await title(late)) == (409, "出错了 · Something is wrong")
    assert await title(await page(alipay, certify_id)) == "认证通过 · Passed"
    assert await result(alipay, certify_id) == PASSED


async def test_the_page_shows_names_as_they_are(alipay: Alipay, city: City) -> None:
    evil = '"><script>alert(1)</script>&'
    person = replace(city.citizen(0), name=evil, identity_number=evil)
    for back in ("javascript:alert(1)", 'https://example.invalid/"><script>'):
        opened = await alipay.ask(INITIALIZE, claim(person, merchant_config={"return_url": back}))
        shown = await page(alipay, opened.node["certify_id"])
        after = await tap(alipay, shown, "Fail")

        assert "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;<br>" in await shown.text()
        for html in (await shown.text(), await after.text()):
            assert "<script" not in html
            assert "javascript:" not in html


async def test_the_page_speaks_gbk(alipay: Alipay, city: City) -> None:
    content = {"certify_id": await alipay.check(city.citizen(0))}
    parameters = signed(request(CERTIFY, content, charset="gbk"))
    shown = await alipay.http.get(f"/gateway.do?{encoded(parameters)}")

    assert shown.headers["Content-Type"] == "text/html;charset=gbk"
    assert '<meta charset="gbk">' in (html := (await shown.read()).decode("gbk"))
    assert city.citizen(0).name in html


@pytest.mark.parametrize(
    ("changed", "sub_code"),
    [
        ({"sign_type": "RSA"}, "isv.invalid-signature-type"),
        ({"app_id": "2021"}, "isv.invalid-app-id"),
        ({"biz_content": None}, "isv.missing-biz-content"),
        ({"biz_content": '{"certify_id":"1"}'}, "OPEN_CERTIFY_BILL_NOT_EXIST"),
        ({"timestamp": "2001-01-01 00:00:00"}, "isv.invalid-timestamp"),
    ],
)
async def test_a_page_that_cannot_be_shown_says_why(
    alipay: Alipay, city: City, changed: dict[str, str | None], sub_code: str
) -> None:
    certify_id = await alipay.check(city.citizen(0))
    shown = await alipay.raw(CERTIFY, {"certify_id": certify_id}, **changed)

    assert (shown.status, await title(shown)) == (200, "出错了 · Something is wrong")
    assert f"<code>{sub_code}</code>" in await shown.text()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 400),
        ({"outcome": "win"}, 400),
        ({"certify_id": "", "outcome": "pass"}, 404),
        ({"certify_id": "0" * 32, "outcome": "pass"}, 404),
        ({"certify_id": "0" * 32, "outcome": "fail"}, 404),
    ],
)
async def test_bad_taps_change_nothing(
    alipay: Alipay, city: City, sent: dict[str, str], status: int
) -> None:
    certify_id = await alipay.check(city.citizen(0))
    after = await alipay.http.post("/certify", data={"certify_id": certify_id} | sent)

    assert (after.status, await title(after)) == (status, "出错了 · Something is wrong")
    assert await result(alipay, certify_id) == NOT_DONE
