"""R38-R45: how the service itself works."""

from domain.rules.catalogue.entry import always, rule, since
from domain.rules.catalogue.sources import (
    LITIGATION,
    PENALTY,
    POINTS_LAW,
    PRUDENCE,
    RECONSIDERATION,
    ROAD,
    ROADSIDE_CODES,
    SHENZHEN,
    TEXT_MESSAGES,
)
from domain.rules.kinds import hours, name, whole, yes_or_no
from domain.rules.kinds_of_many import codes, table
from domain.rules.values import CodeLimits, FirstOffence
from domain.rules.words import DAYS, HOURS, MINUTES, MONTHS, TIMES, YEARS
from domain.texts import Text

LOCAL_LISTS = Text(
    "各地自行公布清单，未公布的不适用", "cities publish their own lists; without one it is off"
)


def _first_offence(
    *, enabled: bool, once_in_months: int, clean_months: int, codes: tuple[str, ...]
) -> FirstOffence:
    return FirstOffence(enabled, once_in_months, clean_months, frozenset(codes))


SERVICE = (
    rule(
        38,
        "annul.four_eyes",
        yes_or_no(),
        "撤销决定须由申请人和原处罚民警以外的另一人批准。",
        "An annulment is approved by neither its requester nor the officer who decided.",
        always(True, PRUDENCE),
    ),
    rule(
        39,
        "refund.sla_days",
        whole(1, 365, DAYS),
        "多缴、错缴的罚款退回的期限。",
        "Within how many calendar days money paid in error comes back.",
        always(15, SHENZHEN),
    ),
    rule(
        40,
        "hours.handle",
        hours(),
        "可以网上处理的时间。",
        "The hours of the day in China in which violations can be handled online.",
        always("00:00-24:00", Text("不限制时间的通行做法", "common practice: no closing hours")),
    ),
    rule(
        41,
        "sms.code",
        table(
            CodeLimits,
            {
                "minutes": (Text("有效", "valid for"), whole(1, 60, MINUTES)),
                "wrong_tries": (Text("可错", "wrong tries"), whole(1, 100, TIMES)),
                "sent_per_day": (Text("每天发送", "sent per day"), whole(1, 100, TIMES)),
                "wrong_lookups_per_day": (
                    Text("每天查询可错", "wrong look-ups per day"),
                    whole(1, 100, TIMES),
                ),
            },
        ),
        "短信验证码的限制。",
        "Limits of codes sent by text message.",
        always(
            {"minutes": 5, "wrong_tries": 5, "sent_per_day": 10, "wrong_lookups_per_day": 5},
            TEXT_MESSAGES,
        ),
    ),
    rule(
        42,
        "roadside_qr.hours",
        whole(1, 720, HOURS),
        "现场处罚二维码的有效时间。",
        "How long the code on a roadside decision is good for.",
        always(4, ROADSIDE_CODES),
    ),
    rule(
        43,
        "first_offence",
        table(
            _first_offence,
            {
                "enabled": (Text("启用", "enabled"), yes_or_no()),
                "once_in_months": (Text("每人一次的间隔", "once in"), whole(1, 120, MONTHS)),
                "clean_months": (
                    Text("此前无违法", "none before for"),
                    whole(0, 120, MONTHS),
                ),
                "codes": (Text("适用代码", "codes"), codes(r"\d{4}[0-9A-Z]?", '["1344"]')),
            },
        ),
        "首次轻微违法只警告、不罚款的条件。",
        "When a first minor violation becomes a warning.",
        always(
            {"enabled": False, "once_in_months": 12, "clean_months": 6, "codes": []},
            PENALTY.article(33),
            LOCAL_LISTS,
        ),
    ),
    rule(
        44,
        "limit.years",
        whole(1, 20, YEARS),
        "违法超过此期限未被发现的，不再处罚。",
        "An act found out later than this is not punished any more.",
        always(2, PENALTY.article(36)),
    ),
    rule(
        45,
        "text.version",
        name(),
        "处罚决定书文本的版本，以所依据法律的施行日命名。",
        "The version of the decision's text, named after the day of the law it follows.",
        always("2004-05-01", ROAD.article(108)),
        since("2015-05-01", "2015-05-01", LITIGATION.article(46)),
        since("2021-07-15", "2021-07-15", PENALTY.article(52, 59)),
        since("2022-04-01", "2022-04-01", POINTS_LAW.article(13)),
        since("2024-01-01", "2024-01-01", RECONSIDERATION.article(20, 23)),
    ),
)
