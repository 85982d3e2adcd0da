"""What is done once a day: reconciling with the channels, then telling the treasury."""

from dataclasses import dataclass

from services.reconciliation.service import Reconciliation
from services.settlement_statements import SettlementStatements


@dataclass(frozen=True, slots=True)
class Nightly:
    """Does what is due of it; a night that nobody ran is caught up."""

    reconciliation: Reconciliation
    statements: SettlementStatements

    async def run_due(self) -> None:
        """Reconcile every day that is due, then issue every statement that is."""
        await self.reconciliation.run_due()
        while await self.statements.sweep():
            pass
