"""The outcome table of a query: what is seen, what the caller is told, what is tried again."""

import asyncio
import logging

import pytest
from aiohttp import web

from domain import deadlines
from domain.failures import UpstreamReason, UpstreamUnavailable
from gateways.breaker import BreakerSettings
from gateways.bulkhead import CallClass
from gateways.police_records import PoliceRecords
from tests.gateways.register import (
    CAMERA_ROW,
    PLATE,
    Quota,
    Register,
    answered,
    police,
)


async def failure(records: PoliceRecords) -> UpstreamUnavailable:
    with pytest.raises(UpstreamUnavailable) as raised:
        await records.camera_records(PLATE)
    return raised.value


async def reset(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.abort()


def says(status: int, reason: UpstreamReason, *, tries: int) -> tuple[int, UpstreamReason, int]:
    return status, reason, tries


@pytest.mark.parametrize(
    ("status", "reason", "tries"),
    [
        says(500, UpstreamReason.BROKEN_ANSWER, tries=3),
        says(404, UpstreamReason.BROKEN_ANSWER, tries=3),
        says(302, UpstreamReason.BROKEN_ANSWER, tries=3),
        says(503, UpstreamReason.UNREACHABLE, tries=3),
        says(401, UpstreamReason.NOT_AUTHORISED, tries=1),
        says(429, UpstreamReason.TOO_MANY_CALLS, tries=1),
    ],
)
async def test_http_statuses(
    register: Register, status: int, reason: UpstreamReason, tries: int
) -> None:
    register.status = status
    register.headers = {"Location": "/elsewhere", "Retry-After": "7"}
    async with police(register, retry_percent=1000) as records:
        told = await failure(records)

    assert (told.reason, told.retry_after, len(register.calls)) == (reason, 7.0, tries)


@pytest.mark.parametrize(
    ("code", "text", "reason"),
    [
        ("-7", "超出当日访问次数限制", UpstreamReason.OVER_QUOTA),
        ("-7", "配额已用完", UpstreamReason.OVER_QUOTA),
        ("-6", "访问过于频繁，请稍后再试", UpstreamReason.TOO_MANY_CALLS),
        ("-20", "系统维护时间23:45至00:05，暂停服务", UpstreamReason.CLOSED_FOR_THE_NIGHT),
        ("-4", "接口序列号已过期", UpstreamReason.NOT_AUTHORISED),
        ("-5", "客户端IP地址未授权", UpstreamReason.NOT_AUTHORISED),
        ("0", "查询失败，该业务暂停办理", UpstreamReason.REFUSED),
    ],
)
async def test_refusals_are_final(
    register: Register, code: str, text: str, reason: UpstreamReason
) -> None:
    register.body = answered(code=code, message=text)
    quota = Quota()
    async with police(register, quota, retry_percent=1000) as records:
        told = await failure(records)

        assert told.reason is reason
        assert len(register.calls) == 1
        assert quota.exhausted == (["04C03"] if reason is UpstreamReason.OVER_QUOTA else [])
        waits = {UpstreamReason.REFUSED, UpstreamReason.NOT_AUTHORISED}
        assert (told.retry_after is None) == (reason in waits)
        assert not records.calls.breaker.is_open


async def test_a_lost_connection(register: Register) -> None:
    register.before = reset
    async with police(register, retry_percent=1000) as records:
        assert (await failure(records)).reason is UpstreamReason.UNREACHABLE
    assert len(register.calls) == 3


async def test_nobody_listens(register: Register) -> None:
    register.url = "http://127.0.0.1:9/"
    async with police(register) as records:
        assert (await failure(records)).reason is UpstreamReason.UNREACHABLE


async def test_an_unsafe_connection_is_not_retried(register: Register) -> None:
    register.url = register.url.replace("http://", "https://")
    async with police(register, retry_percent=1000) as records:
        told = await failure(records)
        assert sum(records.stats.calls.values()) == 1
    assert (told.reason, told.detail) == (UpstreamReason.NOT_AUTHORISED, "TLS")


async def test_a_body_that_ends_too_early(register: Register) -> None:
    async def short(request: web.Request) -> None:
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<Envelope>")
        await asyncio.sleep(0.02)
        request.transport.close()

    register.before = short
    async with police(register) as records:
        assert (await failure(records)).reason is UpstreamReason.BROKEN_ANSWER


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\xfe garbage\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 50_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: =;;\x80=\r\nContent-Type: \xff/\r\n"
        b"Content-Length: 2\r\n\r\nOK",
    ],
)
async def test_garbage_for_http(register: Register, garbage: bytes) -> None:
    async def garble(request: web.Request) -> None:
        assert request.transport is not None
        request.transport.write(garbage)
        await asyncio.sleep(0.01)
        request.transport.close()

    register.before = garble
    async with police(register) as records:
        told = await failure(records)
    assert told.reason in (UpstreamReason.BROKEN_ANSWER, UpstreamReason.UNREACHABLE)


