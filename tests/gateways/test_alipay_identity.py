"""Who people are, by Alipay: accounts at sign-in, and checks of faces and documents."""

import json
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from domain.platforms import (
    AuthCodeProblem,
    AuthCodeRefused,
    CertifyMethod,
    CertifyTicket,
    Channel,
    PlatformAccount,
)
from gateways.alipay import AlipayIdentity
from tests.gateways.platforms import (
    APP_ID,
    Platform,
    alipay,
    all_logs,
    everything_told,
    is_not_done,
    listen_to_everything,
    running,
    signed,
)

TOKEN = "alipay.system.oauth.token"
INITIALIZE = "alipay.user.certify.open.initialize"
RESULT = "alipay.user.certify.open.query"
CODE = "4b203fe6c11548bcabd8da5bb087a83b"
OPEN_ID = "074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5"
ACCESS_TOKEN = "authusrB4f2c8d1e"
TOKENS = {"access_token": ACCESS_TOKEN, "refresh_token": "authusrBr", "expires_in": 1296000}
NAME = "买买提·艾力"
NUMBER = "50000019900101001X"
ORDER = "f" * 32
CERTIFY_ID = "2109b5e671aa3ff2eb4851816c65828f"


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with running(Platform()) as one:
        yield one


@pytest.fixture
async def identity(platform: Platform) -> AsyncIterator[AlipayIdentity]:
    async with alipay(platform) as client:
        yield AlipayIdentity(client)


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "clearway.alipay"]


