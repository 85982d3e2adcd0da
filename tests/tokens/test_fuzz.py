import json
import logging
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.principals import Anonymous, Citizen
from graphql_api.tokens import InvalidToken
from tests.tokens.kit import World, claims, es256, header, pack, token

WORLD = World()
GOOD = token(name="王小明")
fuzz = settings(
    max_examples=300,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=20)
    | st.sampled_from(["clearway", "face", "at+jwt", "RS256", 2**40, 10**400]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


class Surprises(logging.Handler):
    """Turns a use of the verifier's last resort into a failure."""

    def emit(self, record: logging.LogRecord) -> None:
        raise AssertionError(record.getMessage())


def verdict(*headers: bytes) -> object:
    surprises = Surprises()
    log = logging.getLogger("graphql_api.tokens.verifier")
    log.addHandler(surprises)
    try:
        return WORLD.say(*headers)
    except InvalidToken as refused:
        return refused.reason
    finally:
        log.removeHandler(surprises)


def refused(answer: object) -> bool:
    return isinstance(answer, str)


@fuzz
@given(st.lists(st.binary(max_size=300), max_size=3))
def test_any_headers(headers: list[bytes]) -> None:
    answer = verdict(*headers)

    assert refused(answer) if headers else answer == Anonymous()


@fuzz
@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=80))
def test_any_three_parts(head: bytes, body: bytes, signature: bytes) -> None:
    assert refused(verdict(b"Bearer " + pack(head, body, lambda _: signature).encode()))


@fuzz
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 3), st.binary(max_size=4))
def test_any_change_of_a_good_token(at: int, cut: int, put: bytes) -> None:
    good = GOOD.encode()
    changed = good[:at] + put + good[at + cut :]

    assert refused(verdict(b"Bearer " + changed)) is (changed != good)


@fuzz
@given(st.sampled_from(["alg", "kid", "typ", "crit", "jwk", "x"]), json_values)
def test_any_header_that_is_signed(name: str, value: Any) -> None:
    answer = verdict(b"Bearer " + _signed(header(alg="ES256", kid="e1") | {name: value}, claims()))

    assert refused(answer) or isinstance(answer, Citizen)


@fuzz
@given(
    st.dictionaries(
        st.sampled_from([*claims(), "acr", "id_number", "name", "sid", "auth_time", "x"]),
        json_values,
        min_size=1,
    )
)
def test_any_claims_that_are_signed(changes: dict[str, Any]) -> None:
    answer = verdict(b"Bearer " + _signed(header(alg="ES256", kid="e1"), claims() | changes))

    assert refused(answer) or isinstance(answer, Citizen)


def _signed(head: dict[str, Any], body: dict[str, Any]) -> bytes:
    return pack(json.dumps(head), json.dumps(body), es256()).encode()
