"""The wire of police-records: variants, encodings, faults, and whole answers of each interface."""

from base64 import b64decode
from io import BytesIO
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

import pytest

from sandbox.city import MAGIC_PLATES, City
from sandbox.police import DEFAULT_SERIAL
from sandbox.police.pictures import pictures
from tests.sandbox.wire import (
    CHONGQING,
    NEW,
    OFFICE,
    OLD,
    Wire,
    answered,
    envelope,
    old_call,
    query,
    return_string,
)

HEALTHY = {"hpzl": "02", "hphm": MAGIC_PLATES["healthy"]}
OPEN_ROW = {
    "xh": "5001037990000000",
    "cjjg": "500103000400",
    "cjjgmc": "重庆市公安局渝中区分局交巡警支队",
    "hpzl": "02",
    "hphm": "渝ZZ0000",
    "wfsj": "2026-10-12 09:35:38.0",
    "wfsj1": "2026-10-12 09:35:38.0",
    "wfdd": "10301",
    "wfdz": "渝中区中山三路大溪沟路口",
    "wfxw": "1039",
    "fkje": "100",
    "wfjfs": "0",
    "scz": "",
    "bzz": "",
    "cjfs": "5",
    "clbj": "0",
    "clsj": "",
    "cljg": "",
    "cljgmc": "",
    "jkbj": "0",
    "jdsbh": "",
    "wfbh": "",
    "tzbj": "1",
    "tzrq": "2026-10-17",
    "jllx": "1",
    "gxsj": "2026-10-13 11:35:38.0",
    "xzqh": "500103",
    "zdjlbj": "0",
}
OLD_DECISION = {
    "jdsbh": "500103190000001",
    "wsjyw": "7",
    "jdslb": "1",
    "jszh": "500000198808089998",
    "dabh": "500199999999",
    "dsr": "魔术师",
    "hpzl": "02",
    "hphm": "渝ZZ0000",
    "wfsj": "2026-08-23 09:35:38.0",
    "wfdd": "10302",
    "wfdz": "渝中区长江一路两路口",
    "wfxw": "1208",
    "wfjfs": "0",
    "fkje": "100",
    "cfzl": "2",
    "clsj": "2026-09-02 09:35:38.0",
    "cljg": "500103000400",
    "cljgmc": "重庆市公安局渝中区分局交巡警支队",
    "jkbj": "0",
    "jkfs": "0",
    "jkrq": "",
    "wfbh": "5001032026" + "1" + "3190000001" + "1",
    "xxly": "2",
    "jllx": "1",
    "gxsj": "2026-09-02 09:35:38.0",
    "znj": "100",
}


async def test_vehicle(wire: Wire) -> None:
    answer = await wire.ask("01C21", **HEALTHY)

    assert (answer.code, answer.count, answer.nodes) == ("1", "1", ["veh"])
    assert answer.rows == [
        {
            "hphm": "渝ZZ0000",
            "hpzl": "02",
            "clsbdh": "LTESTCAR1N0000000",
            "fdjh": "MAG0000000",
            "clpp1": "长安牌",
            "csys": "A",
            "cllx": "K33",
            "syxz": "A",
            "syr": "魔术师",
            "sfzmhm": "500000198808089998",
            "ccdjrq": "2021-06-18",
            "yxqz": "2027-06-30",
            "qzbfqz": "",
            "fzjg": "渝A",
            "zt": "A",
            "bxzzrq": "2027-06-17",
            "gxrq": "2021-06-18 10:00:00.0",
        }
    ]


async def test_driver(wire: Wire, city: City) -> None:
    answer = await wire.ask("02C06", sfzmhm=city.magic_citizen.identity_number)

    assert (answer.code, answer.count, answer.nodes) == ("1", "1", ["DrvPerson"])
    assert answer.rows == [
        {
            "dabh": "500199999999",
            "zjcx": "C1",
            "cclzrq": "2012-03-15",
            "yxqs": "2018-03-15",
            "yxqz": "2028-03-15",
            "zt": "A",
            "ljjf": "0",
            "qfrq": "2027-03-15",
            "syrq": "2027-03-15",
            "cfrq": "",
            "fzjg": "渝A",
            "sfzmhm": "500000198808089998",
            "xm": "魔术师",
            "sjhm": "12000000000",
        }
    ]


