"""Who is measured, and how each is started: as its own documentation says."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from benchmarks.speed.cluster import Cluster
from benchmarks.speed.facts import Facts
from benchmarks.speed.installing import node_program
from benchmarks.speed.people import FIRST
from benchmarks.speed.places import NODE_FOLDER, PEERS, PYTHON, ROOT
from benchmarks.speed.tokens import PUBLIC_KEY
from runtime.settings import PREFIX, Settings

# Nobody listens there: no fact of this benchmark may be asked of the register.
NO_REGISTER = "http://127.0.0.1:9/"


@dataclass(frozen=True, slots=True)
class Contender:
    """A server to be started: `port` is told when it is."""

    name: str
    command: tuple[str, ...]
    body: bytes
    environment: Mapping[str, str] = field(repr=False)
    folder: Path = ROOT

    def variables(self, port: int) -> dict[str, str]:
        """Its environment when it listens on a port."""
        return {**self.environment, "PORT": str(port), f"{PREFIX}PORT": str(port)}

    def words(self, port: int) -> list[str]:
        """Its command line when it listens on a port."""
        return [word.format(port=port) for word in self.command]


def contenders(
    cluster: Cluster, facts: Facts, settings: Settings, tree: Path
) -> dict[str, Contender]:
    """All of them by name; Clearway's code is that of the checkout `tree`."""
    told = {
        "PEERS_DATABASE_URL": cluster.url(facts.peers),
        "PEERS_PUBLIC_KEY": str(PUBLIC_KEY),
        "PEERS_ISSUER": settings.own_issuer,
        "PEERS_AUDIENCE": settings.citizen_audience,
    }
    everyone = (
        clearway(cluster.url(facts.clearway), settings, tree),
        _python("reference", "reference", told),
        _node("mercurius-jit", "mercurius.js", told),
        _node("mercurius-tuned", "mercurius_tuned.js", told),
        _node("apollo", "apollo.js", told),
        _node("postgraphile", "postgraphile.mjs", told, query="query_postgraphile"),
        _python("strawberry-sqlalchemy", "strawberry_sqlalchemy", told),
    )
    return {contender.name: contender for contender in everyone}


def clearway(database_url: str, settings: Settings, tree: Path, **changed: str) -> Contender:
    """The real server with all that protects it; `changed` are settings by their short names."""
    told = {
        "PROFILE": settings.profile.value,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": database_url,
        "GRAPHIQL": "off",
        "POLICE_URL": NO_REGISTER,
        **changed,
    }
    return Contender(
        "clearway",
        (sys.executable, "-m", "cli", "serve"),
        _body("query_clearway"),
        {PREFIX + name: value for name, value in told.items()} | {"PYTHONPATH": str(tree)},
        tree,
    )


def _python(name: str, module: str, told: Mapping[str, str]) -> Contender:
    options = "--host 127.0.0.1 --port {port} --loop uvloop --http httptools --no-access-log"
    command = [str(PYTHON), "-m", "uvicorn", *options.split(), "--log-level", "warning"]
    command.append(f"benchmarks.peers.python.{module}:app")
    return Contender(name, tuple(command), _body("query"), told)


def _node(name: str, script: str, told: Mapping[str, str], query: str = "query") -> Contender:
    environment = {**told, "NODE_ENV": "production", "GRAPHILE_ENV": "production"}
    command = (str(node_program()), str(NODE_FOLDER / script))
    return Contender(name, command, _body(query), environment)


def _body(query: str) -> bytes:
    document = (PEERS / f"{query}.graphql").read_text(encoding="utf-8")
    # Blanks weigh the same for all: clients send documents as they were written.
    return orjson.dumps({"query": document, "variables": {"first": FIRST}})
