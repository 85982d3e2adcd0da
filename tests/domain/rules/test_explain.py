"""Every rule can be explained: what, since when, until when, says who."""

from datetime import date

import pytest

from domain.rules.book import RuleInForce, UnknownRule
from domain.rules.library import load_rulebook
from domain.texts import Text

CHONGQING = load_rulebook("chongqing")
POINTS_AFTER = Text(
    "处理后本记分周期的累积记分须在此范围内。",
    "What the points of the scoring cycle may come to by handling.",
)
DEFAULT = RuleInForce(
    number=3,
    key="handle.points_after",
    meaning=POINTS_AFTER,
    value='"<12"',
    words=Text("少于 12 分", "fewer than 12 points"),
    valid_from=None,
    valid_until=date(2017, 6, 30),
    source=Text("全国“交管12123”的做法", "practice of the national platform 12123"),
    is_default=True,
)
OWN = RuleInForce(
    number=3,
    key="handle.points_after",
    meaning=POINTS_AFTER,
    value='"<=12"',
    words=Text("不超过 12 分", "at most 12 points"),
    valid_from=date(2017, 7, 1),
    valid_until=None,
    source=Text(
        "2017年7月上线公告：处理后记分不超过12分",
        "launch notice of July 2017: not more than 12 points afterwards",
    ),
    is_default=False,
)


def test_a_rule_before_and_after_the_city_decided() -> None:
    assert CHONGQING.explain("handle.points_after", date(2017, 6, 30)) == DEFAULT
    assert CHONGQING.explain("handle.points_after", date(2017, 7, 1)) == OWN
    assert CHONGQING.history("handle.points_after") == (DEFAULT, OWN)


def test_a_rule_that_the_law_changed() -> None:
    before, after = CHONGQING.history("reconsider.first_kinds")

    assert (before.valid_from, before.valid_until, before.value) == (
        None,
        date(2023, 12, 31),
        "[]",
    )
    assert (after.valid_from, after.valid_until, after.value) == (
        date(2024, 1, 1),
        None,
        '["on_scene"]',
    )
    assert after.source == Text(
        "《行政复议法》第23条", "Administrative Reconsideration Law, art. 23"
    )


@pytest.mark.parametrize(
    ("key", "value", "zh", "en"),
    [
        ("handle.max_fine_fen", "20000", "200.00 元", "200.00 yuan"),
        ("handle.max_points_single", '"none"', "不限", "no limit"),
        ("handle.large_class_points", "false", "否", "no"),
        ("points.lex_mitior", "true", "是", "yes"),
        ("handle.licence_status_ok", '["A", "H", "N", "P", "T"]',
         "正常、违法未处理、延期换证、延期体检、延期审验",
         "normal, violation unhandled, renewal deferred, medical deferred, check deferred"),
        ("handle.own_vehicle_uses", '["A", "L", "M"]', "非营运、营转非、出租转非",
         "private, former commercial, former taxi"),
        ("handle.agencies", '"any"', "不限", "any"),
        ("surcharge.percent_per_day", "3", "3 %", "3 percent"),
        ("limit.years", "2", "2 年", "2 years"),
        ("hours.handle", '"00:00-24:00"', "全天", "all day"),
        ("surcharge.timezone", '"Asia/Shanghai"', "北京时间，零点换日",
         "China's time; a day ends at midnight"),
        ("points.reduction",
         "{per_cycle = 6, online_study = 1, class_study = 2, volunteering = 1}",
         "每周期最多：6 分；网上学习每次：1 分；现场学习每次：2 分；公益活动每次：1 分",
         "per cycle: 6 points; online study each: 1 point; study in class each: 2 points;"
         " volunteering each: 1 point"),
        ("first_offence",
         "{enabled = false, once_in_months = 12, clean_months = 6, codes = []}",
         "启用：否；每人一次的间隔：12 个月；此前无违法：6 个月；适用代码：无",
         "enabled: no; once in: 12 months; none before for: 6 months; codes: none"),
        ("text.version", '"2024-01-01"', "2024-01-01", "2024-01-01"),
    ],
)  # fmt: skip
def test_values_in_words(key: str, value: str, zh: str, en: str) -> None:
    one = CHONGQING.explain(key, date(2026, 11, 22))

    assert (one.value, one.words) == (value, Text(zh, en))


def test_a_rule_that_does_not_exist() -> None:
    with pytest.raises(UnknownRule) as caught:
        CHONGQING.explain("handle.max_fine", date(2026, 11, 22))

    assert str(caught.value) == (
        'There is no rule "handle.max_fine". Did you mean "handle.max_fine_fen"?'
    )