async def test_camera_records(wire: Wire) -> None:
    answer = await wire.ask("04C03", **HEALTHY)

    assert (answer.code, answer.count, answer.nodes) == ("1", "3", ["viosurveil"] * 3)
    assert answer.rows is not None
    assert answer.rows[0] == OPEN_ROW
    assert [(row["clbj"], row["jkbj"]) for row in answer.rows] == [
        ("0", "0"),
        ("1", "0"),
        ("1", "1"),
    ]
    assert (await wire.ask("04C03", **HEALTHY, clbj="0")).rows == [OPEN_ROW]
    assert (await wire.ask("04C03", xh="5001037990000000")).rows == [OPEN_ROW]


async def test_decisions_by_each_key(wire: Wire) -> None:
    answer = await wire.ask("04C01", jdsbh=OLD_DECISION["jdsbh"])

    assert (answer.code, answer.count, answer.nodes) == ("1", "1", ["violation"])
    assert answer.rows == [OLD_DECISION]
    assert (await wire.ask("04C01", wfbh=OLD_DECISION["wfbh"])).rows == [OLD_DECISION]
    for holder in ({"jszh": OLD_DECISION["jszh"]}, {"dabh": OLD_DECISION["dabh"]}):
        unpaid = await wire.ask("04C01", **holder, jkbj="0")
        assert unpaid.rows is not None
        assert OLD_DECISION in unpaid.rows
        assert {row["jkbj"] for row in unpaid.rows} == {"0"}
    nobody = await wire.ask("04C01", jdsbh=OLD_DECISION["jdsbh"], jszh="500000199002290001")
    assert nobody.rows == []


async def test_the_row_and_its_decision_carry_the_same_numbers(wire: Wire) -> None:
    row = ((await wire.ask("04C03", **HEALTHY)).rows or [])[1]

    shared = ("jdsbh", "wfbh", "wfsj", "wfdd", "wfxw", "hphm", "clsj", "jkbj")
    assert {name: row[name] for name in shared} == {name: OLD_DECISION[name] for name in shared}


async def test_pictures_are_jpeg_and_all_different(wire: Wire, city: City) -> None:
    records = [r for n in range(20) for v in city.citizen(n).vehicles for r in v.records]
    images, counts = [], set()
    for record in records:
        answer = await wire.ask("04C04", xh=record.serial)
        assert answer.rows is not None
        (row,) = answer.rows
        assert row.pop("xh") == record.serial
        assert list(row) == [f"zpstr{place}" for place in range(1, len(row) + 1)]
        images += [b64decode(text) for text in row.values()]
        counts.add(len(row))

    assert counts == {0, 1, 2, 3}
    assert len(set(images)) == len(images)
    assert all(image[:3] == b"\xff\xd8\xff" and image[-2:] == b"\xff\xd9" for image in images)
    assert pictures("5001037990000001") == pictures("5001037990000001")


@pytest.mark.parametrize(
    ("interface", "conditions"),
    [
        ("01C21", {"hpzl": "02", "hphm": "渝A00000"}),
        ("02C06", {"sfzmhm": "500000190001010015"}),
        ("04C03", {"hpzl": "02", "hphm": "渝A00000"}),
        ("04C03", {"xh": "5001037912345678"}),
        ("04C01", {"jdsbh": "500103112345678"}),
        ("04C04", {"xh": "5001037912345678"}),
    ],
)
async def test_nothing_found_is_code_1_and_rownum_0(
    wire: Wire, interface: str, conditions: dict[str, str]
) -> None:
    answer = await wire.ask(interface, **conditions)

    assert (answer.code, answer.count, answer.rows) == ("1", "0", [])


