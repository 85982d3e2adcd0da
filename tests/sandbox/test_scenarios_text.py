"""Heads, shapes and encodings, looked at on the raw wire."""

from urllib.parse import quote, unquote, unquote_plus
from xml.etree.ElementTree import ParseError

import pytest

from sandbox.city import MAGIC_PLATES
from tests.sandbox.wire import Answered, Wire, answered, parsed, return_string

HEALTHY = MAGIC_PLATES["healthy"]


async def healthy(wire: Wire) -> Answered:
    return await wire.ask("04C03", hpzl="02", hphm=HEALTHY)


REFUSALS = {
    "refusal": ("0", "查询失败，该业务暂停办理"),
    "system-busy": ("-99", "系统繁忙，数据库连接超时"),
    "quota-exhausted": ("-7", "超出当日访问次数限制"),
    "rate-limited": ("-6", "访问过于频繁，请稍后再试"),
    "serial-expired": ("-4", "接口序列号已过期"),
    "interface-refused": ("-3", "接口序列号无权访问该接口"),
    "address-refused": ("-5", "客户端IP地址未授权"),
    "night-window": ("-20", "系统维护时间23:45至00:05，暂停服务"),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_refusals_have_a_head_and_nothing_else(wire: Wire, name: str) -> None:
    text = unquote(await wire.text("04C03", hpzl="02", hphm=MAGIC_PLATES[name]))
    code, message = REFUSALS[name]

    assert text == (
        '<?xml version="1.0" encoding="GBK"?>'
        f"<root><head><code>{code}</code><message>{message}</message></head></root>"
    )
    await wire.on(name, parameters={"message": "另有说明"})
    other = await wire.ask("02C06", sfzmhm="500000190001010015")
    assert (other.code, other.message, other.rows) == (code, "另有说明", None)


async def test_a_refusal_may_look_like_an_empty_list(wire: Wire) -> None:
    answer = await wire.ask("04C03", hpzl="02", hphm=MAGIC_PLATES["refusal-empty-body"])

    assert (answer.code, answer.count, answer.rows) == ("0", "0", [])


async def test_codes_that_are_neither(wire: Wire) -> None:
    remark = await wire.ask("04C03", hpzl="02", hphm=MAGIC_PLATES["remark"])
    missing = await wire.ask("04C03", hpzl="02", hphm=MAGIC_PLATES["missing-code"])

    assert (remark.code, remark.message) == ("2", "数据已受理，部分信息待核实")
    assert (missing.code, missing.message) == ("", "数据下载成功！")
    assert (remark.count, missing.count) == ("3", "3")


@pytest.mark.parametrize("tag", ["msg", "msg1", "rtnmsg1", "retdesc"])
async def test_the_message_has_many_names(wire: Wire, tag: str) -> None:
    text = unquote(await wire.text("04C03", hpzl="02", hphm=MAGIC_PLATES[f"message-in-{tag}"]))

    assert f"<head><code>1</code><{tag}>数据下载成功！</{tag}><rownum>3</rownum></head>" in text


async def test_encoded_message(wire: Wire) -> None:
    answer = await wire.ask("04C03", hpzl="02", hphm=MAGIC_PLATES["encoded-message"])

    assert answer.message == quote("数据下载成功！")


async def test_nested_body(wire: Wire) -> None:
    text = unquote(await wire.text("04C03", hpzl="02", hphm=MAGIC_PLATES["nested-body"]))

    assert '<rownum>3</rownum><body><viosurveil id="0">' in text
    assert text.endswith("</viosurveil></body></head></root>")


@pytest.mark.parametrize(
    ("interface", "conditions", "node"),
    [
        ("04C03", {"hpzl": "02", "hphm": HEALTHY}, "vioSurveil"),
        ("01C21", {"hpzl": "02", "hphm": HEALTHY}, "Veh"),
        ("02C06", {"sfzmhm": "500000198808089998"}, "drv"),
        ("04C01", {"jdsbh": "500103190000001"}, "Violation"),
        ("04C04", {"xh": "5001037990000000"}, "vioJdczp"),
    ],
)
async def test_node_case(wire: Wire, interface: str, conditions: dict[str, str], node: str) -> None:
    await wire.on("node-case")

    assert set((await wire.ask(interface, **conditions)).nodes) == {node}


async def test_plus_blanks(wire: Wire) -> None:
    text = await wire.text("04C03", hpzl="02", hphm=MAGIC_PLATES["plus-blanks"])

    assert text.startswith("%3C%3Fxml+version%3D")
    assert "%20" not in text
    rows = parsed(unquote_plus(text)).rows or []
    assert rows[0]["wfsj"] == "2026-10-12 09:35:38.0"


async def test_gbk_bytes(wire: Wire) -> None:
    text = await wire.text("04C03", hpzl="02", hphm=MAGIC_PLATES["gbk-bytes"])

    assert quote("渝".encode("gbk")) in text
    rows = parsed(unquote(text, encoding="gbk", errors="strict")).rows or []
    assert rows[0]["hphm"] == MAGIC_PLATES["gbk-bytes"]


async def test_raw_answer(wire: Wire) -> None:
    text = await wire.text("04C03", hpzl="02", hphm=MAGIC_PLATES["raw-answer"])

    assert text.startswith('<?xml version="1.0" encoding="GBK"?><root><head><code>1</code>')
    assert len(parsed(text).rows or []) == 3


async def test_gbk_envelope(wire: Wire) -> None:
    response = await wire.raw("04C03", hpzl="02", hphm=MAGIC_PLATES["gbk-envelope"])
    body = await response.read()

    assert response.headers["Content-Type"] == "text/xml; charset=GBK"
    assert body.startswith(b'<?xml version="1.0" encoding="GBK"?>')
    text = body.decode("gbk").partition("?>")[2]
    rows = parsed(return_string(text.encode())).rows or []
    assert rows[0]["hphm"] == MAGIC_PLATES["gbk-envelope"]


async def test_wrong_charset(wire: Wire) -> None:
    response = await wire.raw("04C03", hpzl="02", hphm=MAGIC_PLATES["wrong-charset"])
    body = await response.read()

    assert response.headers["Content-Type"] == "text/xml; charset=ISO-8859-1"
    assert MAGIC_PLATES["wrong-charset"] in body.decode()
    assert MAGIC_PLATES["wrong-charset"] not in await response.text()


async def test_empty_return(wire: Wire) -> None:
    assert await wire.text("04C03", hpzl="02", hphm=MAGIC_PLATES["empty-return"]) == ""


async def test_unescaped_less_than(wire: Wire) -> None:
    text = unquote(await wire.text("04C03", hpzl="02", hphm=MAGIC_PLATES["unescaped-lt"]))

    assert text.count("<wfdz>限速<60公里路段") == 3
    with pytest.raises(ParseError):
        parsed(text)


async def test_control_characters(wire: Wire) -> None:
    text = await wire.text("04C03", hpzl="02", hphm=MAGIC_PLATES["control-characters"])

    assert f"<hphm>\x0b{MAGIC_PLATES['control-characters']}\x1f</hphm>" in unquote(text)
    with pytest.raises(ParseError):
        answered(text)


async def test_the_document_is_not_xml(wire: Wire) -> None:
    text = await wire.text("04C03", hpzl="02", hphm=MAGIC_PLATES["document-not-xml"])

    assert unquote(text) == "系统繁忙，请稍后再试"


async def test_several_scenarios_at_once(wire: Wire) -> None:
    for name in ("nested-body", "plus-blanks", "duplicates", "missing-fine", "shuffled"):
        await wire.on(name)
    text = unquote_plus(await wire.text("04C03", hpzl="02", hphm=HEALTHY))

    assert "<rownum>6</rownum><body>" in text
    assert "fkje" not in text
