"""R1-R11: which violations can be handled online, and by whom."""

from domain.rules.catalogue.entry import always, rule
from domain.rules.catalogue.sources import (
    BEIJING_STYLE,
    CHONGQING_2017,
    NATIONAL_PLATFORM,
    OWN_CHOICE,
    POINTS_LAW,
    PROCEDURE,
)
from domain.rules.kinds import amount, points_limit, unless_none, whole, yes_or_no
from domain.rules.kinds_of_many import codes, one_of, some_of
from domain.rules.words import (
    BATCHES,
    CAPTURE_KINDS,
    LICENCE_STATUSES,
    PLATE_TYPES,
    POINTS,
    VEHICLE_USES,
)

HIGHEST_FINE_FEN = 100_000_000
HIGHEST_POINTS = 99

HANDLING = (
    rule(
        1,
        "handle.capture_kinds",
        some_of(CAPTURE_KINDS, at_least=1),
        "以哪些方式查获的违法可以网上处理。",
        "How a violation must have been recorded to be handled online.",
        always(["camera"], PROCEDURE.article(52, 58), NATIONAL_PLATFORM),
    ),
    rule(
        2,
        "handle.max_fine_fen",
        amount(HIGHEST_FINE_FEN),
        "单笔罚款不超过此数（含本数）的违法可以网上处理。",
        "The highest fine, inclusive, of a violation that can be handled online.",
        always(20000, PROCEDURE.article(43, 52)),
    ),
    rule(
        3,
        "handle.points_after",
        points_limit(HIGHEST_POINTS),
        "处理后本记分周期的累积记分须在此范围内。",
        "What the points of the scoring cycle may come to by handling.",
        always("<12", NATIONAL_PLATFORM),
    ),
    rule(
        4,
        "handle.max_points_single",
        unless_none(whole(0, HIGHEST_POINTS, POINTS)),
        "一起违法的记分不超过此数的，可以网上处理。",
        "The most points of a single violation that can be handled online.",
        always("none", NATIONAL_PLATFORM),
    ),
    rule(
        5,
        "handle.large_class_points",
        yes_or_no(),
        "持 A、B 类驾驶证的人可以网上处理记分的违法。",
        "Holders of a class A or B licence may handle violations with points online.",
        always(False, CHONGQING_2017),
    ),
    rule(
        6,
        "handle.same_vehicle_batch_over_12",
        one_of(BATCHES),
        "同一辆车的多起违法一次处理后记分超出范围的，如何办理。",
        "Where several violations of one vehicle are handled that together exceed the limit.",
        always("window", POINTS_LAW.article(14)),
    ),
    rule(
        7,
        "handle.after_full_other_vehicles",
        yes_or_no(),
        "累积记分满分后，还可以处理其他机动车的违法。",
        "Whoever has reached full points may handle violations of other vehicles.",
        always(False, POINTS_LAW.article(14)),
    ),
    rule(
        8,
        "handle.licence_status_ok",
        some_of(LICENCE_STATUSES, at_least=1),
        "驾驶证的每一种状态都须在此列。",
        "Every status of the licence must be one of these.",
        always(["A", "H", "N", "P", "T"], OWN_CHOICE),
    ),
    rule(
        9,
        "handle.vehicle_type_class_fit",
        yes_or_no(),
        "准驾车型须与违法的车辆相符。",
        "The licence classes must cover the vehicle.",
        always(True, BEIJING_STYLE, NATIONAL_PLATFORM),
    ),
    rule(
        10,
        "handle.violation_after_first_issue",
        yes_or_no(),
        "违法时间须不早于初次领取驾驶证之日。",
        "The violation must not be older than the first licence.",
        always(True, BEIJING_STYLE),
    ),
    rule(
        11,
        "handle.other_vehicle_after_filing",
        yes_or_no(),
        "处理他人车辆的记分违法，违法时间须不早于备案生效之时。",
        "Points for another's vehicle are taken only for violations after the owner's grant.",
        always(True, NATIONAL_PLATFORM),
    ),
    rule(
        None,
        "handle.own_plate_types",
        some_of(PLATE_TYPES, at_least=1, or_any=True),
        "本人名下哪些号牌种类的车辆可以网上处理。",
        "Plate types of one's own vehicles that take part.",
        always("any", NATIONAL_PLATFORM),
    ),
    rule(
        None,
        "handle.own_vehicle_uses",
        some_of(VEHICLE_USES, at_least=1, or_any=True),
        "本人名下哪些使用性质的车辆可以网上处理。",
        "Uses of one's own vehicles that take part.",
        always("any", NATIONAL_PLATFORM),
    ),
    rule(
        None,
        "handle.other_plate_types",
        some_of(PLATE_TYPES, at_least=1, or_any=True),
        "他人名下哪些号牌种类的车辆可以网上处理。",
        "Plate types of other people's vehicles that take part.",
        always(["02", "52"], NATIONAL_PLATFORM),
    ),
    rule(
        None,
        "handle.other_vehicle_points",
        yes_or_no(),
        "可以网上处理他人车辆的记分违法。",
        "Violations with points may be handled for other people's vehicles.",
        always(True, CHONGQING_2017, NATIONAL_PLATFORM),
    ),
    rule(
        None,
        "handle.agencies",
        codes(r"\d{1,12}", '["50"]', or_any=True),
        "哪些机关（代码开头）录入的违法可以网上处理。",
        "Agencies, by the beginning of their code, whose violations take part.",
        always("any", PROCEDURE.article(5)),
    ),
)
