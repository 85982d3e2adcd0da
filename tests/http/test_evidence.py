"""Evidence pictures: a ticket from GraphQL, redeemed without a token, streamed and never kept."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from domain.times import CHINA
from sandbox.city import CameraRecord, Person
from sandbox.police.pictures import pictures
from tests.graphql.queries import bind_all
from tests.stack import Api, Register, TestClock

EVIDENCE = """{ viewer { violations(first: 50) { nodes {
    capture occurredAt plate { number } evidence { index url expiresAt } } } } }"""


async def tickets(api: Api, person: Person) -> list[tuple[CameraRecord | None, list[Any]]]:
    """Every violation of the person: its record, none for one on the scene, and its tickets."""
    await bind_all(api, person)
    nodes = (await api.ask(EVIDENCE, person))["data"]["viewer"]["violations"]["nodes"]
    records = {
        (r.plate_number, r.occurred_at.replace(tzinfo=CHINA).astimezone(UTC)): r
        for v in person.vehicles
        for r in v.records
    }
    return [
        (
            records.get((node["plate"]["number"], datetime.fromisoformat(node["occurredAt"])))
            if node["capture"] == "CAMERA"
            else None,
            node["evidence"],
        )
        for node in nodes
    ]


async def get(api: Api, ticket: Any, **headers: str) -> Any:
    return await api.http.get(urlsplit(ticket["url"]).path, headers=headers)


async def test_a_ticket_streams_the_picture_and_nothing_is_kept(
    api: Api, citizen: Person, clock: TestClock
) -> None:
    found = await tickets(api, citizen)
    assert {len(evidence) for record, evidence in found if record} == {3}
    assert {len(evidence) for record, evidence in found if not record} <= {0}
    shown = 0
    api.statements.clear()
    for record, evidence in found:
        held = pictures(record.serial) if record else []
        for ticket in evidence:
            response = await get(api, ticket)
            assert datetime.fromisoformat(ticket["expiresAt"]) == clock.now + timedelta(minutes=5)
            assert response.headers["cache-control"] == "private, no-store"
            assert response.headers["x-content-type-options"] == "nosniff"
            if ticket["index"] > len(held):
                assert response.status_code == 404
                continue
            assert response.status_code == 200
            assert response.headers["content-type"] == "image/jpeg"
            assert response.content == base64.b64decode(held[ticket["index"] - 1])
            shown += 1
    assert shown > 3
    # The daily quota is counted; nothing else is written, or read.
    assert api.statements
    assert all("upstream_quotas" in statement for statement in api.statements)


async def test_a_ticket_ends_with_its_five_minutes(
    api: Api, citizen: Person, clock: TestClock, register: Register
) -> None:
    ticket = await _good_ticket(api, citizen)
    clock.advance(minutes=5)
    assert (await get(api, ticket)).status_code == 200
    await register.forget_calls()
    clock.advance(seconds=1)

    response = await get(api, ticket, **{"accept-language": "en"})

    assert response.status_code == 403
    assert response.json() == {
        "errors": [
            {
                "message": "Ask for it again: this link is no longer good.",
                "extensions": {"code": "BAD_REQUEST"},
            }
        ]
    }
    assert await register.calls() == {}


async def test_a_forged_ticket_opens_nothing(api: Api, citizen: Person, register: Register) -> None:
    good = urlsplit((await _good_ticket(api, citizen))["url"]).path.rpartition("/")[2]
    raw = base64.urlsafe_b64decode(good + "=" * (-len(good) % 4))
    other_record = raw.replace(b"5001", b"5002", 1)
    assert other_record != raw
    other_index = raw[:16] + raw[16:].replace(b",1,", b",2,", 1)
    later = raw.replace(b"2026", b"2027")
    forged = [
        *(good[:n] for n in (1, 2, 3, 5, 22, len(good) - 2, len(good) - 5)),
        good[::-1],
        "x",
        "%00",
        "%FF%FE",
        "é",
        "=" * 40,
        "A" * 5000,
        *(
            base64.urlsafe_b64encode(one).decode()
            for one in (other_record, other_index, later, raw[16:], b"\0" * 16 + raw[16:])
        ),
    ]
    await register.forget_calls()
    for ticket in forged:
        response = await api.http.get(f"/evidence/{ticket}")
        assert response.status_code == 403, ticket
        assert response.headers["cache-control"] == "private, no-store"
    assert (await api.http.get("/evidence/")).status_code == 404
    assert (await api.http.post(f"/evidence/{good}")).status_code == 405
    assert await register.calls() == {}


MIDNIGHT = 12 * 3600


@pytest.mark.parametrize(
    ("trouble", "wait"),
    [("down", None), ("empty-return", None), ("not-xml", None), ("quota-exhausted", MIDNIGHT)],
)
async def test_a_silent_register_is_no_missing_picture(
    api: Api, citizen: Person, register: Register, trouble: str, wait: int | None
) -> None:
    ticket = await _good_ticket(api, citizen)
    await register.switch(trouble)

    response = await get(api, ticket, **{"accept-language": "en"})

    assert response.status_code == 503
    assert response.headers["retry-after"] == str(wait or 5)
    assert response.headers["cache-control"] == "private, no-store"
    assert response.json()["errors"] == [
        {
            "message": "The police register does not answer right now. Please try again later;"
            " your records are unchanged.",
            "extensions": {"code": "UPSTREAM_UNAVAILABLE"} | ({"retryAfter": wait} if wait else {}),
        }
    ]


async def _good_ticket(api: Api, person: Person) -> Any:
    return next(
        evidence[0]
        for record, evidence in await tickets(api, person)
        if record and pictures(record.serial)
    )
