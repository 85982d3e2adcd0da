"""The police register this deployment is connected with."""

from contextlib import AbstractAsyncContextManager

from gateways.police_records import PoliceRecords
from gateways.police_wire import INTERFACES, NODES, PoliceWire
from runtime.ground import Ground
from runtime.settings import Settings
from services.quotas import QuotaService

# A first look at twenty vehicles queues for places and turns; the mirror bounds the whole wait.
PLACE_WAIT_SECONDS = 3.0


def open_police(ground: Ground) -> AbstractAsyncContextManager[PoliceRecords]:
    """Connect to the register; every call counts against the day's quota."""
    quota = QuotaService(ground.db, ground.clock, ground.settings.police_daily_quota)
    return PoliceRecords.open(
        police_wire(ground.settings),
        take_quota=quota.take,
        quota_exhausted=quota.exhausted,
        clock=ground.clock,
    )


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
