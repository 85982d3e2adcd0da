"""R12-R17: other people's vehicles, and what looks like trade in points."""

from domain.rules.catalogue.entry import always, rule
from domain.rules.catalogue.sources import CHONGQING_2017, NATIONAL_PLATFORM
from domain.rules.kinds import unless_none, whole
from domain.rules.words import DAYS, PEOPLE, TIMES, VEHICLES

MANY = 1000
TEN_YEARS_IN_DAYS = 3660

GRANTS = (
    rule(
        12,
        "grant.max_active",
        whole(0, MANY, VEHICLES),
        "一个用户同时最多可备案的他人车辆。",
        "How many other people's vehicles one person may have grants for at a time.",
        always(3, NATIONAL_PLATFORM),
    ),
    rule(
        13,
        "grant.max_owners_ever",
        unless_none(whole(0, MANY, PEOPLE)),
        "一个用户累计最多可备案多少名车主的车辆。",
        "How many owners one person may ever have had grants of.",
        always(5, NATIONAL_PLATFORM),
    ),
    rule(
        13,
        "grant.chances_per_year",
        unless_none(whole(0, MANY, TIMES)),
        "一个用户一年内可备案（关注）的次数。",
        "How often one person may be given a grant within a year.",
        always(3, CHONGQING_2017),
    ),
    rule(
        14,
        "grant.max_followers_per_vehicle",
        whole(0, MANY, PEOPLE),
        "一辆车同时最多可被多少名用户备案。",
        "How many people may have a grant for one vehicle at a time.",
        always(3, NATIONAL_PLATFORM, CHONGQING_2017),
    ),
    rule(
        15,
        "grant.expiry_days",
        unless_none(whole(1, TEN_YEARS_IN_DAYS, DAYS)),
        "车主不是平台用户的，备案的有效期。",
        "How long a grant lasts whose owner is not a user.",
        always(365, CHONGQING_2017),
    ),
    rule(
        16,
        "fraud.other_plates_per_year",
        whole(0, MANY, VEHICLES),
        "一年内处理他人车辆超过此数的，涉嫌买卖分，暂停办理。",
        "More of other people's vehicles in a year are taken for trade in points.",
        always(3, NATIONAL_PLATFORM),
    ),
    rule(
        17,
        "fraud.drivers_per_vehicle",
        whole(0, MANY, PEOPLE),
        "一年内处理同一车辆违法的人超过此数的，涉嫌买卖分，暂停办理。",
        "More people handling violations of one vehicle are taken for trade in points.",
        always(3, NATIONAL_PLATFORM),
    ),
)
