"""Data loaders on the ORM: entities, and one short session for each batch."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, make_url, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import contains_eager
from strawberry.dataloader import DataLoader

from benchmarks.peers.python.surroundings import DATABASE_URL, POOL_SIZE
from benchmarks.peers.python.tables import Licence, User, Vehicle, Violation, ViolationStatus

_URL = make_url(DATABASE_URL).set(drivername="postgresql+asyncpg")
_session = async_sessionmaker(
    create_async_engine(_URL, pool_size=POOL_SIZE, max_overflow=0), expire_on_commit=False
)


@dataclass(frozen=True, slots=True)
class PageKey:
    """The first violations of a vehicle that have a status, the newest first."""

    vehicle_id: int
    first: int
    status: ViolationStatus | None


Page = tuple[list[Violation], int]


@dataclass(frozen=True, slots=True)
class Loaders:
    """Those of one request."""

    vehicles: DataLoader[int, list[Vehicle]]
    licences: DataLoader[int, Licence | None]
    violations: DataLoader[PageKey, Page]


def new_loaders() -> Loaders:
    """Loaders that remember nothing yet."""
    return Loaders(DataLoader(_vehicles), DataLoader(_licences), DataLoader(_violations))


async def load_user(user_id: int) -> User | None:
    """The user of an id."""
    async with _session() as session:
        return await session.get(User, user_id)


async def _vehicles(user_ids: list[int]) -> list[list[Vehicle]]:
    wanted = select(Vehicle).where(Vehicle.user_id.in_(user_ids)).order_by(Vehicle.id)
    found: dict[int, list[Vehicle]] = defaultdict(list)
    async with _session() as session:
        for vehicle in await session.scalars(wanted):
            found[vehicle.user_id].append(vehicle)
    return [found[user_id] for user_id in user_ids]


async def _licences(user_ids: list[int]) -> list[Licence | None]:
    wanted = select(Licence).where(Licence.user_id.in_(user_ids))
    async with _session() as session:
        found = {licence.user_id: licence for licence in await session.scalars(wanted)}
    return [found.get(user_id) for user_id in user_ids]


async def _violations(keys: list[PageKey]) -> list[Page]:
    """One statement for each kind of page."""
    kinds: dict[tuple[int, ViolationStatus | None], list[int]] = defaultdict(list)
    for key in keys:
        kinds[key.first, key.status].append(key.vehicle_id)
    found: dict[PageKey, Page] = {}
    for (first, status), vehicle_ids in kinds.items():
        pages = await _pages(vehicle_ids, first, status)
        for vehicle_id in vehicle_ids:
            found[PageKey(vehicle_id, first, status)] = pages.get(vehicle_id, ([], 0))
    return [found[key] for key in keys]


async def _pages(
    vehicle_ids: list[int], first: int, status: ViolationStatus | None
) -> dict[int, Page]:
    newest = (Violation.occurred_at.desc(), Violation.id.desc())
    of_vehicle = Violation.vehicle_id
    numbered = (
        select(
            Violation.id.label("violation_id"),
            func.row_number().over(partition_by=of_vehicle, order_by=newest).label("rn"),
            func.count().over(partition_by=of_vehicle).label("total"),
        )
        .where(of_vehicle.in_(vehicle_ids), Violation.status == status)
        .subquery()
    )
    wanted = (
        select(Violation, numbered.c.total)
        .join(numbered, numbered.c.violation_id == Violation.id)
        .outerjoin(Violation.decision)
        .options(contains_eager(Violation.decision))
        .where(numbered.c.rn <= first)
        .order_by(of_vehicle, numbered.c.rn)
    )
    pages: dict[int, Page] = {}
    async with _session() as session:
        for violation, total in await session.execute(wanted):
            pages.setdefault(violation.vehicle_id, ([], total))[0].append(violation)
    return pages
