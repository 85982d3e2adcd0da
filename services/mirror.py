"""The records mirror: read through, answered from the last known state when the register fails."""

import asyncio
import contextvars
import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.deadlines import remaining
from domain.failures import UpstreamReason, UpstreamUnavailable, where
from domain.freshness import AgePolicy, Freshness
from domain.ids import new_id
from domain.times import Clock
from gateways.police_records import PoliceRecords
from models.database import Database
from models.mirror_answers import FAILED
from models.mirror_queries import CLAIM, ENTRY, FORGET_AGE
from services.mirror_writes import Lease, MirrorWriter
from services.questions import EntryState, Question

log = logging.getLogger("clearway.mirror")

LEASE = timedelta(seconds=12)
POLL_SECONDS = 0.1
# After a failure the register is left alone for a moment; the last known state answers.
REST_AFTER_FAILURE = timedelta(seconds=3)


class Verdicts(dict[Question, Freshness]):
    """How fresh each answer is; `moved` when rows read before asking may be out of date."""

    moved = False


@dataclass(slots=True)
class Mirror:
    """
    Keeps the last known answers of the police register.

    However many ask, in however many processes, one question costs one upstream call: callers in a
    process share a task, processes share a lease in the database. A failure never changes a row.
    """

    db: Database
    police: PoliceRecords
    writer: MirrorWriter
    clock: Clock
    ages: AgePolicy
    patience: float
    timeout: float
    _flights: dict[Question, asyncio.Task[EntryState]] = field(default_factory=dict)

    async def ensure(
        self, questions: Mapping[Question, EntryState], *, anew: bool = False
    ) -> Verdicts:
        """
        Make the answers as fresh as time allows and say how fresh each is.

        A fresh answer costs nothing. A stale one is refreshed; if that takes longer than
        `patience` seconds the stale one serves and the refresh goes on by itself. Where nothing
        usable is known, the caller waits until its deadline.

        `anew`: a fresh answer is not good enough, the register is asked; if it is silent, what was
        fresh still serves.
        """
        now = self.clock()
        since = now if anew else now - self.ages.soft
        verdicts, due = self._judged(questions, since, now)
        if due:
            patient = all(verdicts[question].usable for question in due)
            limit = remaining(self.patience if patient else self.timeout)
            flights = {q: self._joined(q, questions[q], since, anew=anew) for q in due}
            # asyncio.wait leaves the tasks alone: neither our time-out nor our caller's
            # cancellation reaches those who share them.
            await asyncio.wait(flights.values(), timeout=max(0.0, limit))
            for q, flight in flights.items():
                answered_at = flight.result().fetched_at if _is_over(flight) else None
                if answered_at is not None:
                    verdicts[q] = self.ages.judge(answered_at, self.clock())
                    verdicts.moved |= answered_at != questions[q].fetched_at
        return verdicts

    def known(self, states: Iterable[EntryState]) -> list[Freshness] | None:
        """How fresh answers are, in their order; None if `ensure` would ask about one of them."""
        now = self.clock()
        since, judge = now - self.ages.soft, self.ages.judge
        found = []
        for state in states:
            if _is_due(state, since, now):
                return None
            found.append(judge(state.fetched_at, now))
        return found

    def begin(
        self, questions: Mapping[Question, EntryState]
    ) -> dict[Question, asyncio.Task[EntryState]]:
        """
        Start asking what `ensure` would ask, without waiting for it.

        Whoever is given what comes back in `EntryState.asked` waits for it and asks nothing more.
        """
        now = self.clock()
        since = now - self.ages.soft
        return {
            question: self._joined(question, state, since, anew=False)
            for question, state in questions.items()
            if _is_due(state, since, now)
        }

    async def state_of(self, question: Question) -> EntryState:
        """What is known of one question: a single statement."""
        async with self.db.read() as connection:
            found = (await connection.execute(ENTRY, _keys(question))).mappings().first()
        return EntryState(found["fetched_at"], found["failed_at"]) if found else EntryState()

    async def forget_age(
        self, connection: AsyncConnection, questions: Collection[Question]
    ) -> None:
        """
        Let no answer given before this count as fresh, also one that is on its way.

        The last known rows stay. It belongs to the caller's transaction.
        """
        old = self.clock() - self.ages.soft - timedelta(seconds=1)
        # Always in the same order, so that two writers never wait for each other.
        for question in sorted(questions, key=lambda one: (one.subject, one.key)):
            values = {"of_subject": question.subject, "of_key": question.key, "old": old}
            await connection.execute(FORGET_AGE, values)

    async def close(self) -> None:
        """Stop what is under way."""
        for flight in list(self._flights.values()):
            flight.cancel()
        await asyncio.gather(*self._flights.values(), return_exceptions=True)

    def _judged(
        self, questions: Mapping[Question, EntryState], since: datetime, now: datetime
    ) -> tuple[Verdicts, list[Question]]:
        """How fresh each answer is as it stands, and which questions are to be asked."""
        verdicts, due, judge = Verdicts(), [], self.ages.judge
        for question, state in questions.items():
            verdicts[question] = judge(state.fetched_at, now)
            if _is_due(state, since, now):
                due.append(question)
        return verdicts, due

    def _joined(
        self, question: Question, state: EntryState, since: datetime, *, anew: bool
    ) -> asyncio.Task[EntryState]:
        """What was begun for this caller, unless that is not new enough; else a flight."""
        begun = None if anew else state.asked
        return self._flight(question, since) if begun is None else begun

    def _flight(self, question: Question, since: datetime) -> asyncio.Task[EntryState]:
        flight = self._flights.get(question)
        if flight is None:
            # An empty context: the first caller's deadline must not end what others wait for.
            flight = asyncio.create_task(
                self._refresh(question, since), context=contextvars.Context()
            )
            self._flights[question] = flight
            flight.add_done_callback(lambda _: self._flights.pop(question, None))
        return flight

    async def _refresh(self, question: Question, since: datetime) -> EntryState:
        try:
            return await self._ask_or_wait(question, since)
        except Exception as error:
            # The database failed, not the register: those who wait keep what they had.
            log.error("refresh failed: %s", where(error), extra={"subject": question.subject.value})
            return EntryState()

    async def _ask_or_wait(self, question: Question, since: datetime) -> EntryState:
        lease, now = new_id(), self.clock()
        claim = {
            **_keys(question),
            "lease_id": lease,
            "lease_until": now + LEASE,
            "now": now,
            "fresh_since": since,
        }
        claimed = await self.db.write(CLAIM, claim)
        if not claimed:
            return await self._wait_for_the_other(question)
        return await self._ask(Lease(question, lease, claimed[0]), since)

    async def _ask(self, lease: Lease, since: datetime) -> EntryState:
        try:
            write = await self.writer.ask(lease.question, self.police)
            noted = await write(lease, self.clock())
        except UpstreamUnavailable as failure:
            return await self._note_failure(lease, failure)
        except Exception:
            await self._note_failure(lease, UpstreamUnavailable(UpstreamReason.BROKEN_ANSWER))
            raise
        if not noted:
            # The lease is lost: somebody else asks, or what came back is too old to be written.
            return await self._ask_or_wait(lease.question, since)
        return EntryState(*noted[0])

    async def _note_failure(self, lease: Lease, failure: UpstreamUnavailable) -> EntryState:
        now = self.clock()
        values = {**lease.keys, "failed_at": now, "failure": failure.reason.value}
        await self.db.write(FAILED, values)
        return EntryState(lease.before.fetched_at, now)

    async def _wait_for_the_other(self, question: Question) -> EntryState:
        """Another process asks, or has just been answered: read its outcome."""
        while True:
            async with self.db.read() as connection:
                entry = (await connection.execute(ENTRY, _keys(question))).mappings().one()
            if entry["lease_until"] is None or entry["lease_until"] < self.clock():
                return EntryState(entry["fetched_at"], entry["failed_at"])
            await asyncio.sleep(POLL_SECONDS)


def _is_answered(state: EntryState, since: datetime) -> bool:
    return state.fetched_at is not None and state.fetched_at >= since


def _is_resting(state: EntryState, now: datetime) -> bool:
    return (
        state.failed_at is not None
        and (state.fetched_at is None or state.failed_at > state.fetched_at)
        and now - state.failed_at < REST_AFTER_FAILURE
    )


def _is_due(state: EntryState, since: datetime, now: datetime) -> bool:
    """Whether the register is to be asked."""
    return not _is_answered(state, since) and not _is_resting(state, now)


def _is_over(flight: asyncio.Task[EntryState]) -> bool:
    return flight.done() and not flight.cancelled()


def _keys(question: Question) -> dict[str, Any]:
    return {"subject": question.subject.value, "key": question.key}
