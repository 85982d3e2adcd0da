"""Values are said in the words of the law and of our schema."""

from pathlib import Path

import pytest

from domain.rules.catalogue import CATALOGUE
from domain.rules.words import DAYS, LICENCE_STATUSES, PLATE_TYPES, VEHICLE_USES, Words
from domain.texts import Text

SCHEMA = (Path(__file__).parents[3] / "schema.graphql").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [PLATE_TYPES, VEHICLE_USES, LICENCE_STATUSES])
def test_codes_are_called_as_in_the_schema(words: Words) -> None:
    for member, text in words.items():
        assert f'"{member} {text.zh}' in SCHEMA
        assert text.en == member.name.lower().replace("_", " ")


@pytest.mark.parametrize(
    ("key", "written", "zh", "en"),
    [
        ("handle.capture_kinds", ["on_scene", "camera"], "电子监控、现场执法",
         "camera, on the scene"),
        ("handle.same_vehicle_batch_over_12", "window", "须到窗口处理", "at a window only"),
        ("handle.same_vehicle_batch_over_12", "allow", "可以网上处理", "online too"),
        ("surcharge.rounding", "fen_down", "精确到分，分以下舍去", "to the fen, fractions dropped"),
        ("surcharge.rounding", "yuan_down", "精确到元，元以下舍去",
         "to the yuan, fractions dropped"),
        ("surcharge.rounding", "yuan_half_up", "精确到元，四舍五入",
         "to the yuan, halves rounded up"),
        ("surcharge.freeze_on", ["reconsideration", "litigation", "annulment_request", "deferral"],
         "行政复议、行政诉讼、申请撤销期间、经批准的暂缓或分期",
         "reconsideration, litigation, a request for annulment, an approved deferral or"
         " instalments"),
        ("surcharge.freeze_on", [], "无", "none"),
        ("points.carry_over", "overdue_unpaid_items", "只转入逾期未缴罚款的违法的记分",
         "only the points of violations whose fine is overdue"),
        ("points.carry_over", "all_if_any_unpaid", "有罚款未缴的，全部记分转入",
         "all points if any fine is unpaid"),
        ("points.leap_day", "february_28", "平年为 2 月 28 日", "28 February in common years"),
        ("points.leap_day", "march_1", "平年为 3 月 1 日", "1 March in common years"),
        ("points.assign_by", "decision_date", "处罚决定之日", "the day of the decision"),
        ("handle.agencies", ["51", "50"], "50、51", "50, 51"),
        ("grant.max_owners_ever", 1, "1 人", "1 person"),
        ("grant.chances_per_year", 2, "2 次", "2 times"),
        ("grant.max_active", 2, "2 辆", "2 vehicles"),
        ("bulk.threshold", 5, "5 起", "5 records"),
        ("dispute.review_workdays", 5, "5 个工作日", "5 working days"),
        ("litigate.months", 1, "1 个月", "1 month"),
        ("roadside_qr.hours", 4, "4 小时", "4 hours"),
        ("surcharge.percent_per_day", 1, "1 %", "1 percent"),
    ],
)  # fmt: skip
def test_values_in_words(key: str, written: object, zh: str, en: str) -> None:
    kind = CATALOGUE[key].kind

    assert kind.words(kind.read(written)) == Text(zh, en)


def test_one_and_many() -> None:
    assert [DAYS.count(number) for number in (0, 1, 2)] == [
        Text("0 天", "0 days"),
        Text("1 天", "1 day"),
        Text("2 天", "2 days"),
    ]
