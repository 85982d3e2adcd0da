import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from aiohttp import web

from domain.principals import Citizen, Officer
from graphql_api.tokens import KeyPolicy, KeysUnavailable, TokenVerifier, TrustedIssuer
from tests.tokens.jwks_server import RemoteWorld, json_answer, remote_world
from tests.tokens.kit import AUDIENCE, ISSUER, NOW, refused, rsa_jwk

BEGAN = int(NOW.timestamp())
CITIZEN = Citizen(ISSUER, "u-1")
# The same token whenever it is shown: its times do not follow the clock.
LASTING = {"iat": BEGAN, "nbf": BEGAN, "exp": BEGAN + 3600}
good_keys = {"keys": [rsa_jwk("k1", "k1")]}


@pytest.fixture
async def world() -> AsyncIterator[RemoteWorld]:
    async with remote_world() as world:
        yield world


def compressed() -> web.Response:
    body = gzip.compress(json.dumps(good_keys).encode())
    return web.Response(body=body, headers={"Content-Encoding": "gzip"})


def redirect() -> web.Response:
    return web.Response(status=302, headers={"Location": "/evil.json"})


TROUBLE: dict[str, Callable[[], web.StreamResponse]] = {
    "500": lambda: web.Response(status=500),
    "404": lambda: web.Response(status=404, text=json.dumps(good_keys)),
    "204": lambda: web.Response(status=204),
    "redirect": redirect,
    "garbage": lambda: web.Response(body=b"\x00\xff" * 50),
    "HTML": lambda: web.Response(text="<html>Maintenance</html>"),
    "huge": json_answer({**good_keys, "padding": "x" * 65_536}),
    "compressed": compressed,
    "deep": lambda: web.Response(text="[" * 60_000),
    "empty set": json_answer({"keys": []}),
    "private key": json_answer({"keys": [{**rsa_jwk("k1", "k1"), "d": "AQAB"}]}),
    "weak key": json_answer({"keys": [rsa_jwk("k1", "weak", 1024)]}),
    "ambiguous": json_answer({"keys": [rsa_jwk("k1", "k1"), rsa_jwk("k1", "evil")]}),
}


async def test_keys_are_fetched_once_for_everybody(world: RemoteWorld) -> None:
    citizen = [world.present("k1") for _ in range(50)]
    officers = [world.present("k1", aud="officers") for _ in range(50)]

    assert await asyncio.gather(*citizen) == [CITIZEN] * 50
    assert await asyncio.gather(*officers) == [Officer(ISSUER, "u-1")] * 50
    assert world.server.hits == 1


async def test_rotation_without_an_error(world: RemoteWorld) -> None:
    """Publish the new key, sign with it, remove the old one: nobody is refused meanwhile."""
    await world.present("k1")
    world.clock.advance(40)
    world.server.keys = [rsa_jwk("k1", "k1"), rsa_jwk("k2", "k2")]

    answers = await asyncio.gather(*[world.present(f"k{1 + n % 2}") for n in range(200)])

    assert answers == [CITIZEN] * 200
    assert world.server.hits == 2
    world.clock.advance(900)
    world.server.keys = [rsa_jwk("k2", "k2")]
    assert await asyncio.gather(*[world.present("k2") for _ in range(50)]) == [CITIZEN] * 50


async def test_a_removed_key_is_refused_after_the_next_good_refresh(world: RemoteWorld) -> None:
    assert await world.present("k1", **LASTING) == CITIZEN
    world.server.keys = [rsa_jwk("k2", "k2")]

    world.clock.advance(601)
    assert (
        await world.present("k1", **LASTING) == CITIZEN
    )  # Last good; it also sends for the new set.
    await world.settle()

    with refused("unknown-key"):
        await world.present("k1", **LASTING)


async def test_a_key_replaced_under_its_name_makes_us_forget_its_tokens(world: RemoteWorld) -> None:
    assert await world.present("k1", **LASTING) == CITIZEN
    world.server.keys = [rsa_jwk("k1", "k2")]
    world.clock.advance(601)
    await world.present("k1", **LASTING)
    await world.settle()

    with refused("signature"):
        await world.present("k1", **LASTING)


async def test_a_flood_of_unknown_kids_asks_once_in_30_seconds(world: RemoteWorld) -> None:
    await world.verifier.start()
    await world.settle()

    for pause, expected_hits in ((0, 2), (29, 2), (1, 3)):
        world.clock.advance(pause)
        assert await world.flood(1000) == {"unknown-key"}
        assert world.server.hits == expected_hits
        assert await world.present("k1") == CITIZEN


async def test_a_flood_at_a_cold_start_asks_once(world: RemoteWorld) -> None:
    assert await world.flood(200) == {"unknown-key"}
    assert world.server.hits == 1


@pytest.mark.parametrize("answer", TROUBLE.values(), ids=TROUBLE)
async def test_trouble_never_empties_the_cache(
    world: RemoteWorld, answer: Callable[[], web.StreamResponse]
) -> None:
    assert await world.present("k1") == CITIZEN
    world.server.answer = answer

    world.clock.advance(3600)
    assert await world.present("k1") == CITIZEN
    await world.settle()
    assert await world.present("k1", sub="u-2") == Citizen(ISSUER, "u-2")
    world.clock.advance(31)
    with refused("unknown-key"):
        await world.present("evil")
    assert world.server.evil_hits == 0


