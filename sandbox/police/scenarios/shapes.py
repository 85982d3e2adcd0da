"""Trouble with the shape of the document around the rows."""

from dataclasses import replace
from urllib.parse import quote

from sandbox.police.answers import Answer
from sandbox.police.scenarios.scenario import Scenario, Situation

_OTHER_NODES = {
    "veh": "Veh",
    "DrvPerson": "drv",
    "viosurveil": "vioSurveil",
    "violation": "Violation",
    "viojdczp": "vioJdczp",
}


def _single_row(answer: Answer, _: Situation) -> Answer:
    rows = (answer.rows or ())[:1]
    return replace(answer, rows=rows, row_count=len(rows), with_ids=False)


def _cut_list(answer: Answer, _: Situation) -> Answer:
    rows = answer.rows or ()
    return replace(answer, rows=rows[: len(rows) // 2])


def _message_in(tag: str) -> Scenario:
    return Scenario(
        f"message-in-{tag}",
        f"The message of the head is called {tag}.",
        answer=lambda answer, _: replace(answer, message_tag=tag),
    )


SHAPES = (
    Scenario(
        "nested-body",
        "The body is inside the head.",
        answer=lambda answer, _: replace(answer, nested=True),
    ),
    Scenario(
        "node-case",
        "Rows are called by another name, such as vioSurveil or drv.",
        answer=lambda answer, _: replace(answer, node=_OTHER_NODES.get(answer.node, answer.node)),
    ),
    Scenario("single-row", "Only one row, without an id, where a list is due.", answer=_single_row),
    Scenario("cut-list", "Half of the rows are missing, rownum counts them all.", answer=_cut_list),
    Scenario(
        "encoded-message",
        "The message of the head is percent-encoded once more.",
        answer=lambda answer, _: replace(answer, message=quote(answer.message)),
    ),
    Scenario(
        "keystr-lost",
        "A write is done, but its answer has no keystr.",
        answer=lambda answer, _: replace(answer, key=None),
        magic_interfaces=frozenset({"04C56"}),
    ),
    *(_message_in(tag) for tag in ("msg", "msg1", "rtnmsg1", "retdesc")),
)
