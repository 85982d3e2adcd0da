"""Whatever is booked, in whatever order: the books sum to zero and equal a plain model of them."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from domain.ledger import (
    RECEIPTS,
    REFUNDS,
    Account,
    Posting,
    PostingKind,
    SuspenseReason,
    discrepancy,
    discrepancy_cleared,
    fees,
    refund,
    refund_from_suspense,
    refund_payout,
    reversal,
    settlement,
    suspense,
)
from domain.money import Money
from domain.platforms import Channel
from models.database import Database
from services.ledger import Ledger, PostedOtherwise
from tests.ledger.books import NOW, rows

HISTORIES = 200
WRONG = text(
    "SELECT count(*) FROM (SELECT FROM ledger_transactions t"
    " LEFT JOIN ledger_entries e ON e.transaction_id = t.id GROUP BY t.id"
    " HAVING coalesce(sum(e.amount_fen), 1) <> 0 OR count(e.line_number) < 2) AS wrong"
)


class Crash(Exception):
    """The caller dies before its commit."""


@dataclass(slots=True)
class Model:
    """The books as a dictionary."""

    booked: dict[tuple[PostingKind, str], tuple[UUID, Posting]] = field(default_factory=dict)

    def copy(self) -> "Model":
        return Model(dict(self.booked))

    def excludes(self, posting: Posting) -> bool:
        """Whether the reference is taken by something else."""
        groups = [group for group in (RECEIPTS, REFUNDS) if posting.kind in group]
        others = [kind for group in groups for kind in group if kind is not posting.kind]
        if any((kind, posting.source_ref) in self.booked for kind in others):
            return True
        known = self.booked.get((posting.kind, posting.source_ref))
        return known is not None and known[1].lines != posting.lines

    def balances(self) -> dict[Account, int]:
        sums: Counter[Account] = Counter()
        for _, posting in self.booked.values():
            for line in posting.lines:
                sums[line.account] += line.amount
        return {account: sums[account] for account in Account}


def any_posting(chance: random.Random, prefix: str) -> Posting:
    """One of few references and amounts, so that they meet."""
    ref = f"{prefix}-{chance.randrange(6)}"
    channel = chance.choice(list(Channel))
    amount, surcharge = Money(chance.choice([5000, 20000])), Money(chance.choice([0, 0, 150]))
    at = NOW + timedelta(seconds=chance.randrange(100))
    net = chance.choice([amount.fen, -amount.fen])
    owed = [
        refund(ref, principal=amount, surcharge=surcharge, decided_at=at),
        refund_from_suspense(ref, amount=amount, decided_at=at),
    ]
    return chance.choice(
        [
            settlement(channel, ref, principal=amount, surcharge=surcharge, occurred_at=at),
            suspense(
                channel,
                ref,
                amount=amount,
                reason=chance.choice(list(SuspenseReason)),
                occurred_at=at,
            ),
            *owed,
            refund_payout(channel, ref, amount=amount, occurred_at=at),
            reversal(chance.choice(owed), decided_at=at),
            fees(channel, ref, net_fen=net, occurred_at=at),
            discrepancy(channel, ref, fen=net, occurred_at=at),
            discrepancy_cleared(channel, ref, fen=net, occurred_at=at),
        ]
    )


async def one_transaction(
    db: Database, ledger: Ledger, model: Model, chance: random.Random, prefix: str
) -> Model:
    """Book up to three events and commit, crash, or meet a conflict; the model after it."""
    trial = model.copy()
    try:
        async with db.begin() as connection:
            for _ in range(chance.randint(1, 3)):
                posting = any_posting(chance, prefix)
                conflict = trial.excludes(posting)
                try:
                    one = await ledger.post(connection, posting)
                except PostedOtherwise:
                    assert conflict
                    raise
                assert not conflict
                key = (posting.kind, posting.source_ref)
                assert trial.booked.setdefault(key, (one, posting))[0] == one
            if chance.random() < 0.2:
                raise Crash
    except (Crash, PostedOtherwise):
        return model
    return trial


async def test_random_histories(db: Database, ledger: Ledger) -> None:
    model = Model()
    for seed in range(HISTORIES):
        chance = random.Random(seed)
        for _ in range(chance.randint(1, 8)):
            model = await one_transaction(db, ledger, model, chance, f"h{seed}")
            async with db.read() as connection:
                assert await ledger.balances(connection) == model.balances(), seed
                assert await connection.scalar(WRONG) == 0, seed

    assert {posting.kind for _, posting in model.booked.values()} == set(PostingKind)
    written = {row[0] for row in await rows(db)}
    assert written == {one for one, _ in model.booked.values()}


async def test_a_reader_never_sees_books_that_do_not_balance(db: Database, ledger: Ledger) -> None:
    async def write(seed: int) -> Model:
        model, chance = Model(), random.Random(seed)
        for _ in range(15):
            model = await one_transaction(db, ledger, model, chance, f"w{seed}")
        return model

    async def read(done: asyncio.Event) -> int:
        looks = 0
        async with db.read() as connection:
            while not done.is_set():
                assert (await ledger.trial_balance(connection)).difference == 0
                assert await connection.scalar(WRONG) == 0
                looks += 1
        return looks

    done = asyncio.Event()
    reader = asyncio.create_task(read(done))
    models = await asyncio.gather(*(write(seed) for seed in range(8)))
    done.set()

    assert await reader > 0
    together: Model = Model({key: value for model in models for key, value in model.booked.items()})
    async with db.read() as connection:
        assert await ledger.balances(connection) == together.balances()
