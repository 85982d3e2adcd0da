"""Whose word it is: nothing counts but the right signature, fresh, by a key that we hold."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payments import NotGenuine
from gateways.wechat_pay import UnknownSerial
from gateways.wechat_pay.keys import KeyRing, PlatformKey, by_serial, read_certificate
from gateways.wechat_pay.verifying import verify
from tests.gateways.wechat_pay_server import (
    KEY_ID,
    NOW,
    STAMP,
    certificate,
    key,
    signature,
    vouched,
)

BODY = '{"a": "交通"}'.encode()
SERIAL = 0x0ABCDEF0123456789
OLD = read_certificate(certificate("old", SERIAL))
RING = KeyRing(by_serial([PlatformKey(KEY_ID, key("platform").public_key()), OLD]))
GOOD = vouched(BODY)


def doubt(headers: dict[str, str], body: bytes = BODY) -> str:
    with pytest.raises(NotGenuine) as raised:
        verify(headers, body, RING, NOW)
    assert raised.value.__cause__ is None
    return str(raised.value)


@pytest.mark.parametrize("body", [b"", BODY, b"\xff\x00", b"{ }\n"])
def test_the_very_bytes(body: bytes) -> None:
    verify(vouched(body), body, RING, NOW)
    assert doubt(vouched(body), body + b" ") == "wrong signature"


def test_names_of_headers_in_any_case() -> None:
    verify({name.lower(): value for name, value in GOOD.items()}, BODY, RING, NOW)
    verify({name.upper(): value for name, value in GOOD.items()}, BODY, RING, NOW)


@pytest.mark.parametrize("serial", [f"{SERIAL:040X}", f"{SERIAL:x}", f"0{SERIAL:X}"])
def test_both_kinds_of_keys_at_once(serial: str) -> None:
    verify(GOOD, BODY, RING, NOW)
    verify(vouched(BODY, signer="old", serial=serial), BODY, RING, NOW)
    assert doubt(vouched(BODY, signer="old")) == "wrong signature"
    assert doubt(vouched(BODY, serial=serial)) == "wrong signature"


@pytest.mark.parametrize("name", GOOD)
def test_a_header_that_is_missing_empty_or_twice_there(name: str) -> None:
    without = {other: value for other, value in GOOD.items() if other != name}

    assert doubt(without) == f"{name} stands there 0 times"
    assert doubt({**GOOD, name.lower(): GOOD[name]}) == f"{name} stands there 2 times"
    assert doubt({**GOOD, name: ""})


@pytest.mark.parametrize("seconds", [-299, -1, 0, 1, 299])
def test_within_five_minutes(seconds: int) -> None:
    verify(vouched(BODY, stamp=STAMP + seconds), BODY, RING, NOW)


@pytest.mark.parametrize("seconds", [-86400, -300, 301, 86400])
def test_beyond_five_minutes(seconds: int) -> None:
    assert doubt(vouched(BODY, stamp=STAMP + seconds)) == "too old, or of the future"


@pytest.mark.parametrize(
    "stamp", ["", "0", "-1", " 1", "1.5", "1e9", "٣", f"+{STAMP}", f"{STAMP}\n", "9" * 400]
)
def test_no_timestamp(stamp: str) -> None:
    assert doubt(vouched(BODY, stamp=stamp)) == "not a timestamp"


@pytest.mark.parametrize(
    ("serial", "expected"),
    [
        ("", "not a serial"),
        ("../key", "not a serial"),
        ("A" * 81, "not a serial"),
        ("0", "unknown serial"),
        ("1234", "unknown serial"),
        ("PUB_KEY_ID_0", "unknown serial"),
        (KEY_ID.lower(), "unknown serial"),
    ],
)
def test_a_key_that_we_do_not_hold(serial: str, expected: str) -> None:
    assert doubt(vouched(BODY, serial=serial)) == expected


def test_an_unknown_serial_is_told_apart() -> None:
    with pytest.raises(UnknownSerial) as raised:
        verify(vouched(BODY, serial="77"), BODY, RING, NOW)
    assert raised.value.serial == "77"


def test_certificates_have_their_time() -> None:
    headers = vouched(BODY, signer="old", serial=OLD.serial)
    for moved in (
        replace(OLD, valid_until=NOW - timedelta(seconds=1)),
        replace(OLD, valid_from=NOW + timedelta(seconds=1)),
    ):
        with pytest.raises(NotGenuine, match="not valid now"):
            verify(headers, BODY, KeyRing(by_serial([moved])), NOW)


def test_wrong_signatures_on_purpose() -> None:
    probe = "WECHATPAY/SIGNTEST/" + GOOD["Wechatpay-Signature"][19:]

    assert doubt({**GOOD, "Wechatpay-Signature": probe}) == "a wrong signature on purpose"


@pytest.mark.parametrize(
    "text",
    [
        "%%%",
        "ÿ",
        signature(b"another text"),
        base64.b64encode(b"\x00" * 256).decode(),
        base64.b64encode(b"\xff" * 300).decode(),
        base64.b64encode(b"short").decode(),
        GOOD["Wechatpay-Signature"] + "\n",
        GOOD["Wechatpay-Signature"][:-2],
    ],
)
def test_no_signature(text: str) -> None:
    assert doubt({**GOOD, "Wechatpay-Signature": text}) in {"not a signature", "wrong signature"}


@pytest.mark.parametrize("kind", ["WECHATPAY2-SHA256-RSA2048 ", "wechatpay2-sha256-rsa2048", "SM2"])
def test_another_kind_of_signature(kind: str) -> None:
    assert doubt({**GOOD, "Wechatpay-Signature-Type": kind}) == "another kind of signature"


def test_a_line_cannot_wander_between_nonce_and_body() -> None:
    moved = {**vouched(b"x\n" + BODY), "Wechatpay-Nonce": GOOD["Wechatpay-Nonce"] + "\nx"}

    assert doubt(moved) == "not a nonce"


@given(st.data())
def test_any_changed_byte_of_the_body(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(BODY) - 1))
    other = data.draw(st.integers(1, 255))
    changed = bytearray(BODY)
    changed[place] ^= other

    assert doubt(GOOD, bytes(changed)) == "wrong signature"


@given(st.data())
def test_any_changed_character_of_a_header(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(GOOD)))
    value = GOOD[name]
    place = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda one: one != value[place]))

    assert doubt({**GOOD, name: value[:place] + other + value[place + 1 :]})


@given(st.binary(max_size=64), st.dictionaries(st.sampled_from(sorted(GOOD)), st.text()))
def test_whatever_comes(body: bytes, headers: dict[str, str]) -> None:
    assert doubt(headers, body)
