"""The finance desk: everything that officers with the role finance (对账岗) can ask for."""

import strawberry

from resolvers.context import Info
from resolvers.discrepancy import DiscrepancyFields
from resolvers.finance_payments import PaymentFields
from resolvers.reconciliation import ReconciliationFields
from resolvers.settlement_statement import StatementFields
from resolvers.task import TaskFields
from services.access import FINANCE, require_officer


@strawberry.type(description="The finance desk (对账). Nothing of it is personal.")
class Finance(PaymentFields, TaskFields, DiscrepancyFields, ReconciliationFields, StatementFields):
    pass


@strawberry.type
class FinanceQueries:
    @strawberry.field(
        description="The finance desk, for officers with the role finance. UNAUTHENTICATED for"
        " anonymous callers, FORBIDDEN for everybody else."
    )
    def finance(self, info: Info) -> Finance:
        require_officer(info.context.principal, FINANCE)
        return Finance()
