"""The words of tasks: kinds, outcomes, actions, states."""

from enum import Enum

import strawberry

from domain.tasks import TaskAction, TaskKind, TaskOutcome
from resolvers.described import describe_enum

__all__ = ["TaskAction", "TaskKind", "TaskOutcome", "TaskState"]

describe_enum(
    TaskKind,
    name="TaskKind",
    description="Why people are needed.",
    texts={
        TaskKind.PAYMENT_UNKNOWN: "The channel does not say what became of a payment.",
        TaskKind.PAYMENT_AMOUNT_DIFFERS: "The channel told another amount than the payment's.",
        TaskKind.NOTICE_OF_UNKNOWN_NUMBER: "A genuine notice about a number that is not ours.",
        TaskKind.WRITE_BACK_REFUSED: "The register refuses to be told of a payment.",
        TaskKind.WRITE_BACK_UNKNOWN: "Nobody can tell whether the register knows of a payment.",
        TaskKind.ACCEPTANCE_UNKNOWN: "Nobody can tell whether the register took an acceptance.",
        TaskKind.BOOKS_DIFFER: "The books do not say what the channel or a statement says.",
        TaskKind.REFUND_UNKNOWN: "The channel does not say what became of a refund.",
        TaskKind.REFUND_ABNORMAL: "The payer's account takes no money.",
        TaskKind.REFUND_FAILED: "Money that is the citizen's could not be given back.",
        TaskKind.REFUND_BALANCE: "The merchant's account has not enough for a refund.",
        TaskKind.TREASURY_REFUND: "The money is the treasury's by now (非税退付).",
        TaskKind.REGISTER_SHOWS_PAID: "All was given back; the register still shows it as paid.",
        TaskKind.DISCREPANCY: "Bill, books and register differ: see `discrepancies`.",
        TaskKind.BILL_REFUSED: "A bill cannot be trusted as a whole.",
        TaskKind.BILL_MISSING: "A bill is overdue.",
    },
)
describe_enum(
    TaskOutcome,
    name="TaskOutcome",
    description="What came of a task. Without one it cannot be closed.",
    texts={
        TaskOutcome.DONE: "Done here or elsewhere, as the note says.",
        TaskOutcome.CORRECTED_BY_OTHERS: "The other side has put it right.",
        TaskOutcome.GIVEN_BACK: "The money went back to the payer in another way.",
        TaskOutcome.NOTHING_TO_DO: "It turned out that nothing had to be done.",
    },
)
describe_enum(
    TaskAction,
    name="TaskAction",
    description="What happened to a task.",
    texts={
        TaskAction.OPENED: "The service found that people are needed.",
        TaskAction.TAKEN: "An officer took it.",
        TaskAction.RELEASED: "Its owner left it to others.",
        TaskAction.NOTED: "Its owner wrote something down.",
        TaskAction.CLOSED: "It was closed with an outcome.",
    },
)


@strawberry.enum(description="Whether a task is still to be seen to.")
class TaskState(Enum):
    OPEN = strawberry.enum_value("open", description="Still to be seen to.")
    CLOSED = strawberry.enum_value("closed", description="Closed, with an outcome.")
