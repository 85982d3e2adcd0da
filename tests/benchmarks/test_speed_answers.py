"""Answers of contenders are compared, whatever form each gives them."""

import base64
from typing import Any

import pytest

from benchmarks.speed.answers import difference, told
from benchmarks.speed.trouble import Trouble

PEER: dict[str, Any] = {
    "data": {
        "me": {
            "vehicles": [
                {
                    "plate": "渝A00001",
                    "type": "CAR",
                    "violations": {
                        "totalCount": 1,
                        "edges": [
                            {
                                "cursor": "djox",
                                "node": {
                                    "id": "17",
                                    "code": "1208",
                                    "description": "不按导向车道行驶",
                                    "occurredAt": "2026-03-01T08:00:00.000Z",
                                    "location": "渝中区民族路188号",
                                    "fineFen": 10000,
                                    "points": 6,
                                    "status": "UNHANDLED",
                                    "decision": {
                                        "number": "500103100000017",
                                        "amountFen": 10000,
                                        "lateFeeFen": 200,
                                        "payBy": "2026-03-31",
                                    },
                                },
                            }
                        ],
                        "pageInfo": {"hasNextPage": False, "endCursor": "djox"},
                    },
                }
            ],
            "licence": {
                "number": "500103190000000002",
                "status": "EXPIRED",
                "points": 2,
                "validUntil": "2030-01-03",
                "classes": ["A2", "B1", "C1"],
            },
        }
    }
}


def clearway(points: int) -> dict[str, Any]:
    """The same facts as Clearway tells them; the points of the violation may be others."""
    key = base64.urlsafe_b64encode(b"Violation:00000000-0000-7000-8000-000000000011").decode()
    node = {
        "id": key,
        "code": {"code": "1208"},
        "description": "不按导向车道行驶",
        "occurredAt": "2026-03-01T08:00:00+00:00",
        "place": "渝中区民族路188号",
        "fine": {"fen": "10000"},
        "points": points,
        "status": "DECIDED",
        "decision": {
            "number": "500103100000017",
            "fine": {"fen": "10000"},
            "surcharge": {"fen": "200"},
            "decidedAt": "2026-03-16T00:00:00+00:00",
        },
    }
    page = {
        "totalCount": 1,
        "edges": [{"cursor": "W10=", "node": node}],
        "pageInfo": {"hasNextPage": False, "endCursor": "W10="},
    }
    vehicle = {"plate": {"number": "渝A00001"}, "typeCode": "K33", "violations": page}
    licence = {
        "number": "500*************02",
        "statuses": [{"code": "RENEWAL_OVERDUE"}],
        "points": 2,
        "validUntil": "2030-01-03",
        "classes": [{"code": code} for code in ("A2", "B1", "C1")],
    }
    return {"data": {"viewer": {"vehicles": {"nodes": [vehicle]}, "licence": licence}}}


def test_the_same_facts_have_the_same_form() -> None:
    assert difference(told(PEER), told(clearway(points=6))) == ""


def test_a_difference_is_told_with_its_place() -> None:
    found = difference(told(PEER), told(clearway(points=3)))

    assert found == "answer.vehicles[0].nodes[0].points: 6 and 3"


def test_an_answer_without_a_citizen_is_trouble() -> None:
    with pytest.raises(Trouble, match="not whole"):
        told({"data": {"viewer": None}})
