"""The composition root: the only place where gateways, database and services are built."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from domain.codes import load_codes
from domain.freshness import AgePolicy
from domain.ids import new_id
from domain.times import Clock, utc_now
from gateways.police_records import PoliceRecords
from gateways.police_wire import INTERFACES, NODES, PoliceWire
from models.database import Database
from models.vault import Vault
from resolvers.context import Services
from runtime.keys import data_key
from runtime.settings import Settings
from services.binding import BindingLimits, BindingService
from services.evidence import EvidenceService
from services.garage import GarageService
from services.licences import LicenceService
from services.mirror import Mirror
from services.mirror_writes import MirrorWriter
from services.quotas import QuotaService
from services.violations import ViolationService

# A first look at twenty vehicles queues for places and turns; the mirror bounds the whole wait.
PLACE_WAIT_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Running:
    """What is open: the services for the doors, the rest for checks and shutdown."""

    services: Services
    db: Database
    police: PoliceRecords
    mirror: Mirror


def police_wire(settings: Settings) -> PoliceWire:
    """How to reach the police register, from the settings."""
    return PoliceWire(
        url=settings.police_url,
        variant=settings.police_variant,
        serial=settings.police_serial.get_secret_value(),
        scene=settings.police_scene,
        unit_code=settings.police_unit_code,
        unit_name=settings.police_unit_name,
        officer_id=settings.police_officer_id.get_secret_value(),
        officer_name=settings.police_officer_name.get_secret_value(),
        terminal=settings.police_terminal,
        interfaces={**INTERFACES, **settings.police_interfaces},
        nodes={**NODES, **settings.police_nodes},
        timeout_seconds=settings.police_timeout_seconds,
        calls_per_second=settings.police_calls_per_second,
        place_wait_seconds=PLACE_WAIT_SECONDS,
    )


@asynccontextmanager
async def open_services(
    settings: Settings, database_url: str, *, clock: Clock = utc_now
) -> AsyncIterator[Running]:
    """Build everything below the doors, for as long as the block lasts."""
    key = data_key(settings)
    vault = Vault(key)
    db = Database(database_url, pool_size=settings.database_pool_size)
    quota = QuotaService(db, clock, settings.police_daily_quota)
    ages = AgePolicy(
        timedelta(seconds=settings.mirror_soft_age_seconds),
        timedelta(seconds=settings.mirror_hard_age_seconds),
    )
    codes = load_codes(settings.province)
    try:
        async with PoliceRecords.open(
            police_wire(settings),
            take_quota=quota.take,
            quota_exhausted=quota.exhausted,
            clock=clock,
        ) as police:
            writer = MirrorWriter(vault, codes, settings.district_prefix, new_id)
            mirror = Mirror(
                db,
                police,
                writer,
                clock,
                ages,
                patience=settings.mirror_patience_seconds,
                timeout=settings.request_deadline_seconds - 0.5,
            )
            limits = BindingLimits(
                settings.wrong_bindings_per_citizen,
                settings.wrong_bindings_per_plate,
                settings.vehicles_per_citizen,
            )
            services = Services(
                garage=GarageService(db, vault, mirror, clock),
                binding=BindingService(db, vault, mirror, clock, new_id, limits),
                violations=ViolationService(db, vault, mirror, ages, clock),
                licences=LicenceService(db, vault, mirror, clock),
                evidence=EvidenceService(police, vault.derive("evidence"), clock),
                codes=codes,
                clock=clock,
            )
            try:
                yield Running(services, db, police, mirror)
            finally:
                await mirror.close()
    finally:
        await db.close()
