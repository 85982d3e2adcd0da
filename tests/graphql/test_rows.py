"""A row that is read past SQLAlchemy is the same violation as one read through it."""

from sqlalchemy import select

from domain.violations import decision_status, is_decided, paid_mark, violation_status
from models.base import table_of
from models.mirror import Violation
from models.reading import array_of
from models.violation_queries import VIOLATIONS_BY_ID
from models.violation_rows import violation_of, violation_of_row
from sandbox.city import City
from tests.graphql.queries import LISTS, bind_all
from tests.stack import Api


async def test_both_ways_of_reading_are_one(api: Api, the_city: City) -> None:
    for person in map(the_city.citizen, range(8)):
        await bind_all(api, person)
        await api.ask(LISTS, person)
        await api.ask("{ viewer { violations { totalCount } } }", person)
    async with api.running.db.read() as connection:
        mapped = (await connection.execute(select(table_of(Violation)))).mappings().all()
    values = {row["id"]: violation_of(row) for row in mapped}

    wanted = {
        "violation_ids": array_of([str(key) for key in values]),
        "plate_keys": array_of([row["plate_key"] for row in mapped if row["plate_key"]]),
        "since": array_of(["1990-01-01T00:00:00+00:00" for row in mapped if row["plate_key"]]),
        "driver_digest": b"",
    }
    rows = await api.running.db.rows(VIOLATIONS_BY_ID, wanted)

    cameras = {key: value for key, value in values.items() if value.capture == "camera"}
    assert len({value.status for value in values.values()}) > 3
    assert {row.id: violation_of_row(row) for row in rows} == cameras
    for row in rows:
        value = values[row.id]
        assert violation_status(row) is value.status
        assert value.status.value == row.status
        assert paid_mark(row) is value.paid
        assert decision_status(row) is value.decision_status
        assert is_decided(row) is value.is_decided
