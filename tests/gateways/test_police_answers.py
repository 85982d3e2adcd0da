"""Whole answers: shapes, encodings, repeats, and what is missing from them."""

from urllib.parse import quote, quote_plus

import pytest

from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.records import RecordChange
from gateways.police_records import PoliceRecords
from tests.gateways.register import (
    CAMERA_ROW,
    DECISION_ROW,
    IDENTITY,
    PLATE,
    Register,
    answered,
    document,
    elements,
    enveloped,
)

OTHER = CAMERA_ROW | {"xh": "5001017900000002", "wfdz": "江北区　观音桥"}


async def test_no_records_at_all(register: Register, records: PoliceRecords) -> None:
    answer = await records.camera_records(PLATE)

    assert (answer.rows, answer.complete) == ((), True)
    assert await records.vehicle(PLATE) is None
    assert await records.pictures("1") == ()


async def test_an_empty_row_may_mean_none_but_only_if_none_is_counted(
    register: Register, records: PoliceRecords
) -> None:
    register.body = answered([{"hphm": "", "xh": " "}], rownum=0)
    assert (await records.camera_records(PLATE)).complete

    register.body = answered([CAMERA_ROW], rownum=0)
    assert len((await records.camera_records(PLATE)).rows) == 1

    register.body = answered([{"hphm": ""}], rownum=1)
    with pytest.raises(UpstreamUnavailable):
        await records.camera_records(PLATE)


@pytest.mark.parametrize(
    "text", ["未找到该机动车信息", "查无此车", "无符合条件的记录", "该驾驶人不存在"]
)
async def test_a_refusal_may_mean_absent(
    register: Register, records: PoliceRecords, text: str
) -> None:
    register.body = answered(code="0", message=text)

    assert await records.vehicle(PLATE) is None
    assert await records.driver(IDENTITY) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("查询失败", UpstreamReason.REFUSED),
        ("无法读取记录", UpstreamReason.REFUSED),
        ("未找到数据库连接", UpstreamReason.REFUSED),
        ("接口不存在", UpstreamReason.NOT_AUTHORISED),
        ("没有权限查询该信息", UpstreamReason.NOT_AUTHORISED),
        ("该序列号不存在", UpstreamReason.NOT_AUTHORISED),
        ("超出当日访问次数限制，查无剩余", UpstreamReason.OVER_QUOTA),
    ],
)
async def test_other_refusals_never_mean_absent(
    register: Register, records: PoliceRecords, text: str, reason: UpstreamReason
) -> None:
    register.body = answered(code="0", message=text)

    for question in (records.vehicle(PLATE), records.camera_records(PLATE)):
        with pytest.raises(UpstreamUnavailable) as raised:
            await question
        assert raised.value.reason is reason


def shapes() -> dict[str, bytes]:
    plain = document([CAMERA_ROW, OTHER])
    head_end = "</head><body>"
    nested = plain.replace(head_end, "<body>").replace("</body></root>", "</body></head></root>")
    mangled = plain.replace("江北区", "限速<60公里 & 夜间<b>江北区\x01")
    cdata = mangled.replace("<cjjgmc>渝中区支队", "<cjjgmc><![CDATA[<渝中>&区支队]]>")
    return {
        "whole document encoded": enveloped(quote(plain, safe="")),
        "plus for blanks": enveloped(quote_plus(plain, safe="")),
        "raw": enveloped(plain),
        "byte order mark": enveloped("\ufeff" + plain),
        "values encoded": enveloped(
            document([{k: quote(v) for k, v in CAMERA_ROW.items()}, OTHER])
        ),
        "whole and values encoded": enveloped(
            quote(document([{k: quote_plus(v) for k, v in CAMERA_ROW.items()}, OTHER]), safe="")
        ),
        "percent-encoded GBK": enveloped(quote(plain.encode("gb18030"), safe="")),
        "GBK bytes": enveloped(plain).decode().encode("gb18030"),
        "body inside head": enveloped(quote(nested, safe="")),
        "node case": enveloped(plain.replace("viosurveil", "VioSurveil").replace("head>", "HEAD>")),
        "field case": enveloped(plain.replace("wfsj>", "WFSJ>")),
        "wrapped rows": enveloped(
            plain.replace("body>", "body>")
            .replace("<body>", "<body><list>")
            .replace("</body>", "</list></body>")
        ),
        "no row count": enveloped(plain.replace("<rownum>2</rownum>", "")),
        "remark": enveloped(plain.replace("<code>1<", "<code>2<")),
        "unescaped texts": enveloped(quote(mangled, safe="")),
        "unescaped texts and CDATA": enveloped(quote(cdata, safe="")),
        "blanks": enveloped("\n  " + quote(plain, safe="") + "\n"),
        "impossible references": enveloped(plain.replace("江北区", "&#0;江北区&#xD800;&nbsp;")),
    }


