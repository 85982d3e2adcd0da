"""`POST /control/bill`: have the bill of a day be wrong."""

from collections.abc import Callable, Sequence
from datetime import date

from sandbox.payments.bill_changes import Change
from sandbox.payments.bill_days import day_of
from sandbox.platforms.control import Wanted


def bill_changing(
    change: Callable[[date, Sequence[Change]], None],
) -> Callable[[Wanted], object]:
    """
    The action `{"day", "change"}`: all that is wrong with the bill of a day; with none it is right.

    Lines count from 1 in the bill as it would be without changes, however many changes there are;
    several changes of one line are made in their order. `{"what": "drop", "line"}`,
    `{"what": "duplicate", "line"}`, `{"what": "amount", "line", "fen"}`,
    `{"what": "fee", "line", "fen"}`, `{"what": "time", "line", "seconds"}`,
    `{"what": "shift", "line", "by"?}`: it is in the bill of the next day, or with -1 of the day
    before. `{"what": "add", "outTradeNo", "fen", "refundNumber"?}`: a payment at noon, or a refund.

    Of WeChat Pay's also `{"what": "merchant", "line"}` and
    `{"what": "currency", "line", "currency"}`. Of the file: `{"what"}` of totals, truncated,
    encoding; of Alipay's merchant, of WeChat Pay's hash.
    """

    def act(wanted: Wanted) -> object:
        day, changes = day_of(wanted.get("day")), wanted.get("change", [])
        if not isinstance(changes, list) or not all(isinstance(one, dict) for one in changes):
            raise ValueError("change must be a list of objects")
        change(day, changes)
        return {"day": f"{day}", "changes": len(changes)}

    return act
