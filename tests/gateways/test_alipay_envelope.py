"""Answers taken apart: whatever the order, the very bytes of the node, or nothing."""

import base64
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.alipay.envelope import BadEnvelope, Envelope, open_envelope
from tests.gateways.platforms import QUERY, node_name, platform_key, signature, signed

NODE = {"code": "10000", "msg": "Success", "subject": '罚款} "quoted" \\ {'}
SOURCE = json.dumps(NODE, ensure_ascii=False).encode()
ROOT = node_name(QUERY).encode()
SIGN = signature(SOURCE).encode()
DEEP = b"[" * 100_000 + b"]" * 100_000


def opened(body: bytes) -> Envelope:
    return open_envelope(body, QUERY, platform_key().public_key())


ACCEPTED = {
    "node, then sign": b'{"%s":%s,"sign":"%s"}' % (ROOT, SOURCE, SIGN),
    "sign, then node": b'{"sign":"%s","%s":%s}' % (SIGN, ROOT, SOURCE),
    "with a certificate": b'{"%s":%s,"alipay_cert_sn":"5e8a","sign":"%s"}' % (ROOT, SOURCE, SIGN),
    "with space": b' \r\n{ "%s"\t:\n%s ,\r"sign" : "%s" }\n' % (ROOT, SOURCE, SIGN),
    "slashes escaped": b'{"%s":%s,"sign":"%s"}' % (ROOT, SOURCE, SIGN.replace(b"/", rb"\/")),
    "name escaped": b'{"\\u0061%s":%s,"sign":"%s"}' % (ROOT[1:], SOURCE, SIGN),
    "something new": b'{"%s":%s,"sign":"%s","trace":[{"x":1}]}' % (ROOT, SOURCE, SIGN),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_shapes_of_an_answer(name: str) -> None:
    assert opened(ACCEPTED[name]) == Envelope(NODE, is_error=False)


def test_an_error_has_a_node_of_its_own() -> None:
    node = {"code": "40002", "sub_code": "isv.code-invalid"}

    assert opened(signed(node, name="error_response")) == Envelope(node, is_error=True)


def test_the_platforms_own_charset() -> None:
    # 乗, 俓 and 俔 end in the bytes of a backslash and of braces.
    node = {"code": "10000", "msg": "乗俓俔成功\\"}
    source = json.dumps(node, ensure_ascii=False).encode("gbk")
    assert b'\\\\"' in source.replace(b"\x81\\", b"")

    assert opened(signed(source)) == Envelope(node, is_error=False)


def test_numbers_do_not_become_floats() -> None:
    node = opened(signed(b'{"code":"10000","a":0.10,"b":1e999,"c":10}')).node

    assert node == {"code": "10000", "a": "0.10", "b": "1e999", "c": 10}


REFUSED = {
    "nothing": (b"", "not JSON"),
    "a word": (b"OK", "not JSON"),
    "HTML": (b"<html></html>", "not JSON"),
    "a list": (b"[]", "not JSON"),
    "an empty object": (b"{}", "not JSON"),
    "no node": (b'{"sign":"%s"}' % SIGN, "no node"),
    "another method's node": (signed(NODE, method="alipay.trade.close"), "no node"),
    "two nodes": (
        b'{"%s":%s,"error_response":{},"sign":"%s"}' % (ROOT, SOURCE, SIGN),
        "two nodes",
    ),
    "the node twice": (
        b'{"%s":%s,"%s":{},"sign":"%s"}' % (ROOT, SOURCE, ROOT, SIGN),
        "a name stands twice",
    ),
    "the node twice, once escaped": (
        b'{"%s":%s,"\\u0061%s":{},"sign":"%s"}' % (ROOT, SOURCE, ROOT[1:], SIGN),
        "a name stands twice",
    ),
    "the sign twice": (
        b'{"%s":%s,"sign":"%s","sign":""}' % (ROOT, SOURCE, SIGN),
        "a name stands twice",
    ),
    "a name twice in the node": (signed(b'{"code":"10000","code":"40004"}'), "not JSON"),
    "a name twice far inside": (signed(b'{"a":[{"b":1,"b":2}]}'), "not JSON"),
    "a string for a node": (b'{"%s":"%s","sign":"%s"}' % (ROOT, SIGN, SIGN), "no object"),
    "a list for a node": (b'{"%s":[],"sign":"%s"}' % (ROOT, SIGN), "no object"),
    "no sign": (b'{"%s":%s}' % (ROOT, SOURCE), "not signed, code 10000"),
    "an empty sign": (b'{"%s":%s,"sign":""}' % (ROOT, SOURCE), "wrong signature"),
    "null for a sign": (b'{"%s":%s,"sign":null}' % (ROOT, SOURCE), "not a signature"),
    "a number for a sign": (b'{"%s":%s,"sign":1}' % (ROOT, SOURCE), "not a signature"),
    "an object for a sign": (b'{"%s":%s,"sign":{"a":1}}' % (ROOT, SOURCE), "not a signature"),
    "no base64": (b'{"%s":%s,"sign":"!%s"}' % (ROOT, SOURCE, SIGN), "not a signature"),
    "Chinese for a sign": (
        b'{"%s":%s,"sign":"%s"}' % (ROOT, SOURCE, "签名".encode()),
        "not a signature",
    ),
    "another key's sign": (
        b'{"%s":%s,"sign":"%s"}' % (ROOT, SOURCE, base64.b64encode(b"\x01" * 256)),
        "wrong signature",
    ),
    "another node": (
        b'{"%s":%s,"sign":"%s"}' % (ROOT, SOURCE.replace(b"10000", b"10001"), SIGN),
        "wrong signature",
    ),
    "a space in the node": (
        b'{"%s":%s ,"sign":"%s"}' % (ROOT, SOURCE[:-1] + b" }", SIGN),
        "wrong signature",
    ),
    "two documents": (ACCEPTED["node, then sign"] * 2, "not JSON"),
    "something behind": (ACCEPTED["node, then sign"] + b"x", "not JSON"),
    "a last comma": (ACCEPTED["node, then sign"][:-1] + b",}", "not JSON"),
    "no colon": (b'{"%s" %s}' % (ROOT, SOURCE), "not JSON"),
    "a number for a name": (b'{1:2,"%s":%s}' % (ROOT, SOURCE), "not JSON"),
    "a list for a name": (b'{["a"]:2,"%s":%s}' % (ROOT, SOURCE), "not JSON"),
    "NaN": (signed(b'{"a":NaN}'), "not JSON"),
    "Infinity": (signed(b'{"a":-Infinity}'), "not JSON"),
    "an endless number": (signed(b'{"a":%s}' % (b"9" * 5_000)), "not JSON"),
    "a raw line break": (signed(b'{"a":"\n"}'), "not JSON"),
    "deep": (DEEP, "not JSON"),
    "deep in the node": (signed(b'{"a":%s}' % DEEP), "not JSON"),
    "deep beside the node": (
        b'{"x":%s,"%s":%s,"sign":"%s"}' % (DEEP, ROOT, SOURCE, SIGN),
        "not JSON",
    ),
    "deep objects": (b'{"a":' * 100_000, "not JSON"),
    "UTF-16": (ACCEPTED["node, then sign"].decode().encode("utf-16"), "unknown charset"),
    "a byte order mark": (b"\xef\xbb\xbf" + ACCEPTED["node, then sign"], "not JSON"),
    "no charset at all": (ACCEPTED["node, then sign"].replace(b"Success", b"\xff"), "charset"),
    "gzip": (b"\x1f\x8b\x08\x00" + b"\x00" * 100, "charset"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_answers(name: str) -> None:
    body, why = REFUSED[name]

    with pytest.raises(BadEnvelope, match=why):
        opened(body)


@pytest.mark.parametrize("cut", range(1, len(ACCEPTED["node, then sign"]), 7))
def test_cut_answers(cut: int) -> None:
    with pytest.raises(BadEnvelope, match=r"not JSON|charset"):
        opened(ACCEPTED["node, then sign"][:-cut])


def test_an_unsigned_answer_tells_its_codes_and_nothing_else() -> None:
    node = {"code": "40002", "sub_code": "isv.invalid-app-id", "sub_msg": "张三"}
    with pytest.raises(BadEnvelope) as raised:
        opened(b'{"error_response":%s}' % json.dumps(node).encode())
    assert str(raised.value) == "not signed, code 40002 isv.invalid-app-id"

    strange = {"code": ["张三"], "sub_code": "张三 13800138000"}
    with pytest.raises(BadEnvelope) as raised:
        opened(b'{"error_response":%s}' % json.dumps(strange).encode())
    assert str(raised.value) == "not signed, code ? ?"


def texts() -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
        ["}", '"', "\\", '\\"}', '"sign":"', "{", "},", "罚款", "\u2028", "\x00"]
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | texts(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(), inner, max_size=3),
    max_leaves=12,
)
NODES = st.dictionaries(texts(), VALUES, max_size=5)
SPACES = st.text(st.sampled_from(" \t\r\n"), max_size=3).map(str.encode)


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer, the node in it, and the node's place."""

    node: dict[str, Any]
    body: bytes
    start: int
    end: int


@st.composite
def answers(draw: st.DrawFn) -> Sent:
    node = draw(NODES)
    layout: dict[str, Any] = {
        "indent": draw(st.sampled_from([None, 0, 2])),
        "ensure_ascii": draw(st.booleans()),
    }
    source = json.dumps(node, **layout).encode(draw(st.sampled_from(["utf-8", "gb18030"])))
    sign = signature(source)
    if draw(st.booleans()):
        sign = sign.replace("/", r"\/")
    members = [
        b'"%s"%s:%s%s' % (ROOT, draw(SPACES), draw(SPACES), source),
        b'"sign":"%s"' % sign.encode(),
        b'"alipay_cert_sn":%s' % json.dumps(draw(texts())).encode(),
        b'"more":%s' % json.dumps(draw(VALUES)).encode(),
    ]
    order = draw(st.permutations(members[: draw(st.integers(2, 4))]))
    body = b"%s{%s%s}%s" % (draw(SPACES), draw(SPACES), b",".join(order), draw(SPACES))
    end = body.index(members[0]) + len(members[0])
    return Sent(node, body, end - len(source), end)


def is_plain(sent: Sent) -> bool:
    """Whether the bytes can be read in one way only: UTF-8 is tried first."""
    try:
        return json.dumps(sent.node, ensure_ascii=False) in sent.body.decode() or (
            sent.body.isascii()
        )
    except UnicodeDecodeError:
        return True


@settings(max_examples=200, deadline=None)
@given(answers())
def test_what_was_signed_is_what_is_read(sent: Sent) -> None:
    result = opened(sent.body)

    assert not result.is_error
    if is_plain(sent):
        assert result.node == sent.node


@settings(max_examples=300, deadline=None)
@given(answers(), st.data())
def test_no_byte_of_a_node_can_be_changed(sent: Sent, data: st.DataObject) -> None:
    place = data.draw(st.integers(sent.start, sent.end - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != sent.body[place]))

    with pytest.raises(BadEnvelope):
        opened(sent.body[:place] + bytes([byte]) + sent.body[place + 1 :])


@settings(max_examples=300, deadline=None)
@given(answers(), st.data())
def test_no_damage_is_worse_than_a_refusal(sent: Sent, data: st.DataObject) -> None:
    """Damage may fall on what is not signed: then the node is still the one that was."""
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(sent.body))] * 2)))
    damage = data.draw(st.binary(max_size=6))
    with suppress(BadEnvelope):
        damaged = opened(sent.body[:first] + damage + sent.body[last:])
        assert damaged.node == opened(sent.body).node


PIECES = [b"{", b"}", b"[", b"]", b'"', b":", b",", b"\\", b"\\u", b"d800", b"null", b"-", b"1e5"]
PIECES += [b'"%s"' % ROOT, b'"error_response"', b'"sign"', b"{}", b'"AA=="', b"\xff", b"\x81\\"]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=24).map(b"".join) | st.binary(max_size=200))
def test_garbage_for_an_answer(garbage: bytes) -> None:
    for body in (garbage, b"{%s}" % garbage, b'{"%s":%s}' % (ROOT, garbage)):
        with pytest.raises(BadEnvelope):
            opened(body)
