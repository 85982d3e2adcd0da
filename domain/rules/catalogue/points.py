"""R24-R30: points and the scoring cycle."""

from domain.rules.catalogue.entry import always, rule, since
from domain.rules.catalogue.sources import (
    OWN_CHOICE,
    PENALTY,
    POINTS_LAW,
    ROAD,
    ROAD_REGULATION,
)
from domain.rules.kinds import only, whole, yes_or_no
from domain.rules.kinds_of_many import one_of, table
from domain.rules.values import ReductionLimits
from domain.rules.words import CARRY_OVERS, LEAP_DAYS, MONTHS, POINTS
from domain.texts import Text

HIGHEST_POINTS = 99
SOME_POINTS = whole(0, HIGHEST_POINTS, POINTS)

SCORING = (
    rule(
        24,
        "points.lex_mitior",
        yes_or_no(),
        "违法后记分标准变轻的，按较轻的标准记分（从旧兼从轻）。",
        "If the points of an act were lowered after it, the lower value counts.",
        always(True, PENALTY.article(37)),
    ),
    rule(
        25,
        "points.cycle_months",
        whole(1, 120, MONTHS),
        "记分周期的长度，自初次领取驾驶证之日起算。",
        "How long a scoring cycle is, from the first licence on.",
        always(12, ROAD.article(24), POINTS_LAW.article(3)),
    ),
    rule(
        25,
        "points.leap_day",
        one_of(LEAP_DAYS),
        "2 月 29 日初次领证的，记分周期从哪一天开始。",
        "When the cycle of somebody first licensed on 29 February begins.",
        always("february_28", OWN_CHOICE),
    ),
    rule(
        26,
        "points.assign_by",
        only("decision_date", Text("处罚决定之日", "the day of the decision")),
        "记分按哪一天计入记分周期。",
        "Which day says to which cycle points belong.",
        always("decision_date", POINTS_LAW.article(13)),
    ),
    rule(
        27,
        "points.carry_over",
        one_of(CARRY_OVERS),
        "记分周期期满仍有罚款未缴的，哪些记分转入下一周期。",
        "Which points go on into the next cycle if fines are unpaid.",
        always("all_if_any_unpaid", ROAD_REGULATION.article(24)),
        since("2022-04-01", "overdue_unpaid_items", POINTS_LAW.article(15)),
    ),
    rule(
        None,
        "points.limit",
        whole(1, HIGHEST_POINTS, POINTS),
        "一个记分周期的满分。",
        "How many points are full points.",
        always(12, POINTS_LAW.article(3)),
    ),
    rule(
        28,
        "points.alert_at",
        SOME_POINTS,
        "累积记分达到此数时提醒。",
        "From how many points on a driver is alerted.",
        always(9, Text("一地公安交管的临界告知做法", "practice of a city's police app")),
    ),
    rule(
        29,
        "points.reduction",
        table(
            ReductionLimits,
            {
                "per_cycle": (Text("每周期最多", "per cycle"), SOME_POINTS),
                "online_study": (Text("网上学习每次", "online study each"), SOME_POINTS),
                "class_study": (Text("现场学习每次", "study in class each"), SOME_POINTS),
                "volunteering": (Text("公益活动每次", "volunteering each"), SOME_POINTS),
            },
        ),
        "参加交通安全教育可以扣减的记分。",
        "Points that safety education takes off.",
        always(
            {"per_cycle": 0, "online_study": 0, "class_study": 0, "volunteering": 0},
            Text("此前没有全国性规定", "no national rule before order 163"),
        ),
        since(
            "2022-04-01",
            {"per_cycle": 6, "online_study": 1, "class_study": 2, "volunteering": 1},
            POINTS_LAW.article(25, 26, 27),
        ),
    ),
    rule(
        30,
        "warning.no_points_no_pay",
        yes_or_no(),
        "警告处罚不记分，也不用缴款。",
        "A warning brings no points and nothing to pay.",
        always(True, POINTS_LAW.article(28)),
    ),
)
