"""The media type of an answer, the statuses that go with it, and the headers of every answer."""

from itertools import product
from typing import Any

import pytest

from tests.http.test_requests import ENGLISH, QUERY, said
from tests.stack import Api

PLAIN = "application/json"
MODERN = "application/graphql-response+json"
ACCEPTED = [
    ("", PLAIN),
    (" ;;, ,", PLAIN),
    ("*/*", PLAIN),
    ("application/*", PLAIN),
    (PLAIN, PLAIN),
    (f"text/html, {PLAIN};q=0.1", PLAIN),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8", PLAIN),
    (MODERN, MODERN),
    (f"{MODERN}; charset=utf-8, {PLAIN}; charset=utf-8", MODERN),
    (f"{MODERN}; charset=utf-8, {PLAIN};q=0.9", MODERN),
    (f"{PLAIN}, {MODERN}", MODERN),
    (f"{PLAIN}, {MODERN};q=0.9", PLAIN),
    (f"{MODERN};q=0.5, {PLAIN};q=0.6", PLAIN),
    (f"{MODERN}, */*", MODERN),
    (f"{PLAIN}, */*", PLAIN),
    (f"{PLAIN};q=0.5, */*", MODERN),
    (f"{PLAIN};q=0, */*", MODERN),
    (f"{PLAIN};q=0, application/*;q=0.1", MODERN),
    (f"{MODERN};q=0, application/*", PLAIN),
    (f"*/*;q=0, {MODERN};q=0.001", MODERN),
    (f"{MODERN} ; Q=1.000", MODERN),
    (MODERN.upper(), MODERN),
]
STATUSES = [
    (QUERY, 200),
    ("{ nonsense }", 400),
    ("{", 400),
    ("", 400),
    ("{ node(id: {}) { id } }", 400),
]


@pytest.mark.parametrize(("accept", "media_type"), ACCEPTED)
async def test_media_types(api: Api, accept: str, media_type: str) -> None:
    for query, status in STATUSES:
        response = await api.post({"query": query}, accept=accept)

        assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
        assert response.status_code == (status if media_type == MODERN else 200)
        assert ("data" in response.json()) is (status == 200)


async def test_an_error_in_a_field_is_no_error_of_the_request(api: Api) -> None:
    part = await api.post({"query": '{ node(id: "x") { id } }'}, accept=MODERN)
    nothing = await api.post(
        {"query": 'mutation { unbindVehicle(input: {vehicleId: "x"}) { __typename } }'},
        accept=MODERN,
    )

    assert (part.status_code, part.json()["data"]) == (200, {"node": None})
    assert (nothing.status_code, nothing.json()["data"]) == (200, None)


UNACCEPTABLE = [
    "text/html",
    "application/graphql+json",
    f"{PLAIN};q=0",
    f"{PLAIN};q=nonsense",
    f"{PLAIN};q=2, {MODERN};q=-1",
    "*/*;q=0",
    "image/*, text/*",
]


@pytest.mark.parametrize("accept", UNACCEPTABLE)
async def test_nothing_acceptable_is_406(api: Api, accept: str) -> None:
    """The specification recommends it over an answer that the client did not ask for."""
    response = await api.post({"query": QUERY}, accept=accept, **ENGLISH)

    assert response.status_code == 406
    assert response.headers["content-type"] == f"{PLAIN}; charset=utf-8"
    assert response.json() == said(
        "Accept application/graphql-response+json or application/json: we have nothing else."
    )


async def test_several_lines_are_one_list(api: Api) -> None:
    headers = [("accept", "text/html"), ("accept", MODERN)]
    response = await api.http.post("/graphql", json={"query": QUERY}, headers=headers)

    assert response.headers["content-type"] == f"{MODERN}; charset=utf-8"


ANSWERS: list[tuple[str, dict[str, Any], int]] = [
    ("POST", {"json": {"query": QUERY}}, 200),
    ("POST", {"json": {"query": "{ nonsense }"}}, 200),
    ("POST", {"json": []}, 400),
    ("POST", {"json": {}, "headers": {"authorization": "Bearer x"}}, 401),
    ("PUT", {}, 405),
    ("POST", {"json": {}, "headers": {"accept": "text/html"}}, 406),
    ("POST", {"content": b"x" * 70_000, "headers": {"content-type": PLAIN}}, 413),
    ("GET", {"params": {"query": "x" * 20_000}}, 414),
    ("POST", {"content": b"{}"}, 415),
]


async def test_headers_of_every_answer(api: Api) -> None:
    for (method, request, status), language in product(ANSWERS, ("zh-CN", "en")):
        headers = {"accept-language": language} | request.get("headers", {})
        response = await api.http.request(method, "/graphql", **request | {"headers": headers})

        assert response.status_code == status
        kept = {name: response.headers[name] for name in EXPECTED}
        assert kept == EXPECTED | {"content-language": language}
        assert int(response.headers["content-length"]) == len(response.content)


EXPECTED = {
    "content-type": f"{PLAIN}; charset=utf-8",
    "content-language": "",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "vary": "Accept, Accept-Language",
}
