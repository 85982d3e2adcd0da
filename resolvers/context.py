"""What a resolver can reach: the services, who is calling, and this request's batches."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import strawberry
from strawberry.dataloader import DataLoader

from domain.codes import CodeTable
from domain.failures import UpstreamUnavailable
from domain.principals import Principal
from domain.texts import Language
from domain.times import Clock
from services.acceptance import AcceptanceService
from services.binding import BindingService
from services.decision_texts import DecisionTextService
from services.eligibility import EligibilityService
from services.evidence import EvidenceService
from services.garage import Garage, GarageService
from services.law import LawService
from services.licences import HeldLicence, LicenceService
from services.payments.service import PaymentService
from services.receipts import ReceiptService
from services.reconciliation_views import ReconciliationViews
from services.refunds.service import RefundService
from services.sessions import SessionService
from services.settlement_statements import SettlementStatements
from services.sign_in import SignInService
from services.statements import StatementService
from services.task_desk import TaskDesk
from services.verification import VerificationService
from services.violations import ViolationService

Parent = TypeVar("Parent")
Value = TypeVar("Value")
Arguments = TypeVar("Arguments", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Services:
    """The use cases. They live as long as the process."""

    garage: GarageService
    binding: BindingService
    violations: ViolationService
    licences: LicenceService
    evidence: EvidenceService
    sign_in: SignInService
    sessions: SessionService
    verification: VerificationService
    law: LawService
    eligibility: EligibilityService
    acceptances: AcceptanceService
    statements: StatementService
    decision_texts: DecisionTextService
    payments: PaymentService
    refunds: RefundService
    receipts: ReceiptService
    task_desk: TaskDesk
    reconciliation_views: ReconciliationViews
    settlement_statements: SettlementStatements
    codes: CodeTable
    clock: Clock


@dataclass(slots=True)
class Context:
    """One request."""

    services: Services
    principal: Principal
    language: Language
    public_url: str
    _garage: "asyncio.Future[Garage] | None" = None
    _licence: "asyncio.Future[HeldLicence | UpstreamUnavailable | None] | None" = None
    _batches: dict[tuple[Any, Any], DataLoader[Any, Any]] = field(default_factory=dict)

    def now(self) -> datetime:
        """The instant of this moment, from the injected clock."""
        return self.services.clock()

    def speak_for(self, principal: Principal) -> None:
        """From here on the request is somebody else's: of whom it has just signed in."""
        self.principal = principal
        self._garage = self._licence = None
        self._batches.clear()

    async def garage(self) -> Garage:
        """The citizen's vehicles, looked up once for the whole request."""
        if self._garage is None:
            self._garage = asyncio.ensure_future(self.services.garage.of(self.principal))
        return await self._garage

    async def licence(self) -> HeldLicence | UpstreamUnavailable | None:
        """The citizen's licence, or why it is not known; looked up once for the whole request."""
        if self._licence is None:
            self._licence = asyncio.ensure_future(
                _or_failure(self.services.licences.of(self.principal))
            )
        return await self._licence

    async def batch(
        self,
        resolve: Callable[
            ["Context", Sequence[Parent], Arguments], Awaitable[Sequence[Value | BaseException]]
        ],
        parent: Parent,
        arguments: Arguments,
    ) -> Value:
        """
        Resolve a field for all parents of a level together.

        `resolve` gets every parent that asks with the same arguments and returns one value or one
        exception for each, in their order.
        """
        key = (resolve, arguments)
        loader = self._batches.get(key)
        if loader is None:

            async def load(parents: list[Parent]) -> Sequence[Value | BaseException]:
                return await resolve(self, parents, arguments)

            loader = self._batches[key] = DataLoader(load_fn=load, cache=False)
        value: Value = await loader.load(parent)
        return value


async def _or_failure(
    found: Awaitable[HeldLicence | None],
) -> HeldLicence | UpstreamUnavailable | None:
    try:
        return await found
    except UpstreamUnavailable as failure:
        return failure


Info = strawberry.Info[Context, None]
