"""Refresh tokens."""

import base64
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.sessions import RefreshToken, RefreshTokens

TOKENS = RefreshTokens(b"k" * 32)
TOKEN = RefreshToken(UUID(int=7), 3)


@given(st.uuids(), st.integers(0, 2**32 - 1))
def test_what_is_written_is_read(session_id: UUID, generation: int) -> None:
    token = RefreshToken(session_id, generation)

    assert TOKENS.read(TOKENS.write(token)) == token


def test_the_same_generation_has_the_same_text() -> None:
    assert TOKENS.write(TOKEN) == TOKENS.write(RefreshToken(UUID(int=7), 3))
    assert TOKENS.write(TOKEN) != TOKENS.write(RefreshToken(UUID(int=7), 4))


def test_another_key_reads_nothing() -> None:
    assert RefreshTokens(b"x" * 32).read(TOKENS.write(TOKEN)) is None


@given(st.integers(0, 51), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, change: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(TOKENS.write(TOKEN) + "=="))
    raw[place] ^= change

    assert TOKENS.read(base64.urlsafe_b64encode(raw).decode()) is None


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    assert TOKENS.read(text) is None
