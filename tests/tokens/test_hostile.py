import logging

import pytest

from graphql_api.tokens import InvalidToken
from tests.tokens.corpus import CORPUS
from tests.tokens.kit import Build, World, refused, token


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("reason", "build"), [pytest.param(r, b, id=f"{r}: {n}") for n, r, b in CORPUS]
)
def test_a_hostile_token_is_refused(
    world: World, reason: str, build: Build, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(InvalidToken) as caught:
        world.bearer(build())

    assert caught.value.reason == reason
    assert str(caught.value) == reason
    # The last resort, `except Exception`, was not needed: every case was foreseen.
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(CORPUS) >= 70
    assert len({(reason, name) for name, reason, _ in CORPUS}) == len(CORPUS)


BAD_HEADERS = {
    "empty": b"",
    "scheme only": b"Bearer",
    "scheme and space": b"Bearer ",
    "two spaces": b"Bearer  %s",
    "tab": b"Bearer\t%s",
    "no scheme": b"%s",
    "basic": b"Basic %s",
    "another scheme": b"DPoP %s",
    "two tokens": b"Bearer %s %s",
    "two tokens, comma": b"Bearer %s, Bearer %s",
    "space before": b" Bearer %s",
    "space after": b"Bearer %s ",
    "quoted": b'Bearer "%s"',
    "not ASCII": b"Bearer \xff\xfe.%s",
    "colon": b"Bearer: %s",
    "huge": b"Bearer " + b"A" * 100_000,
}


@pytest.mark.parametrize("form", BAD_HEADERS.values(), ids=BAD_HEADERS)
def test_a_header_we_cannot_read_is_not_anonymous(world: World, form: bytes) -> None:
    with refused("malformed"):
        world.say(form.replace(b"%s", token().encode()))


def test_two_headers_are_refused_even_if_both_are_good(world: World) -> None:
    good = b"Bearer " + token().encode()

    with refused("malformed"):
        world.say(good, good)
