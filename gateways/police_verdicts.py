"""What a reply's code and words mean: rows, nothing, done; and trouble, which is none of these."""

import re
from datetime import datetime, timedelta

from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.police_writes import WriteProblem, WriteRefused
from domain.times import legal_day, start_of
from gateways.outcomes import NotDone
from gateways.police_documents import Reply
from gateways.police_wire import Texts
from gateways.xml_repair import Unreadable

OK = (1, 2)  # 2 is "accepted, with a remark"
REFUSAL = 0
TOO_FAST_SECONDS = 1.0


def has_rows_to_read(reply: Reply, texts: Texts, now: datetime, night_seconds: float) -> bool:
    """
    Tell an answer with rows from one that says there are none.

    :raises UpstreamUnavailable: if the register refused or is in trouble
    :raises Unreadable: if the reply contradicts itself
    """
    if reply.code in OK:
        return _ok_has_rows(reply)
    trouble = _trouble(reply.message, texts)
    if trouble is not None:
        raise UpstreamUnavailable(
            trouble,
            retry_after=_retry_after(trouble, now, night_seconds),
            detail=f"code {reply.code}",
        )
    if reply.code != REFUSAL:
        # Negative: their system's or our validation trouble. Nothing else is specified.
        raise Unreadable(f"code {reply.code}")
    if reply.rows or not re.search(texts.absent, reply.message):
        raise UpstreamUnavailable(UpstreamReason.REFUSED, detail="code 0")
    return False


def check_written(reply: Reply, texts: Texts, now: datetime, night_seconds: float) -> None:
    """
    Tell a write that was done from one that was not, and from one of which nobody knows.

    :raises WriteRefused: if the register will not have it
    :raises NotDone: if it was turned away at the door
    :raises Unreadable: if it may have been done
    """
    if reply.code in OK:
        return
    if re.search(texts.doubtful, reply.message):
        raise Unreadable(f"code {reply.code}, doubtful")
    trouble = _trouble(reply.message, texts)
    if trouble is not None:
        raise NotDone(
            trouble,
            retry_after=_retry_after(trouble, now, night_seconds),
            detail=f"code {reply.code}",
        )
    if reply.code != REFUSAL:
        raise Unreadable(f"code {reply.code}")
    raise WriteRefused(_problem(reply.message, texts))


def _problem(message: str, texts: Texts) -> WriteProblem:
    table = (
        (texts.already_handled, WriteProblem.DONE_OTHERWISE),
        (texts.already_paid, WriteProblem.DONE_OTHERWISE),
        (texts.other_amount, WriteProblem.OTHER_AMOUNT),
        (texts.not_found, WriteProblem.NOT_FOUND),
    )
    found = (problem for pattern, problem in table if re.search(pattern, message))
    return next(found, WriteProblem.OTHER)


def _ok_has_rows(reply: Reply) -> bool:
    if reply.has_unknown_rows:
        raise Unreadable("rows of an unknown name")
    if not reply.rows and reply.row_count != 0 and not (reply.row_count is None and reply.has_body):
        raise Unreadable("success without the rows it counts")
    if reply.row_count == 0:
        # Some gateways send an empty row for "none"; a row with a value in it is one all the same.
        return any(text.strip() for row in reply.rows for text in row.values())
    return bool(reply.rows)


def _trouble(message: str, texts: Texts) -> UpstreamReason | None:
    table = (
        (texts.too_fast, UpstreamReason.TOO_MANY_CALLS),
        (texts.over_quota, UpstreamReason.OVER_QUOTA),
        (texts.night, UpstreamReason.CLOSED_FOR_THE_NIGHT),
        (texts.not_authorised, UpstreamReason.NOT_AUTHORISED),
    )
    return next((reason for pattern, reason in table if re.search(pattern, message)), None)


def _retry_after(reason: UpstreamReason, now: datetime, night_seconds: float) -> float | None:
    if reason is UpstreamReason.OVER_QUOTA:
        return seconds_to_midnight(now)
    if reason is UpstreamReason.CLOSED_FOR_THE_NIGHT:
        return night_seconds
    return TOO_FAST_SECONDS if reason is UpstreamReason.TOO_MANY_CALLS else None


def seconds_to_midnight(now: datetime) -> float:
    """Seconds until the next day begins in China, when daily quotas are new."""
    return (start_of(legal_day(now) + timedelta(days=1)) - now).total_seconds()