@pytest.mark.parametrize("interface", ["01C21", "02C06", "04C03", "04C01", "04C04"])
async def test_no_condition_is_refused_without_body(wire: Wire, interface: str) -> None:
    answer = await wire.ask(interface, hphm="")

    assert (answer.code, answer.message, answer.rows) == ("0", "查询条件不能为空", None)


async def test_envelope_of_the_answer(wire: Wire) -> None:
    response = await wire.raw("02C06", sfzmhm="500000190001010015")
    endpoint = wire.http.make_url(OLD)
    document = (
        '<?xml version="1.0" encoding="GBK"?><root><head><code>1</code>'
        "<message>数据下载成功！</message><rownum>0</rownum></head><body></body></root>"
    )

    assert response.status == 200
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert await response.text() == (
        '<?xml version="1.0" encoding="utf-8"?><soapenv:Envelope'
        ' xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
        f'<ns1:queryObjectOutResponse xmlns:ns1="{endpoint}"'
        ' soapenv:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
        f'<queryObjectOutReturn xsi:type="xsd:string">{quote(document, safe="")}'
        "</queryObjectOutReturn></ns1:queryObjectOutResponse></soapenv:Body></soapenv:Envelope>"
    )


NINE = ("officer", OFFICE[1], OFFICE[0], "李警官", "10.0.0.8")
TEN = ("", OFFICE[0], OFFICE[1], "officer", "李警官", "10.0.0.8")


@pytest.mark.parametrize(
    ("path", "operation", "between"),
    [
        (OLD, "queryObjectOut", ()),
        (CHONGQING, "queryObjectOut", ()),
        (NEW, "queryObjectOut", NINE),
        (NEW, "queryObjectOutNew", TEN),
    ],
)
async def test_variants(wire: Wire, path: str, operation: str, between: tuple[str, ...]) -> None:
    body = envelope(operation, "04", DEFAULT_SERIAL, "04C03", *between, query(**HEALTHY, clbj="0"))
    response = await wire.post(path, body)
    text = await response.text()

    assert answered(return_string(text.encode())).rows == [OPEN_ROW]
    assert f'<ns1:{operation}Response xmlns:ns1="{wire.http.make_url(path)}"' in text


@pytest.mark.parametrize(
    ("operation", "between"),
    [
        ("queryObjectOut", ("officer", OFFICE[0], OFFICE[1], "李警官", "10.0.0.8")),
        ("queryObjectOutNew", ("", OFFICE[1], OFFICE[0], "officer", "李警官", "10.0.0.8")),
    ],
)
async def test_unit_and_its_name_changed_places(
    wire: Wire, operation: str, between: tuple[str, ...]
) -> None:
    body = envelope(operation, "04", DEFAULT_SERIAL, "04C03", *between, query(**HEALTHY))
    answer = answered(return_string(await (await wire.post(NEW, body)).read()))

    assert (answer.code, answer.message) == ("-11", "单位机构代码格式错误，应为12位")
    assert answer.rows is None


RAW = (
    "<root><QueryCondition><hpzl>02</hpzl><hphm>渝ZZ0000</hphm><clbj>0</clbj>"
    "</QueryCondition></root>"
)


@pytest.mark.parametrize(
    "document",
    [
        RAW,
        f'<?xml version="1.0" encoding="GBK"?>\n{RAW}',
        f'<?xml version="1.0" encoding="UTF-8"?>{RAW}',
        RAW.replace("渝", quote("渝")),
        quote(f'<?xml version="1.0" encoding="GBK"?>{RAW}'),
        quote(f'<?xml version="1.0" encoding="GBK"?>{RAW}', safe="").replace("%20", "+"),
        quote(RAW.replace("渝", quote("渝"))),
        RAW.replace("<clbj>", "<xh/><jdsbh></jdsbh><clbj>"),
    ],
)
async def test_requests_may_be_encoded_in_any_way(wire: Wire, document: str) -> None:
    response = await wire.post(OLD, old_call("04C03", document))

    assert answered(return_string(await response.read())).rows == [OPEN_ROW]


