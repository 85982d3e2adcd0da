"""What is written to the police register: that a record is accepted, that a fine is paid."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.money import Money


@dataclass(frozen=True, slots=True)
class AcceptanceOrder:
    """One camera record that a driver accepts (wire: 04C56)."""

    record_number: str
    identity_number: str = field(repr=False)
    file_number: str | None = field(repr=False)
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PaymentReport:
    """
    One decision that has been paid (wire: 04C57). The same again is no harm.

    :ivar decision_number: 15 characters
    :ivar paid_on: legal day in China, by the channel's clock
    :ivar serial: our number of this report; the register knows the payment by it
    """

    decision_number: str
    check_character: str | None
    principal: Money
    surcharge: Money
    paid_on: date
    serial: str


class WriteProblem(StrEnum):
    """Why the register refused to write, as far as its words tell."""

    # No such record or decision; what was decided on the scene may still be on its way.
    NOT_FOUND = "not_found"
    # The record is handled by somebody else, or the decision paid under another serial.
    DONE_OTHERWISE = "done_otherwise"
    OTHER_AMOUNT = "other_amount"
    OTHER = "other"


class WriteRefused(Exception):
    """The register definitely refused; nothing was written. The text is no personal data."""

    def __init__(self, problem: WriteProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem
