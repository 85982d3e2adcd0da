"""The text of a decision: everything order 157, art. 45 wants, and nothing that was not said."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.decision_texts import (
    DecisionMatter,
    UnknownTextVersion,
    as_decided,
    before_decision,
    draft,
    text_versions,
)
from domain.money import Money
from domain.plates import Plate, PlateType
from domain.rules.library import load_rulebook, packaged_rulebooks
from domain.violations import CaptureKind
from runtime.rulebooks import OLDEST_TEXT, rulebook_of
from runtime.settings import SettingsProblem
from tests.stack import settings_for

VERSION = "2024-01-01"
RULES = load_rulebook("chongqing").on(date(2026, 11, 2))
MATTER = DecisionMatter(
    name="王小明",
    licence_number="500000199001011234",
    file_number="500140506037",
    plate=Plate(PlateType.SMALL_VEHICLE, "渝A12345"),
    record_number="5001127932319590",
    occurred_at=datetime(2026, 9, 22, 3, 19, 29, tzinfo=UTC),
    place="渝北区金开大道",
    code="1352",
    act="超过规定时速10%未达20%的",
    measured="73",
    limit="60",
    basis=("道交法42条;实施条例45-46条;道交法90条",),
    fine=Money(15000),
    points=3,
    agency="渝北区分局交巡警支队",
)

WHOLE = """公安交通管理行政处罚决定书

编号：5001031381441257

被处罚人：王小明
机动车驾驶证号：500000199001011234
档案编号：500140506037
号牌号码：渝A12345（号牌种类代码 02）

被处罚人于 2026年9月22日11时19分 在渝北区金开大道实施“超过规定时速10%未达20%的”的违法行为（代码 1352），由交通技术监控设备记录（记录编号 5001127932319590）。
测得值 73，规定值 60。
以上事实有交通技术监控记录资料证实，被处罚人已知晓并自愿接受处理。

违法行为的法律规定：《道路交通安全法》第42条、《道路交通安全法实施条例》第45-46条、《道路交通安全法》第90条。
根据《中华人民共和国道路交通安全法》第一百一十四条、《道路交通安全违法行为处理程序规定》第五十八条，决定给予以下处罚：
罚款 150.00 元。
根据《道路交通安全违法行为记分管理办法》，一次记 3 分。

请自收到本决定书之日起 15 日内，通过本服务或者处罚机关指定的银行缴纳罚款。
逾期不缴纳的，依据《中华人民共和国行政处罚法》第七十二条，每日按罚款数额的 3% 加处罚款，加处罚款总额不超过罚款数额的 100%。

如不服本决定，可以自收到本决定书之日起 60 日内依法申请行政复议，可以通过本机关或者互联网渠道提交申请。
也可以自收到本决定书之日起 6 个月内依法直接向人民法院提起行政诉讼。

处罚机关：渝北区分局交巡警支队
日期：2026年11月2日"""  # noqa: E501


def test_the_whole_text() -> None:
    text = as_decided(draft(VERSION, MATTER, RULES), "5001031381441257", date(2026, 11, 2))

    assert text == WHOLE


def test_before_the_decision_only_number_and_day_are_missing() -> None:
    shown = before_decision(draft(VERSION, MATTER, RULES))

    blank = "（作出决定后填写）"
    expected = WHOLE.replace("编号：5001031381441257", f"编号：{blank}")
    assert shown == expected.replace("日期：2026年11月2日", f"日期：{blank}")


def test_a_warning_without_points_asks_for_nothing() -> None:
    text = draft(VERSION, replace(MATTER, fine=Money(0), points=0), RULES)

    assert "\n警告。\n本次违法行为不记分。\n" in text
    assert "无需缴纳罚款。" in text
    assert "加处罚款" not in text
    assert "罚款 " not in text


def test_what_is_not_known_is_left_out() -> None:
    bare = replace(MATTER, file_number=None, measured="73", limit=None, basis=(), place=None)

    text = draft(VERSION, bare, RULES)

    assert "档案编号" not in text
    assert "测得值" not in text
    assert "法律规定：" not in text
    assert "None" not in text


def test_where_reconsideration_comes_first_no_court_is_offered_directly() -> None:
    first = replace(RULES, reconsider_first_kinds=frozenset({CaptureKind.CAMERA}))

    text = draft(VERSION, MATTER, first)

    assert "应当先申请行政复议" in text
    assert "15 日内依法向人民法院提起行政诉讼" in text
    assert "直接向人民法院" not in text


def test_no_value_passes_for_a_place_of_the_template() -> None:
    sly = replace(MATTER, place="{number}{decided_on}[fine] {name}")

    text = as_decided(draft(VERSION, sly, RULES), "5001", date(2026, 11, 2))

    assert "在｛number｝｛decided_on｝[fine] ｛name｝实施" in text


def test_every_version_fills_every_place() -> None:
    for version in text_versions():
        text = as_decided(draft(version, MATTER, RULES), "5001", date(2026, 11, 2))
        assert not {*"{}"} & {*text}, version


def test_an_unknown_version() -> None:
    with pytest.raises(UnknownTextVersion, match="1999"):
        draft("1999", MATTER, RULES)
    with pytest.raises(UnknownTextVersion):
        draft("../refusals", MATTER, RULES)


def test_nothing_personal_in_a_repr() -> None:
    shown = repr(MATTER)
    for secret in ("王小明", "500000199001011234", "500140506037", "12345", "金开大道"):
        assert secret not in shown


@pytest.mark.parametrize("name", packaged_rulebooks())
def test_the_packaged_rulebooks_name_texts_that_are_there(name: str) -> None:
    book = load_rulebook(name)
    named = {book.on(day).text_version for day in book.changes() if day >= OLDEST_TEXT}
    assert named <= {*text_versions()}


def test_a_rulebook_that_names_no_text_does_not_start(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        """
[city]
id = "own"
name = { zh = "本市", en = "Own" }
province = "重庆"

[[rule."text.version"]]
value = "2027-05-01"
from = 2027-05-01
source = { zh = "市局通知", en = "Notice of the bureau" }
""",
        "utf-8",
    )
    settings = settings_for(tmp_path, "http://127.0.0.1:1", rulebook=str(own))

    with pytest.raises(SettingsProblem, match=r"names 2027-05-01.*There are 2024-01-01"):
        rulebook_of(settings)
