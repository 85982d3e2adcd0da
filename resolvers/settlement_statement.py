"""Daily settlement statements, and what the books say beside them."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from domain import money
from resolvers.channel import Channel
from resolvers.context import Info
from resolvers.values import Agency, Money
from services.statement_views import DayBooks, IssuedStatement, StatedLine


@strawberry.type(
    description="What a statement says of one agency and one day. Amounts may be below zero where"
    " an earlier day is corrected."
)
class SettlementLine:
    of_day: date = strawberry.field(
        description="The day of the books (China). Another than the statement's: a correction of"
        " what was stated of it before."
    )
    agency: Agency | None = strawberry.field(
        description="Who decided; null where nobody knows. The name is the newest we know."
    )
    payments: int = strawberry.field(description="Decisions that were settled.")
    principal: Money = strawberry.field(description="Fines that were settled.")
    surcharge: Money = strawberry.field(description="加处罚款 that was settled.")
    refunds: int = strawberry.field(
        description="Refunds of decisions that were decided on, less those taken back."
    )
    refunded_principal: Money = strawberry.field(description="Fines that go back.")
    refunded_surcharge: Money = strawberry.field(description="加处罚款 that goes back.")
    net: Money = strawberry.field(description="What the treasury gets of it.")

    @classmethod
    def of(cls, line: StatedLine) -> "SettlementLine":
        """A line of a statement."""
        known = line.agency_code or line.agency_name
        return cls(
            of_day=line.of_day,
            agency=Agency(code=line.agency_code or None, name=line.agency_name) if known else None,
            payments=line.payments,
            principal=_money(line.principal_fen),
            surcharge=_money(line.surcharge_fen),
            refunds=line.refunds,
            refunded_principal=_money(line.refunded_principal_fen),
            refunded_surcharge=_money(line.refunded_surcharge_fen),
            net=_money(line.net_fen),
        )


@strawberry.type(
    description="A day of a channel as the ledger has it by now. What is booked after the statement"
    " was issued is a correction in the next one."
)
class DayOfBooks:
    settled: Money = strawberry.field(description="Came in and settled fines.")
    into_suspense: Money = strawberry.field(description="Came in and settled nothing.")
    paid_out: Money = strawberry.field(description="Given back by the channel.")
    out_of_suspense: Money = strawberry.field(
        description="Left suspense to be given back, less what was taken back."
    )
    fees: Money = strawberry.field(description="Kept by the channel; below zero if it gave back.")
    discrepancies: Money = strawberry.field(
        description="What bills say and nobody can explain, less what was explained."
    )
    clearing: Money = strawberry.field(
        description="Movement of the channel's clearing account: settled, into suspense and"
        " discrepancies, less paid out and fees."
    )
    treasury: Money = strawberry.field(description="What the treasury gets of the day.")
    stated: Money = strawberry.field(
        description="What all statements so far say of the day, corrections with it."
    )
    ties: bool = strawberry.field(
        description="Whether statements and books are the same to the fen, and the parts are the"
        " whole. False after the statement: booked since, and in the next statement."
    )

    @classmethod
    def of(cls, books: DayBooks) -> "DayOfBooks":
        """The day as the service found it."""
        return cls(
            settled=_money(books.settled),
            into_suspense=_money(books.into_suspense),
            paid_out=_money(books.paid_out),
            out_of_suspense=_money(books.out_of_suspense),
            fees=_money(books.fees),
            discrepancies=_money(books.discrepancies),
            clearing=_money(books.clearing),
            treasury=_money(books.treasury),
            stated=_money(books.stated),
            ties=books.ties,
        )


def _money(fen: int) -> Money:
    return Money.sure(money.Money(fen))


@strawberry.type(description="What a channel settled on a day, by agency (日结算). Never changes.")
class SettlementStatement:
    channel: Channel = strawberry.field(description="Through whom.")
    day: date = strawberry.field(description="The legal day (China).")
    issued_at: datetime = strawberry.field(description="When it was issued.")
    lines: list[SettlementLine] = strawberry.field(
        description="By day of the books and agency; corrections of earlier days come first."
    )
    net: Money = strawberry.field(description="What the treasury gets of all lines.")

    @strawberry.field(description="The day in the books by now, to compare with.")
    async def books(self, info: Info) -> DayOfBooks:
        statements = info.context.services.settlement_statements
        found = await statements.books_of(info.context.principal, self.channel, self.day)
        return DayOfBooks.of(found)

    @classmethod
    def of(cls, issued: IssuedStatement) -> "SettlementStatement":
        """A statement as the service found it."""
        return cls(
            channel=issued.channel,
            day=issued.day,
            issued_at=issued.issued_at,
            lines=[SettlementLine.of(line) for line in issued.lines],
            net=_money(sum(line.net_fen for line in issued.lines)),
        )


@strawberry.type
class StatementFields:
    @strawberry.field(
        description="The settlement statement of a day; null before it is issued. It is, after the"
        " day's reconciliation, or a day late without it."
    )
    async def settlement_statement(
        self,
        info: Info,
        channel: Annotated[Channel, strawberry.argument(description="Through whom.")],
        day: Annotated[date, strawberry.argument(description="The legal day (China).")],
    ) -> SettlementStatement | None:
        statements = info.context.services.settlement_statements
        issued = await statements.of(info.context.principal, channel, day)
        return SettlementStatement.of(issued) if issued is not None else None
