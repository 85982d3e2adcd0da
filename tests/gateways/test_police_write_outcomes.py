"""The outcome table of a write: what is seen, and what the caller is told. Never sent twice."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from domain import deadlines
from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.police_writes import WriteProblem, WriteRefused
from gateways.breaker import BreakerSettings
from gateways.bulkhead import CallClass
from gateways.outcomes import NotDone
from gateways.soap import Variant
from tests.gateways.police_writing import (
    DRIVER,
    OPEN,
    OPEN_DECISION,
    ORDER,
    REPORT,
    UNPAID,
    connected,
    head,
)
from tests.gateways.register import CAMERA_ROW, PLATE, Quota, Register, answered

ACCEPTANCE_DOCUMENT = (
    '<?xml version="1.0" encoding="GBK"?><root><violation>'
    f"<xh>{OPEN}</xh><jszh>{DRIVER}</jszh><dabh>500199999999</dabh>"
    "<dsr>%E9%AD%94%E6%9C%AF%E5%B8%88</dsr><lxdh></lxdh><zdbs>192.0.2.7</zdbs>"
    "</violation></root>"
)
PAYMENT_DOCUMENT = (
    '<?xml version="1.0" encoding="GBK"?><root><violation>'
    f"<jdsbh>{UNPAID}</jdsbh><wsjyw>7</wsjyw><jkbj>1</jkbj><jkfs>2</jkfs><jkrq>2026-10-30</jkrq>"
    "<fkje>100</fkje><znj>4.50</znj><jkje>104.50</jkje><yhlsh>R0001</yhlsh><fksjbh></fksjbh>"
    "</violation></root>"
)
PLACES = {
    Variant.OLD4: ("writeObjectOut", []),
    Variant.NEW9: (
        "writeObjectOut",
        ["OFFICER", "渝中区支队", "500101000000", "李四", "192.0.2.7"],
    ),
    Variant.NEW10: (
        "writeObjectOutNew",
        ["SCENE", "500101000000", "渝中区支队", "OFFICER", "李四", "192.0.2.7"],
    ),
}


@pytest.mark.parametrize("variant", Variant)
async def test_every_variant_has_its_own_order(register: Register, variant: Variant) -> None:
    register.body = head(keystr=OPEN_DECISION)
    async with connected(register, variant=variant) as client:
        await client.writes.accept(ORDER)
        await client.writes.report_payment(REPORT)

    operation, between = PLACES[variant]
    assert register.calls == [
        (operation, ["04", "SERIAL", "04C56", *between, ACCEPTANCE_DOCUMENT]),
        (operation, ["04", "SERIAL", "04C57", *between, PAYMENT_DOCUMENT]),
    ]
    for headers in register.requests:
        assert headers["SOAPAction"] == '""'
        assert headers["Content-Type"] == "text/xml; charset=utf-8"
        assert headers["Accept-Encoding"] == "identity"


async def test_names_of_the_wire_are_settings(register: Register) -> None:
    register.body = head(keystr=OPEN_DECISION)
    settings: Mapping[str, Any] = {
        "interfaces": {"accept": "04B11", "report_payment": "04B12"},
        "nodes": {"accept": ("surveil",), "report_payment": ("violation",)},
    }
    async with connected(register, **settings) as client:
        await client.writes.accept(ORDER)

    ((_, arguments),) = register.calls
    assert arguments[2] == "04B11"
    assert "<root><surveil><xh>" in arguments[-1]


async def test_markup_and_signs_in_a_name_stay_text(register: Register) -> None:
    register.body = head(keystr=OPEN_DECISION)
    async with connected(register) as client:
        await client.writes.accept(replace(ORDER, file_number=None, name="A+B%20<xh>&·买"))

    assert (
        "<dabh></dabh><dsr>A%2BB%2520&lt;xh&gt;&amp;%C2%B7%E4%B9%B0</dsr>" in register.documents[0]
    )


async def test_every_write_has_a_connection_of_its_own(register: Register) -> None:
    register.body = head(keystr=OPEN_DECISION)
    ports = []

    async def note(request: web.Request) -> None:
        assert request.transport is not None
        ports.append(request.transport.get_extra_info("peername")[1])

    register.before = note
    async with connected(register) as client:
        for _ in range(3):
            await client.writes.accept(ORDER)

    assert len(set(ports)) == 3


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (OPEN_DECISION, OPEN_DECISION),
        (f"{OPEN_DECISION}7", OPEN_DECISION),
        (f"{OPEN_DECISION}X", OPEN_DECISION),
        (f" {OPEN_DECISION}\u3000 ", OPEN_DECISION),
    ],
)
async def test_numbers_of_decisions(register: Register, text: str, number: str) -> None:
    register.body = head(keystr=text)
    async with connected(register) as client:
        assert await client.writes.accept(ORDER) == number


@pytest.mark.parametrize("text", ["", "null", OPEN_DECISION[:-1], f"{OPEN_DECISION}77", "处理成功"])
async def test_what_is_no_number_leaves_it_open(register: Register, text: str) -> None:
    register.body = head(keystr=text)
    async with connected(register) as client:
        with pytest.raises(UpstreamUnavailable) as raised:
            await client.writes.accept(ORDER)

    assert not isinstance(raised.value, NotDone)
    assert raised.value.reason is UpstreamReason.BROKEN_ANSWER


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("该违法记录已处理", WriteProblem.DONE_OTHERWISE),
        ("该记录已由其他驾驶人接受处理", WriteProblem.DONE_OTHERWISE),
        ("数据重复录入", WriteProblem.DONE_OTHERWISE),
        ("该决定书已缴款，金额不符", WriteProblem.DONE_OTHERWISE),
        ("罚款已经缴纳", WriteProblem.DONE_OTHERWISE),
        ("缴款金额与决定书不一致", WriteProblem.OTHER_AMOUNT),
        ("滞纳金有误", WriteProblem.OTHER_AMOUNT),
        ("加处罚款超过罚款数额", WriteProblem.OTHER_AMOUNT),
        ("处罚决定书不存在", WriteProblem.NOT_FOUND),
        ("未查询到未处理的违法记录", WriteProblem.NOT_FOUND),
        ("查无此决定书", WriteProblem.NOT_FOUND),
        ("该决定书已被撤销", WriteProblem.NOT_FOUND),
        ("未找到该驾驶人信息", WriteProblem.OTHER),
        ("当事人不存在", WriteProblem.OTHER),
        ("该违法行为已过处理期限", WriteProblem.OTHER),
        ("保存失败", WriteProblem.OTHER),
        ("", WriteProblem.OTHER),
    ],
)
async def test_words_of_refusals(register: Register, text: str, problem: WriteProblem) -> None:
    register.body = head("0", text)
    async with connected(register) as client:
        with pytest.raises(WriteRefused) as raised:
            await client.writes.report_payment(REPORT)

    assert raised.value.problem is problem


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("0", "系统异常，请稍后再试"),
        ("0", "接口调用超时"),
        ("-7", "系统繁忙，超出当日访问次数限制"),
        ("-3", "接口服务异常"),
        ("-12", "XML文档格式错误"),
        ("-99", ""),
        ("3", "待审核"),
    ],
)
async def test_words_that_leave_it_open(register: Register, code: str, text: str) -> None:
    register.body = head(code, text, keystr=OPEN_DECISION)
    async with connected(register) as client:
        with pytest.raises(UpstreamUnavailable) as raised:
            await client.writes.accept(ORDER)

    assert not isinstance(raised.value, NotDone)
    assert raised.value.reason is UpstreamReason.BROKEN_ANSWER


@pytest.mark.parametrize("status", [302, 401, 403, 404, 429, 500, 503])
async def test_a_status_of_whoever_stands_between_proves_nothing(
    register: Register, status: int
) -> None:
    register.status, register.headers = status, {"Location": "/elsewhere"}
    async with connected(register, retry_percent=1000) as client:
        with pytest.raises(UpstreamUnavailable) as raised:
            await client.writes.accept(ORDER)

    assert not isinstance(raised.value, NotDone)
    assert len(register.calls) == 1


async def test_nobody_listens(register: Register) -> None:
    register.url = "http://127.0.0.1:9/"
    async with connected(register) as client:
        with pytest.raises(NotDone) as raised:
            await client.writes.accept(ORDER)
    assert raised.value.reason is UpstreamReason.UNREACHABLE


async def test_an_unsafe_connection(register: Register) -> None:
    register.url = register.url.replace("http://", "https://")
    async with connected(register) as client:
        with pytest.raises(NotDone) as raised:
            await client.writes.accept(ORDER)
    assert raised.value.reason is UpstreamReason.NOT_AUTHORISED


async def test_without_quota_there_is_no_call(register: Register) -> None:
    async with connected(register, Quota(left=0)) as client:
        with pytest.raises(NotDone) as raised:
            await client.writes.report_payment(REPORT)
    assert (raised.value.reason, register.calls) == (UpstreamReason.OVER_QUOTA, [])
    assert raised.value.retry_after is not None


async def test_without_time_there_is_no_call(register: Register) -> None:
    async with connected(register) as client:
        with deadlines.within(0.04), pytest.raises(NotDone) as raised:
            await client.writes.accept(ORDER)
    assert (raised.value.reason, register.calls) == (UpstreamReason.NO_TIME_LEFT, [])


async def test_writes_and_questions_share_places(register: Register) -> None:
    register.delay = 0.4
    places = {CallClass.CITIZEN: 1, CallClass.OFFICER: 1, CallClass.BACKGROUND: 1}
    async with connected(register, places=places, place_wait_seconds=0.05) as client:
        asking = asyncio.create_task(client.records.camera_records(PLATE))
        await asyncio.sleep(0.05)
        with pytest.raises(NotDone) as raised:
            await client.writes.accept(ORDER)
        assert (await asking).complete
        register.body = head()
        await client.writes.report_payment(REPORT)

    assert raised.value.reason is UpstreamReason.TOO_MANY_CALLS
    assert [arguments[2] for _, arguments in register.calls] == ["04C03", "04C57"]


async def test_writes_and_questions_share_the_breaker(register: Register) -> None:
    register.status = 500
    settings = BreakerSettings(minimum_calls=2, open_seconds=60)
    async with connected(register, breaker=settings) as client:
        for _ in range(2):
            with pytest.raises(UpstreamUnavailable):
                await client.writes.accept(ORDER)
        with pytest.raises(NotDone) as raised:
            await client.writes.report_payment(REPORT)
        with pytest.raises(UpstreamUnavailable) as asked:
            await client.records.camera_records(PLATE)

    reasons = (raised.value.reason, asked.value.reason)
    assert reasons == (UpstreamReason.BREAKER_OPEN, UpstreamReason.BREAKER_OPEN)
    assert len(register.calls) == 2


async def test_the_log_tells_what_failed_and_of_whom_nothing(
    register: Register, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = f"{ORDER.name} {DRIVER} 渝AF0001"
    async with connected(register) as client:
        register.body = head("0", f"{secret} 已处理")
        with pytest.raises(WriteRefused) as refused:
            await client.writes.accept(ORDER)
        register.body = head("-99", f"{secret} 超时")
        with pytest.raises(UpstreamUnavailable) as unknown:
            await client.writes.accept(ORDER)
        assert client.records.stats.failures == {UpstreamReason.BROKEN_ANSWER: 1}
        assert client.records.stats.calls == {"accept": 2}

    said = [one.getMessage() for one in caplog.records if one.name.startswith("clearway")]
    assert said[0] == "write refused: interface=04C56 problem=done_otherwise"
    assert said[1].startswith("call failed: interface=04C56 reason=broken_answer ms=")
    assert len(said) == 2
    everything = [caplog.text, repr(refused.value), repr(unknown.value), unknown.value.detail]
    everything.append(repr(ORDER))
    for text in everything:
        assert not any(word in text for word in secret.split())


async def test_answers_about_one_record_are_not_shared(register: Register) -> None:
    register.body, register.delay = answered([CAMERA_ROW]), 0.1
    number = CAMERA_ROW["xh"]
    async with connected(register) as client:
        first, second = await asyncio.gather(
            client.records.camera_record(number), client.records.camera_record(number)
        )

    assert first == second is not None
    assert len(register.calls) == 2
    assert f"<QueryCondition><xh>{number}</xh></QueryCondition>" in register.documents[0]


async def test_of_several_versions_of_one_record_the_newest(register: Register) -> None:
    newer = CAMERA_ROW | {"clbj": "1", "jllx": "2", "gxsj": "2024-05-01 00:00:00.0"}
    stranger = CAMERA_ROW | {"xh": "5001017900000002"}
    register.body = answered([CAMERA_ROW, newer, stranger])
    async with connected(register) as client:
        record = await client.records.camera_record(CAMERA_ROW["xh"])
        assert client.records.stats.dropped_rows == 1

    assert record is not None
    assert (record.plate, record.handled) == (PLATE, True)
