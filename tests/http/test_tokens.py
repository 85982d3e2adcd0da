"""Who may come in: every bad token is a 401 before any GraphQL, and no token is nobody."""

import logging
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from runtime.issuers import IssuerConfig
from sandbox.city import Person
from tests.graphql.queries import BIND, binding
from tests.stack import Api, Register, TestClock, running_api, settings_for
from tests.tokens.jwks_server import JwksServer
from tests.tokens.kit import claims, header, pack, rs256

ME = "{ viewer { verification } }"
ISSUER = "https://id.example.gov.cn"
SAYS = {"message": "Please sign in first.", "extensions": {"code": "UNAUTHENTICATED"}}
ENGLISH = {"accept-language": "en"}


def officer_token(api: Api) -> str:
    settings = api.settings
    return api.token(aud=settings.officer_audience, sub="officer-1", roles=["handler"], acr=None)


async def test_no_header_is_nobody(api: Api) -> None:
    response = await api.post({"query": ME})

    assert (response.status_code, response.json()) == (200, {"data": {"viewer": None}})


async def test_every_bad_token_is_refused_before_anything_is_done(
    api: Api, citizen: Person, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "clearway")
    good = api.token(citizen)
    head, body, signature = good.split(".")
    bad = {
        "empty": "Bearer ",
        "no scheme": good,
        "another scheme": f"Basic {good}",
        "no token": "Bearer x",
        "two tokens": f"Bearer {good} {good}",
        "cut": f"Bearer {good[:-9]}",
        "unsigned": f"Bearer {head}.{body}.",
        "another's signature": f"Bearer {head}.{body}.{signature[::-1]}",
        "other audience": f"Bearer {api.token(citizen, aud='someone-else')}",
        "other issuer": f"Bearer {api.token(citizen, iss='https://evil.example')}",
        "no subject": f"Bearer {api.token(citizen, sub=None)}",
        "nonsense level": f"Bearer {api.token(citizen, acr='root')}",
        "a lone byte": b"Bearer \xff\xfe",
    }
    change = {"query": BIND, "variables": {"input": binding(citizen.vehicles[0])}}
    for name, value in bad.items():
        headers = {"authorization": value, **ENGLISH}
        response = await api.http.post("/graphql", json=change, headers=headers)  # type: ignore[arg-type]
        assert response.status_code == 401, name
        assert response.json() == {"errors": [SAYS]}, name
        assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'
        assert response.headers["cache-control"] == "no-store"
    clock.advance(minutes=20)
    expired = await api.post(change, good, **ENGLISH)
    assert (expired.status_code, expired.json()) == (401, {"errors": [SAYS]})

    assert api.statements == []
    reasons = [getattr(record, "reason", None) for record in caplog.records]
    assert len(reasons) == len(bad) + 1
    assert reasons[-1] == "expired"


async def test_two_headers_are_refused(api: Api, citizen: Person) -> None:
    token = f"Bearer {api.token(citizen)}"
    headers = [("authorization", token), ("authorization", token)]
    response = await api.http.post("/graphql", json={"query": ME}, headers=headers)

    assert response.status_code == 401


async def test_a_bad_token_counts_before_a_bad_body(api: Api) -> None:
    headers = {"authorization": "Bearer x", "content-type": "application/json"}
    response = await api.http.post("/graphql", content=b"nonsense", headers=headers)

    assert response.status_code == 401


async def test_an_officer_is_no_citizen(api: Api, citizen: Person, register: Register) -> None:
    token = officer_token(api)

    assert (await api.post({"query": ME}, token)).json() == {"data": {"viewer": None}}
    change = {"query": BIND, "variables": {"input": binding(citizen.vehicles[0])}}
    answer = (await api.post(change, token, **ENGLISH)).json()
    assert answer["data"] is None
    assert [error["extensions"] for error in answer["errors"]] == [{"code": "FORBIDDEN"}]
    assert await register.calls() == {}


async def test_our_keys_are_published(api: Api) -> None:
    response = await api.http.get("/.well-known/jwks.json")

    assert response.status_code == 200
    assert response.headers["cache-control"] == "public, max-age=60"
    keys = response.json()["keys"]
    assert keys
    for key in keys:
        assert {"kty", "kid", "alg", "use"} <= set(key)
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key)


async def test_configured_issuers(
    trial: Path, database_url: str, register: Register, clock: TestClock, citizen: Person
) -> None:
    server = JwksServer()
    app = web.Application()
    app.router.add_get("/jwks.json", server.jwks)
    async with TestServer(app) as running:
        url = str(running.make_url("/jwks.json"))
        issuers = (_trust("clearway", "citizen", url), _trust("officers", "officer", url))
        settings = settings_for(trial, register.url, issuers=issuers)
        async with running_api(settings, database_url, clock) as api:

            async def me(kid: str = "k1", **changed: Any) -> tuple[int, Any]:
                response = await api.post({"query": ME}, _signed(kid, clock, **changed))
                return response.status_code, response.json()

            shown = {"data": {"viewer": {"verification": "FACE"}}}
            person = {"id_number": citizen.identity_number, "acr": "face"}
            assert await me(**person) == (200, shown)
            assert await me(aud="officers") == (200, {"data": {"viewer": None}})
            assert (await me(aud="others"))[0] == 401
            assert (await me(iss="urn:clearway"))[0] == 401
            assert (await me(kid="unheard-of"))[0] == 401
            # Our own issuer is still trusted beside it.
            assert (await api.post({"query": ME}, api.token(citizen))).json() == shown
    assert server.hits <= 2


async def test_an_issuer_that_is_down_is_not_the_callers_mistake(
    trial: Path, database_url: str, register: Register, clock: TestClock
) -> None:
    issuers = (_trust("clearway", "citizen", "http://127.0.0.1:1/jwks.json"),)
    settings = settings_for(trial, register.url, issuers=issuers)
    async with running_api(settings, database_url, clock) as api:
        response = await api.post({"query": ME}, _signed("k1", clock), **ENGLISH)

    assert response.status_code == 503
    assert response.headers["retry-after"]
    assert response.json()["errors"][0]["extensions"] == {"code": "RETRY_LATER"}


def _trust(audience: str, kind: Any, url: str) -> IssuerConfig:
    return IssuerConfig(issuer=ISSUER, audience=audience, jwksUrl=url, kind=kind)


def _signed(kid: str, clock: TestClock, **changed: Any) -> str:
    now = int(clock.now.timestamp())
    times = {"iat": now, "nbf": now, "exp": now + 900}
    return pack(header(kid=kid), claims(**times | changed), rs256(kid))
