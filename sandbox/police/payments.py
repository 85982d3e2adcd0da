"""A payment as the register is told of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Payment:
    """One decision that was paid. Amounts in yuan; `serial` is the payer's side's own number."""

    decision: str
    on: date
    fine: Decimal
    surcharge: Decimal
    total: Decimal
    serial: str
    receipt: str

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "Payment":
        """
        Read the node of a payment result.

        :raises ValueError: for a day or an amount that is none
        """
        return cls(
            decision=values.get("jdsbh", ""),
            on=date.fromisoformat(values.get("jkrq", "")),
            fine=_amount(values.get("fkje", "")),
            surcharge=_amount(values.get("znj", "")),
            total=_amount(values.get("jkje", "")),
            serial=values.get("yhlsh", ""),
            receipt=values.get("fksjbh", ""),
        )


def _amount(text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise ValueError("not an amount in yuan")
    return Decimal(text)
