import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.failures import TryLater
from domain.principals import Anonymous, Citizen, Officer, Principal, VerificationLevel
from graphql_api.tokens import TokenLimits, TokenVerifier, TrustedIssuer
from tests.tokens.kit import (
    AUDIENCE,
    IDENTITY_NUMBER,
    ISSUER,
    NOW,
    OTHER_ISSUER,
    SEALING_ISSUER,
    World,
    claims,
    es256,
    header,
    pack,
    refused,
    rs256,
    sealing,
    token,
    trusted,
)

now = int(NOW.timestamp())


@pytest.fixture
def world() -> World:
    return World()


def test_no_header_is_nobody(world: World) -> None:
    assert world.say() == Anonymous()


def test_a_citizen(world: World) -> None:
    full = token(
        name="王小明", id_number=IDENTITY_NUMBER, acr="face", auth_time=now - 60.5, sid="s-1"
    )

    assert world.bearer(full) == Citizen(
        issuer=ISSUER,
        subject="u-1",
        name="王小明",
        identity_number=IDENTITY_NUMBER,
        verification=VerificationLevel.FACE,
        authenticated_at=datetime(2026, 11, 5, 7, 58, 59, 500_000, tzinfo=UTC),
        session_id="s-1",
    )


def test_a_citizen_of_whom_little_is_known(world: World) -> None:
    assert world.bearer(token()) == Citizen(ISSUER, "u-1", verification=VerificationLevel.NONE)


def test_an_unverified_identity_number_is_not_used(world: World) -> None:
    citizen = world.bearer(token(id_number=IDENTITY_NUMBER, acr="none"))

    assert citizen == Citizen(ISSUER, "u-1")


def test_an_officer(world: World) -> None:
    body = claims(
        iss=OTHER_ISSUER, roles=["reviewer", "chief"], district="110105", unit="u", auth_time=now
    )

    assert world.bearer(pack(header(kid="o1"), body, rs256("officers"))) == Officer(
        issuer=OTHER_ISSUER,
        subject="u-1",
        roles=frozenset({"reviewer", "chief"}),
        district="110105",
        unit="u",
        authenticated_at=NOW,
    )


ACCEPTED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "typ JWT": ({"typ": "JWT"}, {}),
    "typ jwt": ({"typ": "jwt"}, {}),
    "typ AT+JWT": ({"typ": "AT+JWT"}, {}),
    "typ application/at+jwt": ({"typ": "application/at+jwt"}, {}),
    "nonce in an access token": ({}, {"nonce": "n"}),
    "unknown header": ({"x": 1}, {}),
    "aud list": ({}, {"aud": ["other", AUDIENCE]}),
    "aud twice": ({}, {"aud": [AUDIENCE, AUDIENCE]}),
    "times with fractions": ({}, {"iat": now + 0.5, "exp": now + 60.25}),
    "expired within the leeway": ({}, {"iat": now - 900, "exp": now - 29}),
    "nbf within the leeway": ({}, {"nbf": now + 30}),
    "iat within the leeway": ({}, {"iat": now + 30}),
    "a whole day": ({}, {"exp": now + 86_400}),
    "nested claims": ({}, {"realm_access": {"roles": ["a", {"b": [1]}]}}),
    "brackets in a name": ({}, {"name": "[[[[{{{{"}),
    "escapes": ({}, {"name": "王😀"}),
    "spaces": ({}, {"name": "Li Lei", "sub": "u 1"}),
    "long sub": ({}, {"sub": "s" * 255}),
}


@pytest.mark.parametrize(("head", "body"), ACCEPTED.values(), ids=ACCEPTED)
def test_unusual_and_good(world: World, head: dict[str, Any], body: dict[str, Any]) -> None:
    assert isinstance(world.bearer(pack(header(**head), claims(**body))), Citizen)


def test_es256(world: World) -> None:
    assert world.bearer(pack(header(alg="ES256", kid="e1"), claims(), es256())) == Citizen(
        ISSUER, "u-1"
    )


def test_the_scheme_is_case_insensitive(world: World) -> None:
    assert world.say(b"bEARER " + token().encode()) == Citizen(ISSUER, "u-1")


def test_a_remembered_token_still_expires(world: World) -> None:
    known = token(exp=now + 60)
    assert world.bearer(known)

    world.clock.advance(89)
    assert world.bearer(known)
    world.clock.advance(1)
    with refused("expired"):
        world.bearer(known)


def test_a_remembered_token_is_not_good_before_its_time(world: World) -> None:
    known = token(nbf=now + 30)
    assert world.bearer(known)

    world.clock.advance(-1)
    with refused("not-yet-valid"):
        world.bearer(known)


def test_a_token_is_remembered_until_told_to_forget(world: World) -> None:
    known = token()
    first = world.bearer(known)

    assert world.bearer(known) is first
    world.verifier.forget()
    assert world.bearer(known) is not first


def test_few_tokens_are_remembered(world: World) -> None:
    world.verifier = TokenVerifier(
        trusted(), clock=world.clock.now, limits=TokenLimits(remembered=2)
    )
    for sub in "abcb":
        assert world.bearer(token(sub=sub)) == Citizen(ISSUER, sub)

    assert len(world.verifier._remembered._tokens) == 2