@pytest.mark.parametrize(
    ("node", "open_id", "union_id"),
    [
        ({"open_id": OPEN_ID}, OPEN_ID, None),
        ({"user_id": "2088102150477652"}, "2088102150477652", None),
        ({"open_id": OPEN_ID, "user_id": "2088102150477652"}, OPEN_ID, None),
        ({"open_id": OPEN_ID, "union_id": "u-1"}, OPEN_ID, "u-1"),
        ({"open_id": OPEN_ID, "union_id": ""}, OPEN_ID, None),
        ({"open_id": OPEN_ID, "code": "10000", "msg": "Success"}, OPEN_ID, None),
    ],
)
async def test_an_account(
    platform: Platform,
    identity: AlipayIdentity,
    node: Mapping[str, Any],
    open_id: str,
    union_id: str | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    listen_to_everything(caplog)
    platform.body = signed({**TOKENS, **node}, method=TOKEN)

    account = await identity.account_of(CODE)

    assert account == PlatformAccount(Channel.ALIPAY, APP_ID, open_id, union_id)
    [seen] = platform.requests
    assert seen.query["method"] == TOKEN
    assert seen.form == {"grant_type": "authorization_code", "code": CODE}
    told = all_logs(caplog) + repr(account)
    assert not [secret for secret in (ACCESS_TOKEN, CODE, open_id) if secret in told]


NO_CODES = ["", " ", "a b", "a\n", "\x00", "码", "a" * 129, None, 7, b"code"]


@pytest.mark.parametrize("code", NO_CODES, ids=repr)
async def test_what_cannot_be_a_code_is_not_sent(
    platform: Platform, identity: AlipayIdentity, code: Any
) -> None:
    with pytest.raises(AuthCodeRefused) as raised:
        await identity.account_of(code)

    assert raised.value.problem is AuthCodeProblem.INVALID
    assert platform.requests == []


async def test_every_character_of_a_code_arrives(
    platform: Platform, identity: AlipayIdentity
) -> None:
    platform.body = signed({"open_id": OPEN_ID}, method=TOKEN)
    code = "".join(map(chr, range(33, 127)))

    await identity.account_of(code)

    assert platform.requests[0].form["code"] == code


@pytest.mark.parametrize("sub_code", ["isv.code-invalid", "isv.unmatched-app-id"])
@pytest.mark.parametrize("code", ["40002", "40004"])
@pytest.mark.parametrize("name", ["", "error_response"])
async def test_a_code_that_is_no_good(
    platform: Platform,
    identity: AlipayIdentity,
    sub_code: str,
    code: str,
    name: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    platform.body = signed({"code": code, "sub_code": sub_code}, method=TOKEN, name=name)

    with pytest.raises(AuthCodeRefused) as raised:
        await identity.account_of(CODE)

    assert raised.value.problem is AuthCodeProblem.INVALID
    assert CODE not in everything_told(raised.value)
    assert len(platform.requests) == 1
    # Anybody can send us bad codes: no line for each.
    assert logged(caplog) == []


@pytest.mark.parametrize(
    ("code", "sub_code", "reason"),
    [
        ("40002", "isv.invalid-signature", UpstreamReason.NOT_AUTHORISED),
        ("40002", "isv.grant-type-invalid", UpstreamReason.NOT_AUTHORISED),
        ("40006", "isv.insufficient-isv-permissions", UpstreamReason.NOT_AUTHORISED),
        ("40004", "isv.something", UpstreamReason.REFUSED),
    ],
)
async def test_a_refusal_that_is_not_the_persons_fault(
    platform: Platform,
    identity: AlipayIdentity,
    code: str,
    sub_code: str,
    reason: UpstreamReason,
    caplog: pytest.LogCaptureFixture,
) -> None:
    platform.body = signed({"code": code, "sub_code": sub_code}, method=TOKEN)

    with pytest.raises(UpstreamUnavailable) as raised:
        await identity.account_of(CODE)

    assert (raised.value.reason, raised.value.upstream) == (reason, Upstream.ALIPAY)
    assert logged(caplog) == [f"refused: method={TOKEN} code={code} {sub_code}"]
    assert caplog.records[-1].levelno == logging.ERROR


@pytest.mark.parametrize(
    "node",
    [
        {"access_token": ACCESS_TOKEN},
        {"open_id": ""},
        {"open_id": "a b"},
        {"open_id": "张三"},
        {"open_id": "a" * 129},
        {"open_id": 2088},
        {"open_id": ["a"]},
        {"open_id": OPEN_ID, "union_id": "a b"},
        {"open_id": OPEN_ID, "union_id": 1},
    ],
    ids=repr,
)
async def test_an_account_without_a_usable_id(
    platform: Platform, identity: AlipayIdentity, node: Mapping[str, Any]
) -> None:
    platform.body = signed(node, method=TOKEN)

    with pytest.raises(UpstreamUnavailable) as raised:
        await identity.account_of(CODE)

    assert raised.value.reason is UpstreamReason.BROKEN_ANSWER
    assert raised.value.upstream is Upstream.ALIPAY


async def test_trouble_is_never_an_account(platform: Platform, identity: AlipayIdentity) -> None:
    for body in (b"", b'{"error_response":{}}', signed({"code": "20000"}, method=TOKEN)):
        platform.body = body
        with pytest.raises(UpstreamUnavailable) as raised:
            await identity.account_of(CODE)
        assert raised.value.upstream is Upstream.ALIPAY
    assert len(platform.requests) == 3


async def open_check(identity: AlipayIdentity, method: CertifyMethod) -> CertifyTicket:
    return await identity.open_check(
        ORDER,
        name=NAME,
        identity_number=NUMBER,
        method=method,
        return_url="alipays://platformapi/startapp?appId=1",
    )


@pytest.mark.parametrize(
    ("method", "biz_code"),
    [(CertifyMethod.FACE, "FACE"), (CertifyMethod.DOCUMENT_PHOTO, "CERT_PHOTO")],
)
async def test_opening_a_check(
    platform: Platform, identity: AlipayIdentity, method: CertifyMethod, biz_code: str
) -> None:
    platform.body = signed({"code": "10000", "certify_id": CERTIFY_ID}, method=INITIALIZE)

    ticket = await open_check(identity, method)

    [seen] = platform.requests
    assert seen.query["method"] == INITIALIZE
    assert json.loads(seen.form["biz_content"]) == {
        "outer_order_no": ORDER,
        "biz_code": biz_code,
        "identity_param": {
            "identity_type": "CERT_INFO",
            "cert_type": "IDENTITY_CARD",
            "cert_name": NAME,
            "cert_no": NUMBER,
        },
        "merchant_config": {"return_url": "alipays://platformapi/startapp?appId=1"},
    }
    # Names and numbers stay out of URLs, which are logged on the way.
    assert NUMBER not in seen.target
    assert ticket.certify_id == CERTIFY_ID
    page = dict(parse_qsl(urlsplit(ticket.url).query))
    assert page["method"] == "alipay.user.certify.open.certify"
    assert page["biz_content"] == f'{{"certify_id":"{CERTIFY_ID}"}}'
    assert CERTIFY_ID not in repr(ticket)


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        ({"code": "10000"}, UpstreamReason.BROKEN_ANSWER),
        ({"code": "10000", "certify_id": ""}, UpstreamReason.BROKEN_ANSWER),
        ({"code": "10000", "certify_id": "a b"}, UpstreamReason.BROKEN_ANSWER),
        ({"certify_id": CERTIFY_ID}, UpstreamReason.REFUSED),
        ({"code": "40004", "sub_code": "INVALID_PARAMETER"}, UpstreamReason.REFUSED),
        ({"code": "40004", "sub_code": "SYSTEM_ERROR"}, UpstreamReason.UNREACHABLE),
        ({"code": "40006", "sub_code": "isv.x"}, UpstreamReason.NOT_AUTHORISED),
    ],
)
async def test_a_check_that_could_not_be_opened(
    platform: Platform,
    identity: AlipayIdentity,
    node: Mapping[str, Any],
    reason: UpstreamReason,
    caplog: pytest.LogCaptureFixture,
) -> None:
    listen_to_everything(caplog)
    platform.body = signed({**node, "sub_msg": NAME}, method=INITIALIZE)

    with pytest.raises(UpstreamUnavailable) as raised:
        await open_check(identity, CertifyMethod.FACE)

    assert (raised.value.reason, raised.value.upstream) == (reason, Upstream.ALIPAY)
    told = all_logs(caplog) + everything_told(raised.value)
    assert NAME not in told
    assert NUMBER not in told


