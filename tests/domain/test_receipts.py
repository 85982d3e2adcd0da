"""What a receipt claims, and what it is worth later."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.money import Money
from domain.receipts import Receipt, ReceiptStatus, standing
from tests.receipts.kit import ISSUER, claims, receipt


def test_the_claims_of_a_receipt() -> None:
    assert receipt(2).claims(ISSUER) == {
        "iss": "urn:clearway",
        "num": "CW20261122A7K3M9PQ4T2X",
        "amt": 40600,
        "cur": "CNY",
        "at": 1795321805,
        "ch": "alipay",
        "dec": [["500100110000000", 20000, 0], ["5001011100000018", 20000, 600]],
    }
    assert datetime.fromtimestamp(1795321805, UTC) == receipt().paid_at


@pytest.mark.parametrize("decisions", [1, 2, 20])
def test_they_are_read_back(decisions: int) -> None:
    issued = receipt(decisions)

    read = Receipt.of_claims(issued.claims(ISSUER))

    assert read.agrees_with(issued)
    assert (read.paid_at, read.channel, read.amount) == (
        issued.paid_at,
        issued.channel,
        issued.amount,
    )
    assert [line.number for line in read.lines] == [line.number for line in issued.lines]


LINE = ["500100110000000", 20000, 0]
WRONG: dict[str, dict[str, Any]] = {
    "one claim less": {"at": None},
    "one claim more": {"name": "张三"},
    "another currency": {"cur": "USD"},
    "no issuer": {"iss": ""},
    "issuer is no text": {"iss": ["urn:clearway"]},
    "long issuer": {"iss": "x" * 256},
    "line break": {"num": "CW1\nGENUINE"},
    "turned text": {"num": "CW1\u202e"},
    "number is a number": {"num": 1},
    "unknown channel": {"ch": "unionpay"},
    "amount is text": {"amt": "20000"},
    "amount is true": {"amt": True, "dec": [["5", 1, 0]]},
    "amount is a float": {"amt": 20000.0},
    "nothing paid": {"amt": 0, "dec": [["5", 0, 0]]},
    "another sum": {"amt": 20001},
    "less than nothing": {"amt": 20000, "dec": [["5", 20001, -1]]},
    "too much": {"amt": 2**53 + 1, "dec": [["5", 2**53 + 1, 0]]},
    "before there was time": {"at": -1},
    "after all time": {"at": 253_402_300_800},
    "half a second": {"at": 1.5},
    "no decision": {"dec": []},
    "decisions are an object": {"dec": {"0": LINE}},
    "decisions are text": {"dec": "abc"},
    "decision is text": {"dec": ["abc"]},
    "decision without surcharge": {"dec": [["500100110000000", 20000]]},
    "decision with more": {"dec": [[*LINE, 0]]},
    "decision without number": {"dec": [[None, 20000, 0]]},
    "deep": {"dec": [[LINE, 20000, 0]]},
}


@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG.keys())
def test_what_is_no_receipt(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^(not|the parts|'unionpay')"):
        Receipt.of_claims(claims(**changed))


def test_receipts_that_disagree() -> None:
    one = receipt(2)
    first, second = one.lines
    dearer = replace(second, principal=Money(20001))

    assert one.agrees_with(replace(one))
    assert not one.agrees_with(replace(one, number="CW2"))
    assert not one.agrees_with(replace(one, amount=Money(1)))
    assert not one.agrees_with(replace(one, lines=(first,)))
    assert not one.agrees_with(replace(one, lines=(second, first)))
    assert not one.agrees_with(replace(one, lines=(first, dearer)))
    assert not one.agrees_with(replace(one, lines=(first, replace(second, check_character="1"))))


PAID = [Money(20000), Money(5900)]


@pytest.mark.parametrize(
    ("back", "annulled", "worth"),
    [
        ([0, 0], [False, False], ReceiptStatus.VALID),
        ([0, 0], [None, None], ReceiptStatus.VALID),
        ([0, 0], [None, True], ReceiptStatus.ANNULLED),
        ([0, 5900], [False, False], ReceiptStatus.PARTLY_REFUNDED),
        ([0, 5900], [False, True], ReceiptStatus.PARTLY_REFUNDED),
        ([1, 0], [False, False], ReceiptStatus.PARTLY_REFUNDED),
        ([19999, 5900], [False, False], ReceiptStatus.PARTLY_REFUNDED),
        ([20000, 5900], [False, False], ReceiptStatus.REFUNDED),
        ([20000, 5900], [True, True], ReceiptStatus.REFUNDED),
    ],
)
def test_what_a_receipt_is_worth(
    back: list[int], annulled: list[bool | None], worth: ReceiptStatus
) -> None:
    assert standing(PAID, [Money(fen) for fen in back], annulled) is worth
