"""Evidence pictures: all of them, or UpstreamUnavailable, or truly none."""

from base64 import b64encode

import pytest

from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.records import EvidenceImage
from gateways.police_records import PoliceRecords
from tests.gateways.register import Register, answered, document, enveloped, police

NUMBER = "5001017900000001"
# Bytes whose base64 is full of pluses and slashes.
JPEG = b"\xff\xd8\xff\xe0" + b"\xfb\xef\xbe\xff" * 30 + b"\xff\xd9"
TEXT = b64encode(JPEG).decode()


def pictures(**fields: str) -> bytes:
    return answered([{"xh": NUMBER} | fields], node="viojdczp")


@pytest.mark.parametrize(
    "body",
    [
        pictures(zpstr1=TEXT, zpstr2="", zpstr3="null"),
        pictures(zpstr1=TEXT + "   "),
        pictures(zpstr2="\r\n".join(TEXT[at : at + 76] for at in range(0, len(TEXT), 76))),
        pictures(zpstr1=TEXT, zpstr2=TEXT),
        enveloped(document([{"xh": NUMBER, "zpstr1": TEXT}], node="viojdczp")),
        enveloped(document([{"zpstr1": TEXT.replace("+", " ")}], node="VIOJDCZP")),
        enveloped(document([{"zpstr1": TEXT.replace("+", "%2B")}], node="viojdczp")),
    ],
)
async def test_a_picture(register: Register, records: PoliceRecords, body: bytes) -> None:
    register.body = body
    (image,) = await records.pictures(NUMBER)
    assert image.jpeg == JPEG


@pytest.mark.parametrize(
    "body", [answered(), pictures(zpstr1=""), pictures(), pictures(zpstr1="-")]
)
async def test_no_picture(register: Register, records: PoliceRecords, body: bytes) -> None:
    register.body = body
    assert await records.pictures(NUMBER) == ()


@pytest.mark.parametrize(
    "body",
    [
        pictures(zpstr1=b64encode(b"<html>").decode()),
        pictures(zpstr1="?"),
        pictures(zpstr1=TEXT, zpstr2=TEXT[:-1] + "!"),
        pictures(zpstr1=TEXT, xh="5001017900000002"),
        answered([], rownum=1, node="viojdczp"),
        answered([{"zpstr1": TEXT}], node="picture"),
    ],
)
async def test_half_of_the_evidence_is_none(
    register: Register, records: PoliceRecords, body: bytes
) -> None:
    register.body = body
    with pytest.raises(UpstreamUnavailable) as raised:
        await records.pictures(NUMBER)
    assert raised.value.reason is UpstreamReason.BROKEN_ANSWER


async def test_pictures_may_be_larger_than_other_answers(register: Register) -> None:
    big = JPEG + b"\x00" * 300_000
    register.body = pictures(zpstr1=b64encode(big).decode())
    async with police(register, body_cap=1_000, picture_body_cap=1_000_000) as records:
        assert [image.jpeg for image in await records.pictures(NUMBER)] == [big]


def test_a_picture_does_not_print() -> None:
    assert repr(EvidenceImage(JPEG)) == "EvidenceImage()"
