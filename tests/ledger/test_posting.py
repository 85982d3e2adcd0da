"""Booking once: again, otherwise, together with other work, and at the same time."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from domain.ledger import (
    Account,
    Posting,
    SuspenseReason,
    fees,
    refund,
    refund_from_suspense,
    suspense,
)
from domain.money import NOTHING, Money
from domain.platforms import Channel
from models.database import Database
from services.ledger import AccountTotals, Ledger, PostedOtherwise
from tests.ledger.books import NOW, paid, rows

EMPTY = dict.fromkeys(Account, 0)
FINE = Money(20000)
LATE = suspense(
    Channel.ALIPAY, "a1", amount=FINE, reason=SuspenseReason.AFTER_CLOSE, occurred_at=NOW
)


async def post(db: Database, ledger: Ledger, posting: Posting) -> UUID:
    async with db.begin() as connection:
        return await ledger.post(connection, posting)


async def balances(db: Database, ledger: Ledger) -> dict[Account, int]:
    async with db.read() as connection:
        return await ledger.balances(connection)


async def test_what_is_in_the_books(db: Database, ledger: Ledger) -> None:
    one = await post(db, ledger, paid(surcharge=1800))

    head = (one, "settlement", "a1", 5, NOW)
    assert await rows(db) == [
        (*head, "fines_receivable", 21800),
        (*head, "treasury_payable_fines", -20000),
        (*head, "treasury_payable_surcharges", -1800),
        (*head, "alipay_clearing", 21800),
        (*head, "fines_receivable", -21800),
    ]
    assert await balances(db, ledger) == {
        **EMPTY,
        Account.TREASURY_PAYABLE_FINES: -20000,
        Account.TREASURY_PAYABLE_SURCHARGES: -1800,
        Account.ALIPAY_CLEARING: 21800,
    }


async def test_the_trial_balance_has_both_sides(db: Database, ledger: Ledger) -> None:
    await post(db, ledger, paid("a1"))
    await post(db, ledger, fees(Channel.ALIPAY, "a1", net_fen=120, occurred_at=NOW))

    async with db.read() as connection:
        trial = await ledger.trial_balance(connection)

    sides = {
        Account.ALIPAY_CLEARING: (20000, 120),
        Account.FINES_RECEIVABLE: (20000, 20000),
        Account.TREASURY_PAYABLE_FINES: (0, 20000),
        Account.CHANNEL_FEES: (120, 0),
    }
    assert trial.accounts == tuple(
        AccountTotals(account, *sides.get(account, (0, 0))) for account in Account
    )
    assert trial.difference == 0


async def test_empty_books(db: Database, ledger: Ledger) -> None:
    assert await balances(db, ledger) == EMPTY


async def test_the_same_again_is_the_first(db: Database, ledger: Ledger) -> None:
    first = await post(db, ledger, paid())
    before = await rows(db)

    again = await post(db, ledger, paid())
    told_later = await post(db, ledger, replace(paid(), occurred_at=NOW + timedelta(seconds=1)))

    assert again == told_later == first
    assert await rows(db) == before


async def test_the_same_again_within_one_transaction(db: Database, ledger: Ledger) -> None:
    async with db.begin() as connection:
        first = await ledger.post(connection, paid())
        assert await ledger.post(connection, paid()) == first

    assert len(await rows(db)) == 4


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (paid(fen=20000), paid(fen=20001)),
        (paid(fen=20000), paid(fen=19000, surcharge=1000)),
        (paid(), LATE),
        (LATE, paid()),
        (LATE, replace(LATE, kind=paid().kind)),
        (
            refund("r1", principal=FINE, surcharge=NOTHING, decided_at=NOW),
            refund_from_suspense("r1", amount=FINE, decided_at=NOW),
        ),
    ],
)
async def test_one_reference_does_not_say_two_things(
    db: Database, ledger: Ledger, first: Posting, second: Posting
) -> None:
    await post(db, ledger, first)
    before = await rows(db)

    with pytest.raises(PostedOtherwise) as raised:
        await post(db, ledger, second)

    assert str(raised.value) == f"{second.kind} {second.source_ref}"
    assert await rows(db) == before


async def test_a_payment_and_its_fee_share_a_reference(db: Database, ledger: Ledger) -> None:
    cost = fees(Channel.ALIPAY, "a1", net_fen=120, occurred_at=NOW)

    assert await post(db, ledger, paid()) != await post(db, ledger, cost)

    assert (await balances(db, ledger))[Account.ALIPAY_CLEARING] == 20000 - 120


async def test_it_goes_with_the_callers_transaction(db: Database, ledger: Ledger) -> None:
    async with db.engine.connect() as connection:
        await ledger.post(connection, paid())
        await connection.rollback()
    assert await rows(db) == []

    one = await post(db, ledger, paid())
    assert {row[0] for row in await rows(db)} == {one}


async def test_even_without_a_transaction_it_is_whole(db: Database, ledger: Ledger) -> None:
    async with db.read() as connection:
        await ledger.post(connection, paid())

    assert len(await rows(db)) == 4


async def test_twenty_at_once_book_once(db: Database, ledger: Ledger) -> None:
    ids = await asyncio.gather(*(post(db, ledger, paid()) for _ in range(20)))

    assert len(set(ids)) == 1
    assert [row[0] for row in await rows(db)] == [ids[0]] * 4


async def test_of_twenty_that_disagree_one_is_booked(db: Database, ledger: Ledger) -> None:
    wanted = [paid(), LATE, paid(fen=19999), paid(surcharge=1)] * 5

    answers = await asyncio.gather(
        *(post(db, ledger, posting) for posting in wanted), return_exceptions=True
    )

    booked = [
        (posting, answer)
        for posting, answer in zip(wanted, answers, strict=True)
        if isinstance(answer, UUID)
    ]
    refused = [answer for answer in answers if isinstance(answer, PostedOtherwise)]
    assert len(booked) == 5
    assert len(refused) == 15
    (one,) = {answer for _, answer in booked}
    lines = [(line.account.value, line.amount) for line in booked[0][0].lines]
    assert [(row[0], *row[-2:]) for row in await rows(db)] == [(one, *line) for line in lines]


async def test_the_second_books_when_the_first_rolls_back(db: Database, ledger: Ledger) -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    async with db.engine.connect() as first:
        lost = await ledger.post(first, paid(fen=1))
        second = asyncio.create_task(post(db, ledger, paid()))
        async with db.read() as watcher:
            while not second.done() and not await watcher.scalar(waiting):
                pass
        await first.rollback()

    kept = await second
    assert kept != lost
    assert {(row[0], abs(row[-1])) for row in await rows(db)} == {(kept, 20000)}
