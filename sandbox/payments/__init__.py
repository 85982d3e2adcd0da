"""What the simulated payment channels share: the till, the postman, the cashier, their control."""

from sandbox.payments.bill_changes import BillChanges, Change, Kinds
from sandbox.payments.bill_control import bill_changing
from sandbox.payments.bill_days import DAY, day_of, moved_on, noon_of, start_of
from sandbox.payments.cashier import add_cashier
from sandbox.payments.channel import Bill, BillState, NotPayable, PaymentTrades
from sandbox.payments.control import add_payment_control
from sandbox.payments.past_trades import PastTrade, add_past_trades
from sandbox.payments.postman import Letter, Postman
from sandbox.payments.till import Moved, Till
from sandbox.payments.trouble import (
    GENUINE,
    NO_TROUBLE,
    NOTICE,
    NOTICE_SCENARIOS,
    Tampering,
    Trouble,
    trouble_of,
)

__all__ = [
    "DAY",
    "GENUINE",
    "NOTICE",
    "NOTICE_SCENARIOS",
    "NO_TROUBLE",
    "Bill",
    "BillChanges",
    "BillState",
    "Change",
    "Kinds",
    "Letter",
    "Moved",
    "NotPayable",
    "PastTrade",
    "PaymentTrades",
    "Postman",
    "Tampering",
    "Till",
    "Trouble",
    "add_cashier",
    "add_past_trades",
    "add_payment_control",
    "bill_changing",
    "day_of",
    "moved_on",
    "noon_of",
    "start_of",
    "trouble_of",
]