async def test_no_answer_in_time(register: Register) -> None:
    register.delay = 5
    async with police(register, timeout_seconds=0.1) as records:
        assert (await failure(records)).reason is UpstreamReason.TIMED_OUT


async def test_a_body_that_drips_is_bounded_too(register: Register) -> None:
    async def drip(request: web.Request) -> None:
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
        for _ in range(100):
            await asyncio.sleep(0.02)
            request.transport.write(b" ")

    register.before = drip
    async with police(register, timeout_seconds=0.2) as records:
        assert (await failure(records)).reason is UpstreamReason.TIMED_OUT


async def test_pictures_have_their_own_limits(register: Register) -> None:
    register.delay = 0.3
    async with police(register, timeout_seconds=0.1, picture_timeout_seconds=2.0) as records:
        assert await records.pictures("5001017900000001") == ()


async def test_the_deadline_is_respected(register: Register, records: PoliceRecords) -> None:
    register.delay = 5
    began = asyncio.get_running_loop().time()
    with deadlines.within(0.3):
        assert (await failure(records)).reason is UpstreamReason.TIMED_OUT
    assert asyncio.get_running_loop().time() - began < 0.35


async def test_no_time_left_means_no_call(register: Register, records: PoliceRecords) -> None:
    with deadlines.within(0.04):
        assert (await failure(records)).reason is UpstreamReason.NO_TIME_LEFT
    assert register.calls == []


async def test_the_first_callers_deadline_is_not_everybodys(
    register: Register, records: PoliceRecords
) -> None:
    register.body, register.delay = answered([CAMERA_ROW]), 0.3

    async def hurried() -> None:
        with deadlines.within(0.1):
            await records.camera_records(PLATE)

    first = asyncio.create_task(hurried())
    await asyncio.sleep(0.02)
    assert (await records.camera_records(PLATE)).complete
    with pytest.raises(UpstreamUnavailable):
        await first
    assert len(register.calls) == 1


async def test_fifty_callers_share_one_call(register: Register, records: PoliceRecords) -> None:
    register.body, register.delay = answered([CAMERA_ROW]), 0.1
    callers = [asyncio.create_task(records.camera_records(PLATE)) for _ in range(50)]
    await asyncio.sleep(0.05)
    callers[0].cancel()

    answers = await asyncio.gather(*callers, return_exceptions=True)

    assert isinstance(answers[0], asyncio.CancelledError)
    assert all(answer == answers[1] for answer in answers[1:])
    assert len(register.calls) == 1


async def test_every_try_takes_quota(register: Register) -> None:
    register.status, quota = 500, Quota()
    async with police(register, quota, retry_percent=1000) as records:
        await failure(records)
    assert quota.taken == ["04C03"] * 3


async def test_without_quota_there_is_no_call(register: Register) -> None:
    async with police(register, Quota(left=0)) as records:
        told = await failure(records)
    assert (told.reason, register.calls) == (UpstreamReason.OVER_QUOTA, [])
    assert told.retry_after is not None
    assert 0 < told.retry_after <= 86_400


