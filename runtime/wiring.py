"""The composition root: the only place where gateways, database and services are built."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from domain.codes import CodeTable, load_codes
from domain.freshness import AgePolicy
from domain.ids import new_id
from domain.sessions import RefreshTokens
from domain.times import Clock, utc_now
from gateways.police_records import PoliceRecords
from gateways.police_writes import PoliceWrites
from models.database import Database
from models.vault import Vault
from resolvers.context import Services
from runtime.accepting import build_accepting
from runtime.crashing import crash_when
from runtime.ground import Ground
from runtime.keys import data_key
from runtime.paying import Paying, build_paying
from runtime.platforms import Platforms, open_platforms
from runtime.police import open_police
from runtime.queue import QueueWake, queue_app
from runtime.reconciling import open_reconciliation
from runtime.rulebooks import calendar_of, rulebook_of
from runtime.settings import Settings
from services.acceptance import AcceptanceService
from services.access_tokens import AccessTokens, SealedIdentities, Sign, nobody_signs
from services.accounts import Accounts
from services.binding import BindingLimits, BindingService
from services.decision_texts import DecisionTextService
from services.due_work import Chores
from services.evidence import EvidenceService
from services.housekeeping import Housekeeping
from services.identities import Identities
from services.law import LawService
from services.mirror import Mirror
from services.mirror_writes import MirrorWriter
from services.receipt_pdf import Letterhead
from services.receipt_tokens import NO_TOKENS, ReceiptTokens
from services.receipts import ReceiptService
from services.reconciliation.service import Reconciliation
from services.reconciliation_views import ReconciliationViews
from services.revocations import Revocations
from services.session_ends import SessionEnds
from services.sessions import SessionService
from services.settlement_statements import SettlementStatements
from services.sign_in import SignInService
from services.statements import StatementService
from services.task_desk import TaskDesk
from services.tickets import Tickets
from services.verification import VerificationService
from services.violations import ViolationService
from services.wakes import Errand


@dataclass(frozen=True, slots=True)
class Running:
    """What is open: the services for the doors, the rest for checks and shutdown."""

    services: Services
    db: Database
    police: PoliceRecords
    mirror: Mirror
    revocations: Revocations
    identities: SealedIdentities
    paying: Paying
    reconciliation: Reconciliation
    chores: Chores
    housekeeping: Housekeeping


@asynccontextmanager
async def open_services(
    settings: Settings,
    database_url: str,
    sign: Sign = nobody_signs,
    receipt_tokens: ReceiptTokens = NO_TOKENS,
    *,
    clock: Clock = utc_now,
) -> AsyncIterator[Running]:
    """Build everything below the doors, for as long as the block lasts. `sign` signs our tokens."""
    async with AsyncExitStack() as stack:
        db = Database(database_url, pool_size=settings.database_pool_size)
        stack.push_async_callback(db.close)
        ground = Ground(
            settings,
            clock,
            Vault(data_key(settings)),
            db,
            QueueWake(queue_app(database_url)),
            crash_when(settings.crash_at),
        )
        platforms = await stack.enter_async_context(open_platforms(settings, clock))
        police = await stack.enter_async_context(open_police(ground))
        # After the register, so that it is closed before: both share its places.
        writes = await stack.enter_async_context(PoliceWrites.open(police.calls))
        codes = load_codes(settings.province)
        mirror = _mirror(ground, police, codes)
        stack.push_async_callback(mirror.close)
        revocations = Revocations(db, clock)
        await stack.enter_async_context(revocations.kept_fresh())
        law = LawService(rulebook_of(settings), calendar_of(settings), codes, clock)
        violations = ViolationService(db, ground.vault, mirror, _ages(settings), clock)
        paying = build_paying(ground, platforms, writes, violations, law)
        reconciliation = await stack.enter_async_context(
            open_reconciliation(ground, database_url, platforms, police, paying)
        )
        accepting = build_accepting(ground, police, writes, mirror, violations, law)
        yield Running(
            _services(
                ground,
                police,
                mirror,
                platforms,
                sign,
                receipt_tokens,
                law,
                violations,
                paying,
                accepting,
            ),
            db,
            police,
            mirror,
            revocations,
            SealedIdentities(ground.vault),
            paying,
            reconciliation,
            Chores(
                {
                    Errand.PAYMENT: paying.checks,
                    Errand.WRITE_BACK: paying.write_backs,
                    Errand.REFUND: paying.refund_checks,
                },
                (accepting.writes, paying.annulled),
            ),
            Housekeeping(db, clock),
        )


def _mirror(ground: Ground, police: PoliceRecords, codes: CodeTable) -> Mirror:
    settings = ground.settings
    return Mirror(
        ground.db,
        police,
        MirrorWriter(ground.db, ground.vault, codes, settings.district_prefix, new_id),
        ground.clock,
        _ages(settings),
        patience=settings.mirror_patience_seconds,
        timeout=settings.request_deadline_seconds - 0.5,
    )


def _services(
    ground: Ground,
    police: PoliceRecords,
    mirror: Mirror,
    platforms: Platforms,
    sign: Sign,
    receipt_tokens: ReceiptTokens,
    law: LawService,
    violations: ViolationService,
    paying: Paying,
    accepting: AcceptanceService,
) -> Services:
    settings, db, vault, clock = ground.settings, ground.db, ground.vault, ground.clock
    limits = BindingLimits(
        settings.wrong_bindings_per_citizen,
        settings.wrong_bindings_per_plate,
        settings.vehicles_per_citizen,
    )
    access_tokens = AccessTokens(
        sign,
        vault,
        clock,
        issuer=settings.own_issuer,
        audience=settings.citizen_audience,
        life=timedelta(seconds=settings.access_token_seconds),
        new_id=new_id,
    )
    accounts = Accounts(vault, new_id)
    refresh_tokens = RefreshTokens(vault.derive("refresh token"))
    ends = SessionEnds(access_tokens, clock)
    sign_in = SignInService(
        db,
        platforms.sign_in,
        accounts,
        access_tokens,
        refresh_tokens,
        ends,
        clock,
        new_id,
        timedelta(days=settings.session_days),
    )
    longest = timedelta(seconds=settings.longest_token_life)
    return Services(
        garage=accepting.previews.garages,
        binding=BindingService(db, vault, mirror, clock, new_id, limits),
        violations=violations,
        licences=accepting.previews.licences,
        evidence=EvidenceService(police, Tickets(vault.derive("evidence"), "evidence", clock)),
        sign_in=sign_in,
        sessions=SessionService(db, ends, access_tokens, refresh_tokens, clock, longest),
        verification=VerificationService(
            db,
            vault,
            platforms.certifier,
            accounts,
            Identities(accounts),
            access_tokens,
            sign_in,
            clock,
            new_id,
            settings.public_url,
        ),
        law=law,
        eligibility=accepting.previews.eligibility,
        acceptances=accepting,
        statements=StatementService(
            db, vault, accepting.previews.garages, violations, law, clock, new_id
        ),
        decision_texts=DecisionTextService(db, vault),
        payments=paying.payments,
        refunds=paying.refunds,
        receipts=ReceiptService(
            db,
            receipt_tokens,
            Letterhead(settings.police_unit_name, settings.public_url),
            Tickets(vault.derive("receipt"), "receipt", clock),
        ),
        task_desk=TaskDesk(db, vault, paying.discrepancies, clock),
        reconciliation_views=ReconciliationViews(db),
        settlement_statements=SettlementStatements(db, clock),
        codes=law.codes,
        clock=clock,
    )


def _ages(settings: Settings) -> AgePolicy:
    return AgePolicy(
        timedelta(seconds=settings.mirror_soft_age_seconds),
        timedelta(seconds=settings.mirror_hard_age_seconds),
    )
