"""What goes over the wire: positions of arguments, encodings of conditions."""

import pytest

from gateways.police_documents import query_document
from gateways.police_records import PoliceRecords
from gateways.soap import Variant, envelope
from gateways.xml_tree import parse
from tests.gateways.register import (
    DECISION,
    IDENTITY,
    PLATE,
    Register,
    answered,
    police,
    wire,
)

DOCUMENT = (
    '<?xml version="1.0" encoding="GBK"?><root><QueryCondition>'
    "<hpzl>02</hpzl><hphm>%E6%B8%9DAF0001</hphm></QueryCondition></root>"
)


@pytest.mark.parametrize(
    ("variant", "operation", "arguments"),
    [
        (Variant.OLD4, "queryObjectOut", ["04", "SERIAL", "04C03"]),
        (
            Variant.NEW9,
            "queryObjectOut",
            ["04", "SERIAL", "04C03", "OFFICER", "渝中区支队", "500101000000", "李四", "192.0.2.7"],
        ),
        (
            Variant.NEW10,
            "queryObjectOutNew",
            [
                *("04", "SERIAL", "04C03", "SCENE"),
                *("500101000000", "渝中区支队", "OFFICER", "李四", "192.0.2.7"),
            ],
        ),
    ],
)
async def test_every_variant_has_its_own_order(
    register: Register, variant: Variant, operation: str, arguments: list[str]
) -> None:
    async with police(register, variant=variant) as records:
        await records.camera_records(PLATE)

    assert register.calls == [(operation, [*arguments, DOCUMENT])]


async def test_a_call_is_soap_1_1_and_carries_no_cookie_nor_compression(
    register: Register, records: PoliceRecords
) -> None:
    register.headers = {"Set-Cookie": "JSESSIONID=1"}
    await records.vehicle(PLATE)
    await records.vehicle(PLATE)

    for headers in register.requests:
        assert headers["SOAPAction"] == '""'
        assert headers["Content-Type"] == "text/xml; charset=utf-8"
        assert headers["Accept-Encoding"] == "identity"
        assert "Cookie" not in headers


async def test_conditions_of_every_question(register: Register, records: PoliceRecords) -> None:
    register.body = answered()

    await records.vehicle(PLATE)
    await records.driver("50000019040229002x")
    await records.decisions_of_driver(IDENTITY)
    await records.decision(f"{DECISION}7")
    await records.pictures("5001017900000001")

    conditions = [document.partition("<QueryCondition>")[2] for document in register.documents]
    assert [text.partition("</QueryCondition>")[0] for text in conditions] == [
        "<hpzl>02</hpzl><hphm>%E6%B8%9DAF0001</hphm>",
        "<sfzmhm>50000019040229002X</sfzmhm>",
        f"<jszh>{IDENTITY}</jszh>",
        f"<jdsbh>{DECISION}</jdsbh>",
        "<xh>5001017900000001</xh>",
    ]
    assert [arguments[0:3:2] for _, arguments in register.calls] == [
        ["01", "01C21"],
        ["02", "02C06"],
        ["04", "04C01"],
        ["04", "04C01"],
        ["04", "04C04"],
    ]


def test_markup_in_a_condition_stays_text() -> None:
    document = query_document({"xh": "</xh><jdsbh>1&+%\x00"})

    assert "<xh>&lt;/xh&gt;&lt;jdsbh&gt;1&amp;%2B%25</xh>" in document


def test_markup_in_an_argument_stays_text() -> None:
    values = dict.fromkeys(("jkxlh", "jkid", "UTF8XmlDoc"), "<&\x0b>") | {"xtlb": "]]>渝"}

    root = parse(envelope(Variant.OLD4, values).decode())

    call = root.children[0].children[0]
    assert [node.text for node in call.children] == ["]]>渝", "<&>", "<&>", "<&>"]


def test_secrets_do_not_print() -> None:
    assert "SERIAL" not in repr(wire("http://x"))
    assert "李四" not in repr(wire("http://x"))


def test_the_pool_of_connections_can_never_be_the_bottleneck() -> None:
    with pytest.raises(ValueError, match="more places"):
        wire("http://x", max_connections=19)
