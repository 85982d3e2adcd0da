"""That the server which is measured is the one that protects: asked before, and after."""

import time
from collections.abc import Iterator
from typing import Any

import orjson

from benchmarks.speed.cluster import Cluster
from benchmarks.speed.facts import Facts
from benchmarks.speed.people import identity_number_of, name_of
from benchmarks.speed.servers import Server
from benchmarks.speed.tokens import TokenMaker
from benchmarks.speed.trouble import Trouble
from domain.principals import session_key
from runtime.settings import Settings

REVOKED_WITHIN = 5.0
INTROSPECTION = "{ __schema { queryType { name } } }"
NOBODY = "{ viewer { id } }"
TOO_MANY = "{ " + " ".join(f"a{place}: __typename" for place in range(500)) + " }"


def check_protections(server: Server, cluster: Cluster, facts: Facts, settings: Settings) -> None:
    """:raises Trouble: if the server answers what it must not"""
    maker = TokenMaker.of(settings)
    token, session = _token(maker)
    for what, is_so in _checks(server, token):
        if not is_so:
            raise Trouble(f"{server.name} is not protected: {what}")
    _revoke(cluster, facts, settings, session)
    deadline = time.monotonic() + REVOKED_WITHIN
    while server.post(server.contender.body, token)[0] != 401:
        if time.monotonic() > deadline:
            raise Trouble(f"{server.name} is not protected: a revoked token still opens it")
        time.sleep(0.1)


def _checks(server: Server, token: str) -> Iterator[tuple[str, bool]]:
    head, signature = token.rsplit(".", 1)
    forged = f"{head}.{signature[::-1]}"
    yield "a forged token opens it", server.post(server.contender.body, forged)[0] == 401
    yield "it knows somebody without a token", _data(server, NOBODY, None) == {"viewer": None}
    yield "it explains its schema", _data(server, INTROSPECTION, token) is None
    yield "it takes a document without limits", _data(server, TOO_MANY, token) is None
    viewer = _data(server, "{ viewer { licence { number } } }", token)["viewer"]
    yield "it shows whole numbers", "***" in viewer["licence"]["number"]


def _data(server: Server, query: str, token: str | None) -> Any:
    _, content = server.post(orjson.dumps({"query": query}), token)
    return orjson.loads(content).get("data")


def _token(maker: TokenMaker) -> tuple[str, str]:
    """A token that is nobody else's, and its session."""
    session = f"protections-{time.time_ns()}"
    return maker.token("1", name_of(1), identity_number_of(1), session), session


def _revoke(cluster: Cluster, facts: Facts, settings: Settings, session: str) -> None:
    key = session_key(settings.own_issuer, session)
    with cluster.connect(facts.clearway) as connection:
        connection.execute(
            "INSERT INTO revocations (id, kind, until, reason)"
            " VALUES (%s, 'session', now() + interval '1 day', 'benchmark')",
            [key],
        )
