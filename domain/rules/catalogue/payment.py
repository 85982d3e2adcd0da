"""R18-R23: until when a fine is paid, and what is added afterwards."""

from domain.rules.catalogue.entry import always, rule
from domain.rules.catalogue.sources import (
    COERCION,
    OWN_CHOICE,
    PENALTY,
    POINTS_LAW,
    PROCEDURE,
    ROAD,
)
from domain.rules.kinds import only, whole, yes_or_no
from domain.rules.kinds_of_many import one_of, some_of
from domain.rules.words import DAYS, FREEZE_REASONS, PERCENT, ROUNDINGS
from domain.texts import Text

FEN = Text("整元罚款的百分之三恰为整分", "three percent of whole yuan come out even in fen")

PAYMENT = (
    rule(
        18,
        "pay.days",
        whole(1, 365, DAYS),
        "收到处罚决定书后缴纳罚款的期限（自然日）。",
        "Calendar days to pay after receipt of the decision.",
        always(15, ROAD.article(108), PENALTY.article(67, 85)),
    ),
    rule(
        18,
        "pay.count_receipt_day",
        yes_or_no(),
        "收到处罚决定书的当日计入缴款期限。",
        "The day of receipt counts as the first day to pay.",
        always(
            False, Text("期间开始之日不计入的一般规则", "general rule: the day of the event is out")
        ),
    ),
    rule(
        19,
        "surcharge.percent_per_day",
        whole(0, 100, PERCENT),
        "逾期每日按罚款数额加处罚款的比例。",
        "What is added for each overdue day, of the fine.",
        always(3, ROAD.article(109), PENALTY.article(72), PROCEDURE.article(60)),
    ),
    rule(
        19,
        "surcharge.cap_percent",
        whole(0, 100, PERCENT),
        "加处罚款的总额不超过罚款数额的此比例。",
        "The most that is added in all, of the fine.",
        always(100, PENALTY.article(72), COERCION.article(45), PROCEDURE.article(60)),
    ),
    rule(
        20,
        "surcharge.rounding",
        one_of(ROUNDINGS),
        "加处罚款的尾数如何处理。",
        "How what is added becomes an amount that can be paid.",
        always("fen_down", FEN),
    ),
    rule(
        21,
        "surcharge.freeze_on",
        some_of(FREEZE_REASONS),
        "这些期间不计算加处罚款。",
        "Nothing is added while one of these lasts.",
        always(
            ["reconsideration", "litigation", "annulment_request", "deferral"],
            PENALTY.article(66, 73),
        ),
    ),
    rule(
        22,
        "surcharge.timezone",
        only("Asia/Shanghai", Text("北京时间，零点换日", "China's time; a day ends at midnight")),
        "按哪里的时间计算逾期的日数。",
        "Whose midnight ends a day.",
        always("Asia/Shanghai", OWN_CHOICE),
    ),
    rule(
        23,
        "pay.roll_to_workday",
        yes_or_no(),
        "缴款期限最后一日是节假日的，顺延到下一个工作日。",
        "A last day to pay that is a day off moves to the next working day.",
        always(True, POINTS_LAW.article(36), Text("参照适用", "by analogy")),
    ),
)
