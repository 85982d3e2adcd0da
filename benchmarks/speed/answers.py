"""What contenders answer, in one form: they must say the same before it counts what it costs."""

import base64
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks.speed.trouble import Trouble
from domain.masking import mask_number

Json = Any
Told = dict[str, Any]

TYPES = {"K33": "CAR", "H11": "TRUCK", "K11": "BUS", "M21": "MOTORCYCLE"}
LICENCE_STATUSES = {"NORMAL": "VALID", "SUSPENDED": "SUSPENDED", "RENEWAL_OVERDUE": "EXPIRED"}
# Clearway tells the day of a decision, the peers the last day to pay: 15 days later.
DAYS_TO_PAY = timedelta(days=15)


def told(answer: Json) -> Told:
    """
    What an answer says; the same facts have the same form.

    :raises Trouble: if something is missing in it
    """
    data = answer["data"]
    try:
        return _of_clearway(data["viewer"]) if "viewer" in data else _of_peer(data["me"])
    except (TypeError, KeyError, ValueError) as error:
        raise Trouble(f"An answer that is not whole: {str(answer)[:300]}") from error


def difference(one: Told, other: Told) -> str:
    """Where two answers differ first; empty if they do not."""
    return _first_difference(one, other, "answer")


def _of_peer(me: Json) -> Told:
    vehicles = me["vehicles"]
    listed = vehicles["nodes"] if isinstance(vehicles, dict) else vehicles
    licence = me["licence"]
    return {
        "vehicles": [
            {"plate": one["plate"], "type": one["type"], **_page(one["violations"], _peer_node)}
            for one in listed
        ],
        # Clearway shows a masked number; what both can show is compared.
        "licence": {
            "number": mask_number(licence["number"]),
            "statuses": [licence["status"]],
            "points": licence["points"],
            "validUntil": licence["validUntil"],
            "classes": licence["classes"],
        },
    }


def _of_clearway(viewer: Json) -> Told:
    licence = viewer["licence"]
    return {
        "vehicles": [
            {
                "plate": one["plate"]["number"],
                "type": TYPES[one["typeCode"]],
                **_page(one["violations"], _clearway_node),
            }
            for one in viewer["vehicles"]["nodes"]
        ],
        "licence": {
            "number": licence["number"],
            "statuses": [LICENCE_STATUSES[one["code"]] for one in licence["statuses"]],
            "points": licence["points"],
            "validUntil": licence["validUntil"],
            "classes": [one["code"] for one in licence["classes"]],
        },
    }


def _page(page: Json, node: Any) -> Told:
    edges, info = page["edges"], page["pageInfo"]
    cursors = [edge["cursor"] for edge in edges]
    return {
        "total": page["totalCount"],
        "nodes": [node(edge["node"]) for edge in edges],
        "more": info["hasNextPage"],
        # Cursors are everybody's own; there is one for each, and the last is the end.
        "cursors": len({*cursors}),
        "ends": info["endCursor"] == cursors[-1],
    }


def _peer_node(node: Json) -> Told:
    decision = node["decision"]
    return {
        "id": int(node["id"]),
        "code": node["code"],
        "description": node["description"],
        "occurredAt": _instant(node["occurredAt"]),
        "place": node["location"],
        "fine": node["fineFen"],
        "points": node["points"],
        # To the peers a violation is unhandled until it is paid.
        "status": {"UNHANDLED": "DECIDED" if decision else "UNHANDLED"}[node["status"]],
        "decision": decision
        and {
            "number": decision["number"],
            "fine": decision["amountFen"],
            "surcharge": decision["lateFeeFen"],
            "decidedOn": date.fromisoformat(decision["payBy"]) - DAYS_TO_PAY,
        },
    }


def _clearway_node(node: Json) -> Told:
    decision = node["decision"]
    return {
        "id": _number_in(node["id"]),
        "code": node["code"]["code"],
        "description": node["description"],
        "occurredAt": _instant(node["occurredAt"]),
        "place": node["place"],
        "fine": int(node["fine"]["fen"]),
        "points": node["points"],
        "status": node["status"],
        "decision": decision
        and {
            "number": decision["number"],
            "fine": int(decision["fine"]["fen"]),
            "surcharge": int(decision["surcharge"]["fen"]),
            "decidedOn": _instant(decision["decidedAt"]).date(),
        },
    }


def _number_in(global_id: str) -> int:
    """`violations.sql` writes the number of the fact into the last part of the UUID."""
    return int(base64.urlsafe_b64decode(global_id).rpartition(b"-")[2], 16)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _first_difference(one: Any, other: Any, place: str) -> str:
    if isinstance(one, Mapping) and isinstance(other, Mapping) and one.keys() == other.keys():
        parts = ((one[name], other[name], f"{place}.{name}") for name in one)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        parts = ((a, b, f"{place}[{n}]") for n, (a, b) in enumerate(zip(one, other, strict=True)))
    else:
        return "" if one == other else f"{place}: {one!r} and {other!r}"
    return next(filter(None, (_first_difference(*part) for part in parts)), "")