@pytest.mark.parametrize("shape", shapes())
async def test_every_shape_of_the_same_answer(
    register: Register, records: PoliceRecords, shape: str
) -> None:
    register.body = shapes()[shape]

    answer = await records.camera_records(PLATE)

    assert answer.complete
    first, second = answer.rows
    assert (first.record_number, second.record_number) == (CAMERA_ROW["xh"], OTHER["xh"])
    assert first.place == "渝中区中山三路"
    assert second.place is not None
    assert "江北区" in second.place
    assert second.place.endswith("观音桥")


async def test_a_bad_byte_spoils_one_value_only(register: Register, records: PoliceRecords) -> None:
    cut = document([CAMERA_ROW]).encode().replace("中山三路".encode(), "中山三路".encode()[:-1])
    register.body = enveloped(quote(cut, safe=""))

    (record,) = (await records.camera_records(PLATE)).rows

    assert record.place == "渝中区中山三"
    assert record.capture_agency.name == "渝中区支队"


async def test_a_single_row_may_be_the_body_itself(
    register: Register, records: PoliceRecords
) -> None:
    head = "<head><code>1</code><rownum>1</rownum></head>"
    register.body = enveloped(f"<root>{head}<body>{elements(CAMERA_ROW)}</body></root>")

    answer = await records.camera_records(PLATE)

    assert [record.record_number for record in answer.rows] == [CAMERA_ROW["xh"]]


@pytest.mark.parametrize("tag", ["msg", "msg1", "rtnmsg1", "retdesc"])
async def test_the_message_has_many_names(
    register: Register, records: PoliceRecords, tag: str
) -> None:
    text = document(code="0", message=quote("未找到记录")).replace("message>", f"{tag}>")
    register.body = enveloped(quote(text.replace("<head>", "<head><message/>"), safe=""))

    assert await records.vehicle(PLATE) is None


async def test_rows_of_others_are_dropped_and_counted(
    register: Register, records: PoliceRecords, caplog: pytest.LogCaptureFixture
) -> None:
    register.body = answered([CAMERA_ROW, OTHER | {"hphm": "渝B99999"}, OTHER | {"wfsj": "?"}])

    answer = await records.camera_records(PLATE)

    assert [record.record_number for record in answer.rows] == [CAMERA_ROW["xh"]]
    assert not answer.complete
    assert (records.stats.dropped_rows, records.stats.unreadable_rows) == (1, 1)
    assert [record.getMessage() for record in caplog.records] == [
        "rows left out: of_others=1 unreadable=1 missing=0"
    ]


async def test_a_count_above_the_rows_means_incomplete(
    register: Register, records: PoliceRecords
) -> None:
    register.body = answered([CAMERA_ROW], rownum=3)

    answer = await records.camera_records(PLATE)

    assert (len(answer.rows), answer.complete) == (1, False)
    assert records.stats.missing_rows == 2


async def test_resent_rows_and_tombstones(register: Register, records: PoliceRecords) -> None:
    newer = CAMERA_ROW | {"gxsj": "2024-05-01 00:00:00.0", "clbj": "1", "jkbj": "1", "jllx": "2"}
    deleted = OTHER | {"jllx": "3"}
    register.body = answered([newer, CAMERA_ROW, OTHER, deleted, CAMERA_ROW | {"gxsj": ""}])

    answer = await records.camera_records(PLATE)

    assert [(record.handled, record.change) for record in answer.rows] == [
        (True, RecordChange.CHANGED),
        (False, RecordChange.DELETED),
    ]
    assert answer.complete


async def test_rows_without_numbers_are_told_apart_by_the_event(
    register: Register, records: PoliceRecords
) -> None:
    bare = CAMERA_ROW | {"xh": "", "wfbh": ""}
    later = bare | {"wfsj": "2024-04-03 00:00:00.0"}
    register.body = answered([bare, later, bare])

    assert len((await records.camera_records(PLATE)).rows) == 2


async def test_items_of_a_decision(register: Register, records: PoliceRecords) -> None:
    second = DECISION_ROW | {"wfbh": "5001012024100000000102", "wfxw": "1101"}
    bare = DECISION_ROW | {"wfbh": "", "wfxw": "1625"}
    register.body = answered([DECISION_ROW, second, bare, bare], node="Violation")

    answer = await records.decision(DECISION_ROW["jdsbh"])

    assert [record.code for record in answer.rows] == ["1344", "1101", "1625"]


async def test_of_several_vehicles_on_one_plate_the_newest(
    register: Register, records: PoliceRecords
) -> None:
    sold = {"hpzl": "02", "hphm": "渝AF0001", "zt": "B", "gxrq": "2020-01-01"}
    current = sold | {"zt": "A", "gxrq": "2024-01-01"}
    register.body = answered([sold, current, current], node="veh")

    vehicle = await records.vehicle(PLATE)
    assert vehicle is not None
    assert vehicle.status_letters == "A"

    register.body = answered([sold, sold | {"zt": "A"}], node="veh")
    with pytest.raises(UpstreamUnavailable):
        await records.vehicle(PLATE)
