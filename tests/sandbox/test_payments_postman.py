"""The postman alone: what happens to a letter on its way."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from sandbox.payments import Letter, Postman, Till, Trouble, trouble_of
from sandbox.payments.trouble import NOTICE_SCENARIOS, Tampering
from sandbox.platforms.scenario import Active
from tests.sandbox.merchant import Merchant, trading


@pytest.fixture
async def merchant() -> AsyncIterator[Merchant]:
    async with trading() as one:
        yield one


@pytest.fixture
async def postman() -> AsyncIterator[Postman]:
    one = Postman(timeout_seconds=0.2)
    yield one
    await one.close(web.Application())


def letter(merchant: Merchant, text: str = "new", older: Letter | None = None) -> Letter:
    return Letter(
        key="N1",
        event=text,
        url=merchant.url,
        make=lambda: ({"Content-Type": "text/plain"}, text.encode()),
        is_acknowledged=lambda status, body: body == b"success",
        older=older,
    )


def statuses(postman: Postman) -> list[tuple[object, object, object]]:
    return [(one["event"], one["attempt"], one["status"]) for one in postman.report()]


async def test_copies_arrive_together(postman: Postman, merchant: Merchant) -> None:
    everybody = asyncio.Barrier(5)

    async def together() -> None:
        await everybody.wait()

    merchant.before = together
    postman.post(letter(merchant), Trouble(copies=5, is_early=True))
    await postman.early_ones()

    assert statuses(postman) == [("new", 1, 200)] * 5


async def test_the_older_one_comes_after(postman: Postman, merchant: Merchant) -> None:
    older = letter(merchant, "old")
    postman.post(letter(merchant, "new", older), Trouble(is_reversed=True, is_early=True))
    await postman.early_ones()
    postman.post(letter(merchant, "last", older), Trouble(is_early=True))
    await postman.early_ones()

    assert merchant.bodies == [b"new", b"old", b"last"]


async def test_nobody_waits_for_the_others(postman: Postman, merchant: Merchant) -> None:
    postman.post(letter(merchant), Trouble(late_seconds=3600))
    await postman.early_ones()

    assert postman.report() == []


async def test_a_merchant_who_is_slow_or_not_there(postman: Postman, merchant: Merchant) -> None:
    async def forever() -> None:
        await asyncio.Event().wait()

    merchant.before = forever
    slow = await postman.deliver(letter(merchant))
    merchant.url = "http://127.0.0.1:9/notices"
    gone = await postman.deliver(letter(merchant), attempt=2)

    assert (slow.status, gone.status) == (None, None)
    assert postman.report()[1] == {
        "outTradeNo": "N1",
        "event": "new",
        "attempt": 2,
        "status": None,
        "body": "",
        "acknowledged": False,
    }


async def test_after_closing_nothing_leaves(merchant: Merchant) -> None:
    postman = Postman(delays=(3600.0,))
    merchant.answer = b"no"
    postman.post(letter(merchant), Trouble(is_early=True))
    await postman.early_ones()
    await postman.close(web.Application())

    postman.post(letter(merchant), Trouble(is_early=True))
    await postman.early_ones()

    assert statuses(postman) == [("new", 1, 200)]


def test_scenarios_become_trouble() -> None:
    active = [Active(one, one.parameters({})) for one in NOTICE_SCENARIOS]
    wrong = Tampering(fen=1, forged=True, other_merchant=True, unknown_order=True)

    assert trouble_of(active) == Trouble(
        is_lost=True,
        copies=5,
        late_seconds=5.0,
        is_early=True,
        is_reversed=True,
        tampering=wrong,
    )
    assert trouble_of([]) == Trouble()


def test_the_till_remembers_what_moved_and_names_nobody() -> None:
    till = Till()
    both: dict[str, Any] = {"out_trade_no": "N1", "payer": "openid-of-somebody", "fen": 100}
    till.take(**both, reference="T1", at=1.0)
    till.give_back(**both, reference="R1", at=2.0)

    common = {"outTradeNo": "N1", "fen": 100}
    assert till.report() == [
        {"kind": "payment", "reference": "T1", "at": 1.0, **common},
        {"kind": "refund", "reference": "R1", "at": 2.0, **common},
    ]
    assert "openid-of-somebody" not in f"{till!r}{till.report()}"