def test_revocation_is_asked_about_every_time(world: World) -> None:
    asked: list[Principal] = []
    revoked: set[Principal] = set()

    async def is_revoked(who: Principal) -> bool:
        asked.append(who)
        return who in revoked

    world.verifier = TokenVerifier(trusted(), clock=world.clock.now, is_revoked=is_revoked)
    known = token(sid="s-1")
    who = Citizen(ISSUER, "u-1", session_id="s-1")
    assert [world.bearer(known), world.bearer(known)] == [who, who]
    assert world.say() == Anonymous()
    with refused("signature"):
        world.bearer(known[:-4] + "AAAA")
    assert asked == [who] * 2

    revoked.add(who)
    with refused("revoked"):
        world.bearer(known)
    assert world.bearer(token(sid="s-2")) == Citizen(ISSUER, "u-1", session_id="s-2")


def test_not_knowing_what_is_revoked_is_not_the_callers_mistake(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    trouble = TryLater("retry_later")

    async def is_revoked(who: Principal) -> bool:
        raise trouble

    world.verifier = TokenVerifier(trusted(), clock=world.clock.now, is_revoked=is_revoked)

    with pytest.raises(TryLater) as raised:
        world.bearer(token())
    assert raised.value is trouble
    assert caplog.records == []


def test_a_sealed_identity_is_the_same_person(world: World) -> None:
    expected = Citizen(
        SEALING_ISSUER, "u-1", "王小明", IDENTITY_NUMBER, verification=VerificationLevel.FACE
    )
    shown = pack(header(), sealing())

    assert world.bearer(shown) == expected
    assert world.bearer(shown) == expected
    assert "王小明".encode() not in base64.urlsafe_b64decode(shown.split(".")[1] + "==")


def test_a_sealed_identity_that_was_not_verified_opens_no_records(world: World) -> None:
    assert world.bearer(pack(header(), sealing(acr="none"))) == Citizen(
        SEALING_ISSUER, "u-1", "王小明"
    )


def test_who_may_seal_need_not(world: World) -> None:
    assert world.bearer(pack(header(), sealing(sealed_identity=None, acr="none"))) == Citizen(
        SEALING_ISSUER, "u-1"
    )
    assert world.bearer(pack(header(), sealing(name=None, id_number=None)))


def test_an_issuer_may_serve_citizens_and_officers_with_two_audiences(world: World) -> None:
    keys = trusted()[0].local_keys
    world.verifier = TokenVerifier(
        [
            TrustedIssuer(ISSUER, "clearway", "citizen", local_keys=keys),
            TrustedIssuer(ISSUER, "clearway-officers", "officer", local_keys=keys),
        ],
        clock=world.clock.now,
    )

    assert isinstance(world.bearer(token(aud="clearway")), Citizen)
    assert isinstance(world.bearer(token(aud="clearway-officers")), Officer)
    with refused("claims"):
        world.bearer(token(aud=["clearway", "clearway-officers"]))


def test_an_issuer_may_be_held_to_access_tokens(world: World) -> None:
    only = replace(trusted()[0], token_types=frozenset({"at+jwt"}))
    world.verifier = TokenVerifier([only], clock=world.clock.now)

    assert world.bearer(token())
    with refused("type"):
        world.bearer(pack(header(typ="JWT"), claims()))


def test_a_token_may_have_so_many_bytes_and_no_more(world: World) -> None:
    known = token()
    exact, short = TokenLimits(max_bytes=len(known)), TokenLimits(max_bytes=len(known) - 1)

    world.verifier = TokenVerifier(trusted(), clock=world.clock.now, limits=exact)
    assert world.bearer(known)
    world.verifier = TokenVerifier(trusted(), clock=world.clock.now, limits=short)
    with refused("malformed"):
        world.bearer(known)


def test_limits_can_be_set(world: World) -> None:
    limits = TokenLimits(max_bytes=8192, max_life=timedelta(minutes=15))
    world.verifier = TokenVerifier(trusted(), clock=world.clock.now, limits=limits)

    assert world.bearer(token(other="x" * 5000))
    with refused("claims"):
        world.bearer(token(exp=now + 901))
    with pytest.raises(ValueError, match="8192"):
        TokenLimits(max_bytes=8193)


def test_an_unforeseen_error_is_a_401_and_says_nothing_of_the_token(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def broken_clock() -> datetime:
        raise OverflowError("u-1")

    world.verifier = TokenVerifier(trusted(), clock=broken_clock)

    with refused("malformed"):
        world.bearer(token())
    assert caplog.messages == ["Token refused because of OverflowError"]


def test_contradicting_issuers_are_refused() -> None:
    with pytest.raises(ValueError, match="listed twice"):
        TokenVerifier([trusted()[0], trusted()[0]], clock=lambda: NOW)
    with pytest.raises(ValueError, match="either a jwksUrl or keys"):
        TrustedIssuer(ISSUER, AUDIENCE, "citizen")