async def test_a_gbk_envelope_is_read(wire: Wire) -> None:
    body = old_call("04C03", RAW).decode().replace('encoding="utf-8"', 'encoding="GBK"')
    response = await wire.post(OLD, body.encode("gbk"))

    assert answered(return_string(await response.read())).rows == [OPEN_ROW]


@pytest.mark.parametrize("document", ["", "x", "<root/>", "<a><b><c>1</c></b></a>", "%3Croot"])
async def test_bad_documents_are_refused(wire: Wire, document: str) -> None:
    response = await wire.post(OLD, old_call("04C03", document))

    assert response.status == 200
    answer = answered(return_string(await response.read()))
    assert (answer.code, answer.message, answer.rows) == ("-12", "XML文档格式错误", None)


async def test_a_document_with_a_dtd_is_refused(wire: Wire) -> None:
    entity = '<!DOCTYPE root [<!ENTITY a "5001037990000000">]>'
    bomb = f"{entity}<root><QueryCondition><xh>&a;</xh></QueryCondition></root>"
    answer = answered(return_string(await (await wire.post(OLD, old_call("04C03", bomb))).read()))

    assert answer.code == "-12"


SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"\xff\xfe\x00",
        b"<a/>",
        f'<e:Envelope xmlns:e="{SOAP}"><e:Body/></e:Envelope>'.encode(),
        f'<e:Envelope xmlns:e="{SOAP}"><e:Body><a/><b/></e:Body></e:Envelope>'.encode(),
        b'<!DOCTYPE x [<!ENTITY a "b">]>' + old_call("04C03", "&amp;").partition(b"?>")[2],
        envelope("dropTables", "04", DEFAULT_SERIAL, "04C03", query(**HEALTHY)),
        envelope("queryObjectOut", "04", DEFAULT_SERIAL, "04C03"),
        envelope("queryObjectOutNew", "04", DEFAULT_SERIAL, "04C03", query(**HEALTHY)),
        b'<?xml version="1.0" encoding="no-such"?>\xff<a/>',
    ],
)
async def test_what_is_not_a_call_is_a_fault(wire: Wire, body: bytes) -> None:
    response = await wire.post(OLD, body)
    text = await response.text()

    assert response.status == 500
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert "<soapenv:Fault><faultcode>soapenv:Server.userException</faultcode>" in text
    assert "Traceback" not in text
    calls = await (await wire.http.get("/control/calls")).json()
    assert calls["total"] == 0


async def test_a_body_over_four_megabytes_is_a_fault(wire: Wire) -> None:
    body = old_call("04C03", "x" * (4 * 1024 * 1024))
    response = await wire.http.post(OLD, data=BytesIO(body))

    assert response.status == 413
    assert "<faultstring>Request is too large</faultstring>" in await response.text()


@pytest.mark.parametrize("interface", ["04C54", "04C03", "99X99"])
async def test_writes_are_refused(wire: Wire, interface: str) -> None:
    document = "<root><violation><xh>5001037990000000</xh></violation></root>"
    body = envelope("writeObjectOut", interface[:2], DEFAULT_SERIAL, interface, document)
    answer = answered(return_string(await (await wire.post(OLD, body)).read()))

    assert answer.code.startswith("-")
    assert answer.message in ("接口04C03未开通写入服务", "接口序列号无权访问该接口")
    assert (answer.count, answer.rows) == (None, None)


async def test_texts_of_the_city_are_escaped(wire: Wire) -> None:
    await wire.change("change", xh="5001037990000000", fields={"wfdz": "A&B <路口>"})
    text = unquote(await wire.text("04C03", xh="5001037990000000"))

    assert f"<wfdz>{escape('A&B <路口>')}</wfdz>" in text
