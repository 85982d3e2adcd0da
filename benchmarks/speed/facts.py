"""Makes the facts in one database, and carries them over into Clearway's tables in another."""

import hashlib
import time
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from benchmarks.speed.cluster import Cluster
from benchmarks.speed.people import Size, citizen_id, identity_number_of, name_of
from benchmarks.speed.places import SQL
from domain.codes import load_codes
from domain.masking import mask_number
from models.vault import Vault
from runtime.keys import data_key
from runtime.migrations import migrate
from runtime.settings import Settings

Connection = psycopg.Connection[tuple[Any, ...]]

CODES = ("1039", "1208", "1301", "1303", "1344", "1345", "1625")
# Of the day: every code's text is the same over all the days of the facts.
DAY = date(2026, 5, 1)
TABLES = ("vehicles", "vehicle_bindings", "licences", "violations", "mirror_entries")
PLATE_TYPES = {"CAR": "02", "TRUCK": "01", "BUS": "01", "MOTORCYCLE": "07"}


@dataclass(frozen=True, slots=True)
class Facts:
    """One set of facts: the peers' database and Clearway's."""

    name: str
    size: Size

    @property
    def peers(self) -> str:
        """The database with the peers' tables in the schema app."""
        return f"peers_{self.name}"

    @property
    def clearway(self) -> str:
        """The database with Clearway's tables."""
        return f"clearway_{self.name}"


def ensure(cluster: Cluster, facts: Facts, settings: Settings, *, keep_peers: bool = True) -> float:
    """Load the facts unless they are there already; the seconds it took."""
    began = time.perf_counter()
    mark = _fingerprint(facts, settings)
    needed = [facts.clearway, facts.peers] if keep_peers else [facts.clearway]
    if any(cluster.comment(database) != mark for database in needed):
        _load(cluster, facts, settings)
        if not keep_peers:
            cluster.drop(facts.peers)
        for database in needed:
            cluster.set_comment(database, mark)
    return time.perf_counter() - began


def migrated(cluster: Cluster, database: str) -> None:
    """Make a database with Clearway's tables, all of them empty."""
    cluster.create(database)
    migrate(cluster.url(database).replace("postgresql://", "postgresql+psycopg://", 1))


def freshen(cluster: Cluster, facts: Facts, settings: Settings) -> None:
    """Let the mirror have heard of the three cohorts just now: what is measured is a fresh read."""
    vault = Vault(data_key(settings))
    people = range(1, 1 + 3 * facts.size.cohort)
    digests = [vault.digest(identity_number_of(user_id)) for user_id in people]
    with cluster.connect(facts.clearway) as connection:
        connection.execute(
            """UPDATE mirror_entries SET fetched_at = now() WHERE key = ANY(%s) OR key IN
               (SELECT plate_key FROM vehicle_bindings WHERE owner_digest = ANY(%s))""",
            [[digest.hex() for digest in digests], digests],
        )


def _load(cluster: Cluster, facts: Facts, settings: Settings) -> None:
    vault = Vault(data_key(settings))
    cluster.create(facts.peers)
    with cluster.connect(facts.peers) as connection:
        _generate(connection, facts.size)
        _bridge(connection, facts.size, vault, settings)
        _carry_over(cluster, connection, facts)


def _generate(connection: Connection, size: Size) -> None:
    codes = load_codes("50")
    connection.execute("CREATE SCHEMA facts")
    connection.execute("CREATE TABLE facts.acts (place int, code text, description text)")
    for place, code in enumerate(CODES):
        row = codes.find(code, DAY)
        values = [place, code, row.description if row else code]
        connection.execute("INSERT INTO facts.acts VALUES (%s, %s, %s)", values)
    for name, value in (("users", size.users), ("cohort", size.cohort)):
        connection.execute("SELECT set_config(%s, %s, false)", [f"facts.{name}", str(value)])
    connection.execute(_script(SQL / "facts.sql"))
    connection.execute("VACUUM ANALYZE")


def _bridge(connection: Connection, size: Size, vault: Vault, settings: Settings) -> None:
    connection.execute(_script(SQL / "bridge.sql"))
    people = (_person(user_id, vault, settings) for user_id in range(1, size.users + 1))
    _copy_rows(connection, "COPY bridge.people FROM STDIN", people)
    plates = connection.execute("SELECT id, plate, type::text FROM app.vehicles").fetchall()
    cars = (_car(key, f"{PLATE_TYPES[kind]}:{plate}", vault) for key, plate, kind in plates)
    _copy_rows(connection, "COPY bridge.cars FROM STDIN", cars)
    connection.execute("ANALYZE bridge.people, bridge.cars")


def _person(user_id: int, vault: Vault, settings: Settings) -> tuple[Any, ...]:
    number = identity_number_of(user_id)
    digest = vault.digest(number)
    secrets = {"identity_number": number, "file_number": None, "name": name_of(user_id)}
    sealed = vault.seal(secrets, belongs_to=digest.hex())
    return user_id, citizen_id(settings, str(user_id)), digest, mask_number(number), sealed


def _car(key: int, plate_key: str, vault: Vault) -> tuple[Any, ...]:
    vin = f"LS5A2ABE{key:09d}"
    sealed = vault.seal({"vin": vin, "engine_number": f"E{key:07d}"}, belongs_to=plate_key)
    return key, plate_key, vault.digest(vin), sealed


def _copy_rows(
    connection: Connection, statement: LiteralString, rows: Iterable[tuple[Any, ...]]
) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _carry_over(cluster: Cluster, source: Connection, facts: Facts) -> None:
    migrated(cluster, facts.clearway)
    with cluster.connect(facts.clearway) as target:
        for table in TABLES:
            _carry(source, target, table)
        target.execute("VACUUM ANALYZE")


def _carry(source: Connection, target: Connection, table: str) -> None:
    """Stream what a query finds into the table it is named after."""
    query = _script(SQL / "clearway" / f"{table}.sql")
    described = source.execute(sql.SQL("SELECT * FROM ({}) AS q LIMIT 0").format(query)).description
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in described or ())
    out = sql.SQL("COPY ({}) TO STDOUT").format(query)
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    with (
        source.cursor().copy(out) as reading,
        target.cursor().copy(into) as writing,
    ):
        for block in reading:
            writing.write(block)


def _script(file: Path) -> sql.SQL:
    return sql.SQL(file.read_text(encoding="utf-8"))


def _fingerprint(facts: Facts, settings: Settings) -> str:
    """What the rows depend on: the statements, the size, the keys, and the tables themselves."""
    digest = hashlib.sha256(repr(astuple(facts)).encode() + data_key(settings))
    revisions = SQL.parents[2] / "alembic" / "versions"
    files = [*SQL.rglob("*.sql"), *revisions.glob("*.py"), Path(__file__)]
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()
