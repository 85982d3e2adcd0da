"""R31-R37: deadlines of the citizen and of the agency, and remedies."""

from domain.rules.catalogue.entry import always, rule, since
from domain.rules.catalogue.sources import (
    LITIGATION,
    OLD_LITIGATION,
    OLD_RECONSIDERATION,
    PROCEDURE,
    RECONSIDERATION,
)
from domain.rules.kinds import whole
from domain.rules.kinds_of_many import some_of
from domain.rules.words import CAPTURE_KINDS, DAYS, MONTHS, RECORDS, WORKDAYS, YEARS
from domain.texts import Text

LONGEST_DAYS = 3660
LONGEST_MONTHS = 120
LONGEST_YEARS = 20

REMEDIES = (
    rule(
        31,
        "dispute.review_workdays",
        whole(1, LONGEST_DAYS, WORKDAYS),
        "对电子监控记录提出异议后，公安机关审查的期限。",
        "How long the agency may take to review an objection to a camera record.",
        always(5, PROCEDURE.article(5, 81)),
    ),
    rule(
        32,
        "eliminate.workdays",
        whole(1, LONGEST_DAYS, WORKDAYS),
        "核实后消除违法记录的期限。",
        "How soon a record is removed once its ground is verified.",
        always(3, PROCEDURE.article(22, 81)),
    ),
    rule(
        33,
        "accept.days",
        whole(1, LONGEST_DAYS, DAYS),
        "收到通知后接受处理的期限（自然日）。",
        "Calendar days to accept handling after the notice.",
        always(30, PROCEDURE.article(20, 53)),
    ),
    rule(
        33,
        "accept.defer_months",
        whole(0, LONGEST_MONTHS, MONTHS),
        "申请延期处理，最长可延长的时间。",
        "How long handling can be deferred on request.",
        always(3, PROCEDURE.article(53)),
    ),
    rule(
        34,
        "bulk.threshold",
        whole(1, LONGEST_DAYS, RECORDS),
        "一辆车未处理的违法达到此数的，可不经本人到场作出决定。",
        "From how many unhandled records of a vehicle on it may be decided without the person.",
        always(5, PROCEDURE.article(54)),
    ),
    rule(
        34,
        "bulk.notice_days",
        whole(1, LONGEST_DAYS, DAYS),
        "告知拟作出的处罚后，接受处理的期限。",
        "Calendar days to accept handling after the notice of the proposed decision.",
        always(30, PROCEDURE.article(54)),
    ),
    rule(
        34,
        "bulk.public_workdays",
        whole(1, LONGEST_DAYS, WORKDAYS),
        "公告告知的期限。",
        "How long the public notice runs.",
        always(7, PROCEDURE.article(54, 81)),
    ),
    rule(
        35,
        "reconsider.days",
        whole(1, LONGEST_DAYS, DAYS),
        "知道处罚决定后申请行政复议的期限。",
        "Calendar days to apply for reconsideration after learning of the decision.",
        always(60, RECONSIDERATION.article(20)),
    ),
    rule(
        35,
        "reconsider.days_untold",
        whole(1, LONGEST_DAYS, DAYS),
        "没有被告知复议权利的，申请行政复议的最长期限。",
        "The same at most, for somebody who was not told of the right.",
        always(60, OLD_RECONSIDERATION.article(9)),
        since("2024-01-01", 365, RECONSIDERATION.article(20)),
    ),
    rule(
        35,
        "reconsider.absolute_years",
        whole(1, LONGEST_YEARS, YEARS),
        "自处罚决定作出之日起，超过此期限不再受理复议。",
        "After so many years from the decision nobody can apply any more.",
        always(
            5,
            RECONSIDERATION.article(21),
            Text("2024年以前参照行政诉讼", "before 2024 by analogy with litigation"),
        ),
    ),
    rule(
        36,
        "litigate.days_after_reconsideration",
        whole(1, LONGEST_DAYS, DAYS),
        "不服复议决定，向法院起诉的期限。",
        "Calendar days to go to court after the reconsideration decision.",
        always(15, LITIGATION.article(45)),
    ),
    rule(
        36,
        "litigate.months",
        whole(1, LONGEST_MONTHS, MONTHS),
        "知道处罚决定后直接向法院起诉的期限。",
        "How long one can go to court directly after learning of the decision.",
        always(3, OLD_LITIGATION.article(39)),
        since("2015-05-01", 6, LITIGATION.article(46)),
    ),
    rule(
        36,
        "litigate.absolute_years",
        whole(1, LONGEST_YEARS, YEARS),
        "自处罚决定作出之日起，超过此期限法院不再受理。",
        "After so many years from the decision no court hears it any more.",
        always(5, LITIGATION.article(46)),
    ),
    rule(
        37,
        "reconsider.first_kinds",
        some_of(CAPTURE_KINDS),
        "哪些方式查获的违法须先申请复议，才能起诉。",
        "How a violation was recorded whose decision must be reconsidered before going to court.",
        always(
            [],
            Text(
                "修订前的行政复议法没有此项规定",
                "the law before 2023 knew no such case",
            ),
        ),
        since("2024-01-01", ["on_scene"], RECONSIDERATION.article(23)),
    ),
)