async def test_a_full_bulkhead_is_not_a_slow_register(register: Register) -> None:
    register.delay = 0.3
    places = {CallClass.CITIZEN: 2, CallClass.OFFICER: 1, CallClass.BACKGROUND: 1}
    async with police(
        register, places=places, max_connections=4, place_wait_seconds=0.05
    ) as records:
        numbers = [f"{number:015}" for number in range(4)]
        citizens = [asyncio.create_task(records.decision(number)) for number in numbers]
        await asyncio.sleep(0.02)
        await records.decision("9" * 15, call_class=CallClass.OFFICER)
        answers = await asyncio.gather(*citizens, return_exceptions=True)

    refused = [answer for answer in answers if isinstance(answer, UpstreamUnavailable)]
    assert [one.reason for one in refused] == [UpstreamReason.TOO_MANY_CALLS] * 2
    assert len(register.calls) == 3


async def test_the_breaker_opens_and_one_probe_closes_it(register: Register) -> None:
    register.status = 500
    quick = BreakerSettings(minimum_calls=5, open_seconds=0.1)
    async with police(register, breaker=quick) as records:
        for _ in range(8):
            told = await failure(records)
        assert (told.reason, len(register.calls)) == (UpstreamReason.BREAKER_OPEN, 5)

        register.status, register.delay = 200, 0.1
        await asyncio.sleep(0.1)
        numbers = [f"{number:015}" for number in range(12)]
        answers = await asyncio.gather(*map(records.decision, numbers), return_exceptions=True)
        assert len(register.calls) == 6
        assert sum(isinstance(answer, UpstreamUnavailable) for answer in answers) == 11
        await records.camera_records(PLATE)


async def test_a_bad_row_does_not_open_the_breaker(register: Register) -> None:
    register.body = answered([CAMERA_ROW | {"clbj": "?"}])
    async with police(register, breaker=BreakerSettings(minimum_calls=3)) as records:
        for _ in range(5):
            assert (await failure(records)).reason is UpstreamReason.BROKEN_ANSWER
    assert len(register.calls) == 5


async def test_a_sick_register_gets_at_most_a_tenth_more(register: Register) -> None:
    register.status = 500
    async with police(register) as records:
        for number in range(100):
            with pytest.raises(UpstreamUnavailable):
                await records.decision(f"{number:015}")
        assert records.stats.retries <= 10
    assert 100 < len(register.calls) <= 110


async def test_a_short_trouble_is_hidden_by_a_retry(register: Register) -> None:
    register.body = answered([CAMERA_ROW])

    async def once(request: web.Request) -> None:
        if len(register.calls) == 1:
            await reset(request)

    register.before = once
    async with police(register, retry_percent=100) as records:
        assert (await records.camera_records(PLATE)).complete
        assert (records.stats.retries, records.stats.failures.total()) == (1, 1)


async def test_the_log_tells_what_failed_and_of_whom_nothing(
    register: Register, records: PoliceRecords, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "clearway.police")
    register.body = answered([CAMERA_ROW], code="0", message="渝AF0001 张三 500000190001010015")

    told = await failure(records)

    (event,) = [record.getMessage() for record in caplog.records if record.name.startswith("clear")]
    interface, reason, milliseconds, attempt = event.removeprefix("call failed: ").split(" ")
    assert (interface, reason) == ("interface=04C03", "reason=refused")
    assert milliseconds.removeprefix("ms=").isdigit()
    assert attempt == "attempt=1"
    assert told.detail == "code 0"
    assert records.stats.failures == {UpstreamReason.REFUSED: 1}
    assert records.stats.calls == {"camera_records": 1}


async def test_closing_ends_what_is_in_the_air(register: Register) -> None:
    register.delay = 5
    async with police(register) as records:
        waiting = asyncio.create_task(records.camera_records(PLATE))
        await asyncio.sleep(0.05)
    with pytest.raises(UpstreamUnavailable):
        await waiting


async def test_nothing_of_the_environment_is_trusted(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with police(register) as records:
        assert (await records.camera_records(PLATE)).complete
