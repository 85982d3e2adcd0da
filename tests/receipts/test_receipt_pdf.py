"""The page of a receipt, and its QR code."""

import logging
import re
import xml.etree.ElementTree as ET
import zlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from domain.money import Money
from domain.platforms import Channel
from domain.receipts import Receipt
from services.receipt_pdf import Letterhead, qr_svg, render
from tests.receipts.kit import receipt

HEAD = Letterhead("重庆市公安局交通巡逻警察总队", "https://clearway.example.cn")
TOKEN = "eyJhbGciOiJFUzI1NiJ9." + "aB3_" * 100 + "." + "x-Y0" * 21
PACKAGE = Path(__file__).parents[2] / "services" / "receipt_pdf"
FOOT = (
    "核验方法在线：将二维码内容提交https://clearway.example.cn/graphql的verifyReceipt查询，"
    "无需登录。离线：自https://clearway.example.cn/.well-known/receipt-keys.json取得公钥后，"
    "运行clearwayverify--keys公钥文件，无需联网。本凭证仅证明上述罚款已通过本平台缴纳，"
    "不是财政票据，不能代替财政电子票据（非税收入统一票据），也不用作报销凭证。凭证不载明当事人姓名；"
    "缴款之后如有退款或处罚决定被撤销，以在线核验结果为准。"
)


def words(document: bytes) -> str:
    """All text of the only page, without spaces."""
    pypdf = pytest.importorskip("pypdf")
    (page,) = pypdf.PdfReader(BytesIO(document)).pages
    return "".join(str(page.extract_text()).split())


def rectangles(document: bytes) -> int:
    """How many filled rectangles the page has: the QR code is made of them."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL)
    packed = [zlib.decompress(one) for one in streams if one.startswith(b"x\x9c")]
    content = max(packed, key=lambda text: text.count(b" re f"))
    return content.count(b" re f")


def test_the_whole_text_of_a_page() -> None:
    assert (
        words(render(receipt(2), TOKEN, HEAD))
        == (
            "交通违法罚款缴款凭证执收单位：重庆市公安局交通巡逻警察总队"
            "凭证编号CW20261122A7K3M9PQ4T2X缴款时间2026年11月22日12:30:05（北京时间）缴款渠道支付宝"
            "缴款金额（小写）¥406.00（大写）人民币肆佰零陆元整"
            "序号处罚决定书编号罚款（元）加处罚款（元）小计（元）"
            "1500100110000000200.000.00200.00"
            "25001011100000018200.006.00206.00"
            "合计400.006.00406.00"
        )
        + FOOT
    )


@pytest.mark.parametrize("decisions", [1, 20, 50])
def test_all_decisions_are_on_one_page(decisions: int) -> None:
    shown = receipt(decisions)

    document = render(shown, TOKEN, HEAD)

    assert len(re.findall(rb"/Type /Page\b(?!s)", document)) == 1
    assert b"/MediaBox [0 0 595.28 841.89]" in document
    found = words(document)
    assert all(f"{line.number}{line.principal.yuan}" in found for line in shown.lines)


def test_the_same_receipt_is_the_same_file() -> None:
    once = render(receipt(3), TOKEN, HEAD)

    assert render(receipt(3), TOKEN, HEAD) == once
    assert b"/CreationDate (D:20261122043005Z)" in once
    assert render(receipt(3), TOKEN + "x", HEAD) != once
    assert render(replace(receipt(3), channel=Channel.WECHAT), TOKEN, HEAD) != once


def test_the_font_is_in_the_file_and_only_as_much_of_it_as_is_needed() -> None:
    document = render(receipt(20), TOKEN, HEAD)

    assert b"/FontFile2" in document
    assert len(document) < 100_000


def test_a_character_that_the_font_lacks(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)

    document = render(receipt(), TOKEN, replace(HEAD, agency="喆城\n𠀀市\x00公安局"))

    assert caplog.records == []
    assert "执收单位：□城□□市□公安局凭证编号" in words(document)


def test_a_long_name_of_an_agency_is_made_to_fit() -> None:
    document = render(receipt(), TOKEN, replace(HEAD, agency="某" * 128))

    assert "某" * 128 in words(document)


def test_the_largest_amounts() -> None:
    line = replace(receipt().lines[0], principal=Money(99_999_999_999_99))
    shown: Receipt = replace(receipt(), lines=(line,), amount=line.principal)

    found = words(render(shown, TOKEN, HEAD))

    assert "¥99999999999.99" in found
    assert "玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分" in found


def test_the_code_on_the_page_is_the_one_of_the_token() -> None:
    small, large = (rectangles(render(receipt(), text, HEAD)) for text in ("A", TOKEN))

    assert 50 < small < 500 < large


def test_the_svg_needs_nothing_else() -> None:
    svg = qr_svg(TOKEN)

    root = ET.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert [child.tag for child in root] == ["{http://www.w3.org/2000/svg}path"]
    assert set(root.attrib) == {"viewBox"}
    assert set(root[0].attrib) == {"stroke", "d"}
    _, _, width, height = root.attrib["viewBox"].split()
    # The quiet zone of 4 modules is part of it.
    assert width == height
    assert root[0].attrib["d"].startswith("M4 4.5h7")
    assert qr_svg(TOKEN) == svg


def test_the_font_has_its_licence_beside_it() -> None:
    assert "SIL Open Font License" in (PACKAGE / "OFL.txt").read_text("utf-8")
    assert (PACKAGE / "NotoSansSC-GB2312.ttf").stat().st_size < 3_000_000
