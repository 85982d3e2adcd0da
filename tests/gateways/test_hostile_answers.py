"""Whatever comes over the wire: an answer, or UpstreamUnavailable. Nothing else, and in time."""

import time
from contextlib import suppress
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.failures import UpstreamReason, UpstreamUnavailable
from gateways.charsets import text_of
from gateways.police_documents import read_reply
from gateways.police_listing import listed
from gateways.police_records import PoliceRecords
from gateways.police_rows import camera_record
from gateways.soap import returned
from gateways.xml_repair import Unreadable
from gateways.xml_tree import parse
from tests.gateways.register import (
    CAMERA_ROW,
    DECISION_ROW,
    IDENTITY,
    PLATE,
    Register,
    answered,
    document,
    enveloped,
    police,
)

BOMB = '<!DOCTYPE r [<!ENTITY a "渝渝渝"><!ENTITY b "&a;&a;&a;">]>'
PLAIN = document([CAMERA_ROW])
HEAD = "<head><code>1</code><rownum>1</rownum></head>"

BROKEN = {
    "nothing": b"",
    "a word": b"OK",
    "HTML": b"<html><body><h1>login</h1></body></html>",
    "HTML with DTD": b"<!DOCTYPE html><html><body><p>login<br></body></html>",
    "empty return": enveloped(""),
    "blank return": enveloped(" \n"),
    "no return": b"<Envelope><Body/></Envelope>",
    "fault with 200": b"<Envelope><Body><Fault><faultcode>x</faultcode></Fault></Body></Envelope>",
    "sentence": enveloped(quote("系统繁忙")),
    "DTD in the envelope": BOMB.encode() + b"<r>&b;</r>",
    "DTD in the document": enveloped(quote(BOMB + "<root>&b;</root>", safe="")),
    "DTD after the declaration": enveloped('<?xml version="1.0"?>' + BOMB + "<root>&b;</root>"),
    "DTD in a damaged document": enveloped(BOMB + "<root>a & b</root>"),
    "deep envelope": b"<a>" * 100_000 + b"</a>" * 100_000,
    "deep document": enveloped("<root>" * 50_000 + "</root>" * 50_000),
    "no code": answered([CAMERA_ROW], code=""),
    "strange code": answered([CAMERA_ROW], code="0000x"),
    "negative code": answered(code="-99", message="系统繁忙，数据库连接超时"),
    "unknown code": answered([CAMERA_ROW], code="7"),
    "strange row count": answered([CAMERA_ROW], rownum=-1).replace(b"-1", b"many"),
    "counted but not sent": answered([], rownum=2),
    "no body and no count": enveloped("<root><head><code>1</code></head></root>"),
    "rows of another name": answered([CAMERA_ROW], node="row"),
    "text for rows": enveloped("<root><head><code>1</code></head><body>veil></body></root>"),
    "an empty row": enveloped(f"<root>{HEAD}<body><viosurveil/></body></root>"),
    "text for a row": enveloped(f"<root>{HEAD}<body><viosurveil>渝</viosurveil></body></root>"),
    "only rows of others": answered([CAMERA_ROW | {"hphm": "渝B99999"}]),
    "only unreadable rows": answered([CAMERA_ROW | {"clbj": "?"}]),
    "cut document": enveloped(quote(PLAIN[:-40], safe="")),
    "cut in a row": enveloped(quote(PLAIN[:300], safe="")),
    "cut envelope": answered([CAMERA_ROW])[:-100],
    "gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 100,
}


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_answers(register: Register, records: PoliceRecords, name: str) -> None:
    register.body = BROKEN[name]
    began = time.monotonic()

    with pytest.raises(UpstreamUnavailable) as raised:
        await records.camera_records(PLATE)

    assert raised.value.reason is UpstreamReason.BROKEN_ANSWER
    assert time.monotonic() - began < 2
    assert "渝" not in raised.value.detail


async def test_a_list_is_never_somebody_elses(register: Register, records: PoliceRecords) -> None:
    register.body = answered([DECISION_ROW | {"jszh": "500000190103010016"}], node="violation")
    with pytest.raises(UpstreamUnavailable):
        await records.decisions_of_driver(IDENTITY)

    register.body = answered([{"hphm": "渝B99999", "hpzl": "02", "zt": "A"}], node="veh")
    with pytest.raises(UpstreamUnavailable):
        await records.vehicle(PLATE)

    register.body = answered([{"sfzmhm": "500000190103010016", "zt": "A"}], node="DrvPerson")
    with pytest.raises(UpstreamUnavailable):
        await records.driver(IDENTITY)


async def test_an_answer_above_the_cap_is_not_read_to_its_end(register: Register) -> None:
    register.body = b" " * 5_000 + answered([CAMERA_ROW])
    async with police(register, body_cap=len(register.body) - 1) as records:
        with pytest.raises(UpstreamUnavailable) as raised:
            await records.camera_records(PLATE)
        assert raised.value.detail == "answer too large"
    async with police(register, body_cap=len(register.body)) as records:
        assert (await records.camera_records(PLATE)).complete


async def test_a_long_answer_is_read_whole(register: Register, records: PoliceRecords) -> None:
    register.body = answered([CAMERA_ROW | {"xh": f"{number:016}"} for number in range(400)])

    assert len((await records.camera_records(PLATE)).rows) == 400


def test_repair_takes_linear_time() -> None:
    began = time.monotonic()
    for unit in ("<", "<!--", "<![CDATA[", "<a ", "<a", "&", "&#x", "</", "<?", "<a b='", "<a/><"):
        with pytest.raises(Unreadable):
            parse("<r>" + unit * (500_000 // len(unit)))
    assert time.monotonic() - began < 8


def read_all(body: bytes) -> None:
    listed(read_reply(returned(text_of(body)), ("viosurveil",)), lambda r: camera_record(r, PLATE))


PIECES = [
    "<root>",
    "<head>",
    "<code>1</code>",
    "</head>",
    "<body>",
    "<viosurveil>",
    "</viosurveil>",
]
PIECES += [
    "</body>",
    "</root>",
    "<",
    "&",
    "%",
    "%E6",
    "+",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "&#1;",
]
PIECES += ["<hphm>", "</hphm>", "渝AF0001", "<!DOCTYPE a>", "<?x", "\x00", "\ufeff", "9" * 5000]
GARBAGE = st.one_of(
    st.binary(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=20).map(lambda parts: "".join(parts).encode()),
    st.lists(st.sampled_from(PIECES), max_size=20).map(
        lambda parts: quote("".join(parts)).encode()
    ),
)


@settings(max_examples=300, deadline=None)
@given(GARBAGE)
def test_garbage_for_an_answer(garbage: bytes) -> None:
    for body in (garbage, enveloped("@").replace(b"@", garbage)):
        with suppress(Unreadable):
            read_all(body)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(CAMERA_ROW)), st.text(max_size=20)))
def test_garbage_in_the_values(values: dict[str, str]) -> None:
    with suppress(Unreadable):
        read_all(answered([CAMERA_ROW | values]))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(PLAIN)), st.text(max_size=8))
def test_a_damaged_document_is_right_or_refused(position: int, damage: str) -> None:
    """Damage may spoil a text, but never makes one row into none or into another's."""
    body = enveloped(quote(PLAIN[:position] + damage + PLAIN[position:], safe=""))
    try:
        reply = read_reply(returned(text_of(body)), ("viosurveil",))
    except Unreadable:
        return
    assert len(reply.rows) == 1 or reply.row_count != 0
