"""What a resolver can reach: the services, who is calling, and this request's batches."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from domain.codes import CodeTable
from domain.failures import UpstreamUnavailable
from domain.principals import Citizen, Principal
from domain.texts import Language
from domain.times import Clock
from resolvers.settled import Settled, made, settled
from services.acceptance import AcceptanceService
from services.binding import BindingService
from services.decision_texts import DecisionTextService
from services.eligibility import EligibilityService
from services.evidence import EvidenceService
from services.garage import Garage, GarageService
from services.holdings import Holdings
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
from services.violation_pages import SeenViolation
from services.violations import ViolationService

Value = TypeVar("Value")

# Fields for which the citizen's vehicles have to be known.
OF_VEHICLES = frozenset({"vehicles", "violations"})


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
    _holdings: Awaitable[Holdings] | None = None
    _garage: Awaitable[Garage] | None = None
    _licence: Awaitable[HeldLicence | None] | None = None
    _violations: DataLoader[UUID, Any] | None = None
    _known: dict[Hashable, asyncio.Future[Any]] = field(default_factory=dict)

    def now(self) -> datetime:
        """The instant of this moment, from the injected clock."""
        return self.services.clock()

    def speak_for(self, principal: Principal) -> None:
        """From here on the request is somebody else's: of whom it has just signed in."""
        self.principal = principal
        self._holdings = self._garage = self._licence = None
        self._violations = None
        self._known.clear()

    async def holdings(self) -> Holdings:
        """What is known of the citizen's vehicles and licence, looked up once for the request."""
        if self._holdings is None:
            self._holdings = asyncio.ensure_future(self.services.garage.holdings(self.principal))
        return await self._holdings

    async def look_ahead(self, names: frozenset[str]) -> None:
        """
        Look up at once what fields of these names will need, as far as nobody has to be asked.

        What fails here fails again, for the field that needs it.
        """
        principal = self.principal
        if not isinstance(principal, Citizen) or principal.identity_number is None:
            return
        if self._holdings is not None or not names & OF_VEHICLES:
            return
        services = self.services
        looked_up = self._holdings = await settled(services.garage.holdings(principal))
        holdings = looked_up.value
        if holdings is None:
            return
        if "licence" in names:
            age = services.licences.age(holdings)
            if age is None:
                services.garage.begin(holdings, licence=True)
            else:
                self._licence = made(partial(services.licences.shown, principal, holdings, age))
        garage = services.garage.known(holdings)
        if garage is not None:
            self._garage = Settled(garage)

    async def begin(self, *, lists: slice, decisions: bool = False) -> None:
        """Ask for violations at the same time as for the vehicles, if they have to be asked for."""
        if self._garage is None:
            holdings = await self.holdings()
            self.services.garage.begin(holdings, lists=lists, decisions=decisions)

    async def garage(self) -> Garage:
        """The citizen's vehicles, looked up once for the whole request."""
        if self._garage is None:
            self._garage = asyncio.ensure_future(self._look_up_garage())
        return await self._garage

    async def licence(self) -> HeldLicence | None:
        """
        The citizen's licence, looked up once for the whole request.

        :raises UpstreamUnavailable: if it is not known
        """
        if self._licence is None:
            self._licence = asyncio.ensure_future(self._look_up_licence())
        return await self._licence

    async def licence_or_failure(self) -> HeldLicence | UpstreamUnavailable | None:
        """The citizen's licence, or why it is not known."""
        try:
            return await self.licence()
        except UpstreamUnavailable as failure:
            return failure

    async def violation(self, key: UUID) -> SeenViolation | None:
        """
        A violation of the citizen; all that are asked for at the same moment in one statement.

        :raises UpstreamUnavailable: if it can no longer be shown
        """
        if self._violations is None:
            self._violations = DataLoader(load_fn=self._find, cache=False)
        found: SeenViolation | None = await self._violations.load(key)
        return found

    async def once(self, key: Hashable, look_up: Callable[[], Awaitable[Value]]) -> Value:
        """What several fields need is looked up once for the whole request, by the first."""
        if key not in self._known:
            self._known[key] = asyncio.ensure_future(look_up())
        value: Value = await self._known[key]
        return value

    async def _look_up_garage(self) -> Garage:
        return await self.services.garage.of(self.principal, await self.holdings())

    async def _look_up_licence(self) -> HeldLicence | None:
        # Alone it is a smaller statement.
        holdings = await self._holdings if self._holdings is not None else None
        return await self.services.licences.of(self.principal, holdings)

    async def _find(self, keys: list[UUID]) -> Sequence[SeenViolation | UpstreamUnavailable | None]:
        found = await self.services.violations.find(self.principal, await self.garage(), keys)
        return [found.get(key) for key in keys]


Info = strawberry.Info[Context, None]