async def result(identity: AlipayIdentity) -> bool:
    return await identity.check_result(CERTIFY_ID, name=NAME, identity_number=NUMBER)


@pytest.mark.parametrize(
    ("node", "passed"),
    [
        ({"passed": "T"}, True),
        ({"passed": "T", "identity_info": ""}, True),
        ({"passed": "T", "identity_info": None}, True),
        ({"passed": "T", "identity_info": {}}, True),
        ({"passed": "T", "identity_info": "{}"}, True),
        ({"passed": "T", "identity_info": {"cert_name": NAME, "cert_no": NUMBER}}, True),
        ({"passed": "T", "identity_info": {"cert_no": NUMBER.lower()}}, True),
        ({"passed": "T", "identity_info": {"cert_name": " 买买提•艾力 "}}, True),
        ({"passed": "F"}, False),
        ({"passed": "F", "identity_info": {"cert_name": NAME, "cert_no": NUMBER}}, False),
        ({"passed": "t"}, False),
        ({"passed": True}, False),
        ({"passed": ["T"]}, False),
        ({}, False),
    ],
    ids=repr,
)
async def test_the_result_of_a_check(
    platform: Platform, identity: AlipayIdentity, node: Mapping[str, Any], passed: bool
) -> None:
    platform.body = signed({"code": "10000", **node}, method=RESULT)

    assert await result(identity) is passed
    [seen] = platform.requests
    assert seen.query["method"] == RESULT
    assert seen.form == {"biz_content": f'{{"certify_id":"{CERTIFY_ID}"}}'}


@pytest.mark.parametrize(
    "person",
    [
        {"cert_name": NAME, "cert_no": "500000199001010028"},
        {"cert_name": "李四", "cert_no": NUMBER},
        {"cert_no": "500000199001010028"},
        {"cert_name": "李四"},
    ],
)
@pytest.mark.parametrize("as_text", [True, False])
async def test_somebody_else_passed(
    platform: Platform,
    identity: AlipayIdentity,
    person: Mapping[str, str],
    as_text: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    info = json.dumps(person) if as_text else person
    platform.body = signed({"code": "10000", "passed": "T", "identity_info": info}, method=RESULT)

    assert await result(identity) is False
    assert logged(caplog) == ["a check was passed by somebody else"]


@pytest.mark.parametrize(
    "info",
    ["{", "[]", "T", '{"x":1}', {"x": 1}, ["李四"], 7, '{"cert_no":"1","cert_no":"2"}'],
    ids=repr,
)
async def test_a_person_we_cannot_read_is_nobody(
    platform: Platform, identity: AlipayIdentity, info: Any
) -> None:
    platform.body = signed({"code": "10000", "passed": "T", "identity_info": info}, method=RESULT)

    with pytest.raises(UpstreamUnavailable) as raised:
        await result(identity)

    assert raised.value.reason is UpstreamReason.BROKEN_ANSWER
    assert "李四" not in everything_told(raised.value)


@pytest.mark.parametrize("sub_code", ["OPEN_CERTIFY_BILL_NOT_EXIST", "CERTIFY_ID_EXPIRED"])
async def test_a_check_that_there_is_not(
    platform: Platform, identity: AlipayIdentity, sub_code: str
) -> None:
    platform.body = signed({"code": "40004", "sub_code": sub_code}, method=RESULT)

    assert await result(identity) is False


PASSED = {"code": "10000", "passed": "T"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"alipay_user_certify_open_query_response":{"code":"10000","passed":"T"}}',
        signed(PASSED, method=RESULT).replace(b'"passed": "T"', b'"passed": "T" '),
        signed({"code": "10000", "passed": "F"}, method=RESULT).replace(b'"F"', b'"T"'),
        signed(PASSED, method=INITIALIZE),
        signed(PASSED, method=RESULT, name="error_response"),
        signed({"passed": "T"}, method=RESULT),
        signed({"code": "20000", "passed": "T"}, method=RESULT),
        signed({**PASSED, "sub_code": "isv.x"}, method=RESULT),
    ],
)
async def test_only_a_vouched_for_answer_counts(
    platform: Platform, identity: AlipayIdentity, body: bytes
) -> None:
    platform.body = body

    with pytest.raises(UpstreamUnavailable) as raised:
        await result(identity)

    assert raised.value.upstream is Upstream.ALIPAY
    assert not is_not_done(raised.value)