@pytest.mark.parametrize("answer", TROUBLE.values(), ids=TROUBLE)
async def test_trouble_before_the_first_keys_is_not_the_clients_fault(
    world: RemoteWorld, answer: Callable[[], web.StreamResponse]
) -> None:
    world.server.answer = answer

    for _ in range(3):
        with pytest.raises(KeysUnavailable) as unavailable:
            await world.present("k1")
    assert unavailable.value.retry_after_seconds == 5
    assert world.server.hits == 1

    world.server.answer = None
    world.clock.advance(5)
    assert await world.present("k1") == CITIZEN


async def test_a_slow_issuer(world: RemoteWorld) -> None:
    world.server.gate.clear()

    with pytest.raises(KeysUnavailable):
        await world.present("k1")


async def test_nobody_waits_for_a_refresh_in_the_background(world: RemoteWorld) -> None:
    await world.present("k1")
    world.server.gate.clear()
    world.clock.advance(601)

    async with asyncio.timeout(0.2):
        assert await world.present("k1") == CITIZEN
        assert await world.present("k1") == CITIZEN
    assert world.server.hits <= 2


async def test_a_caller_who_gives_up_does_not_stop_the_others(world: RemoteWorld) -> None:
    world.server.gate.clear()
    impatient = asyncio.create_task(world.present("k1"))
    patient = asyncio.create_task(world.present("k1"))
    await world.server.asked.wait()

    impatient.cancel()
    world.server.gate.set()

    assert await patient == CITIZEN
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert world.server.hits == 1


async def test_keys_of_yesterday_are_not_trusted(world: RemoteWorld) -> None:
    await world.present("k1")
    world.server.answer = TROUBLE["500"]

    world.clock.advance(86_399)
    assert await world.present("k1") == CITIZEN
    await world.settle()
    world.clock.advance(2)
    with pytest.raises(KeysUnavailable):
        await world.present("k1")


async def test_a_remembered_token_does_not_outlive_the_keys(world: RemoteWorld) -> None:
    lasting = {"iat": BEGAN + 30, "nbf": BEGAN, "exp": BEGAN + 30 + 86_400}
    assert await world.present("k1", **lasting) == CITIZEN
    world.server.answer = TROUBLE["500"]

    world.clock.advance(86_401)
    with pytest.raises(KeysUnavailable):
        await world.present("k1", **lasting)


async def test_an_unconfigured_issuer_is_never_asked(world: RemoteWorld) -> None:
    with refused("unknown-issuer"):
        await world.present("k1", iss="https://evil.example")

    assert world.server.hits == 0


async def test_start_fetches_and_close_stops(world: RemoteWorld) -> None:
    await world.verifier.start()
    await world.settle()
    assert await world.present("k1") == CITIZEN
    assert world.server.hits == 1
    keepers = [keys._keeper for keys in world.verifier._remote.values()]
    await world.verifier.close()

    assert [keeper is not None and keeper.cancelled() for keeper in keepers] == [True]


async def test_the_background_keeps_asking_in_good_and_bad_times() -> None:
    policy = KeyPolicy(soft_ttl=0.01, unknown_kid_gap=0.01)
    async with remote_world(policy) as world, asyncio.timeout(2):
        await world.verifier.start()
        for answer in (None, TROUBLE["500"], None):
            world.server.answer = answer
            for _ in range(3):
                world.server.asked.clear()
                await world.server.asked.wait()
        await world.settle()
        assert await world.present("k1") == CITIZEN


BAD_URLS = {
    "http://id.example.gov.cn/jwks.json": "loopback",
    "http://10.0.0.1/jwks.json": "loopback",
    "http://127.0.0.1.evil.example/": "loopback",
    "ftp://127.0.0.1/": "https://",
    "file:///etc/passwd": "https://",
}


@pytest.mark.parametrize(("url", "complaint"), BAD_URLS.items())
async def test_unsafe_addresses_are_refused_at_once(url: str, complaint: str) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(ValueError, match=complaint):
            _verifier(url, http, allow_http_loopback=True)


async def test_http_to_loopback_is_for_development_only() -> None:
    async with aiohttp.ClientSession() as http:
        for url in ("http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost:1/"):
            assert _verifier(url, http, allow_http_loopback=True)
            with pytest.raises(ValueError, match="development only"):
                _verifier(url, http)


async def test_a_session_that_takes_proxies_from_the_environment_is_refused() -> None:
    async with aiohttp.ClientSession(trust_env=True) as http:
        with pytest.raises(ValueError, match="trust_env"):
            _verifier("https://id.example.gov.cn/", http)


async def test_fetching_needs_a_session() -> None:
    with pytest.raises(ValueError, match="HTTP session"):
        _verifier("https://id.example.gov.cn/", None)


def _verifier(
    url: str, http: aiohttp.ClientSession | None, *, allow_http_loopback: bool | None = None
) -> TokenVerifier:
    trusted = [TrustedIssuer(ISSUER, AUDIENCE, "citizen", jwks_url=url)]
    if allow_http_loopback is None:
        return TokenVerifier(trusted, http=http, clock=lambda: NOW)
    return TokenVerifier(
        trusted, http=http, clock=lambda: NOW, allow_http_loopback=allow_http_loopback
    )
