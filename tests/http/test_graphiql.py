"""GraphiQL: a page of our own files with a strict policy, and tabs for our own page only."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from graphql import parse, validate
from graphql.execution.values import get_variable_values

from graphql_api.app import create_app
from graphql_api.graphiql import example, graphiql_routes
from graphql_api.graphiql.tabs import EXAMPLES
from graphql_api.schema import schema
from runtime.settings import GraphiQLDoor, Profile, Settings, SettingsProblem
from services.access_tokens import nobody_signs
from tests.stack import Api, Register, TestClock, running_api, settings_for

Json = Any
NO_REGISTER = "http://127.0.0.1:1"
NO_DATABASE = "postgresql+psycopg://nobody@127.0.0.1:1/none"
PAGE, START = "/graphiql", "/graphiql/start.json"
POLICY = (
    "default-src 'none'; script-src 'self'; "
    "style-src 'self' 'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc='; "
    "font-src data:; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
GUARDED = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
HTML = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}
FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
FILES = {
    "react.production.min.js": "text/javascript; charset=utf-8",
    "react-dom.production.min.js": "text/javascript; charset=utf-8",
    "graphiql.min.js": "text/javascript; charset=utf-8",
    "graphiql.min.css": "text/css; charset=utf-8",
    "start.js": "text/javascript; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
}


def opened(folder: Path, **changed: Json) -> httpx2.AsyncClient:
    """The app before it has opened anything: what is tried here needs no database."""
    app = create_app(settings_for(folder, NO_REGISTER, **changed), NO_DATABASE)
    transport = httpx2.ASGITransport(app=app)
    return httpx2.AsyncClient(transport=transport, base_url="http://testserver")


def headers_of(response: httpx2.Response) -> dict[str, str]:
    return {n: v for n, v in response.headers.items() if n != "content-length"}


def addresses(page: str) -> dict[str, str]:
    """The page's files: name by address."""
    found = re.findall(r'(?:src|href)="(graphiql/assets/[0-9a-f]{16}-([^"]+))"', page)
    return {f"/{address}": name for address, name in found}


async def test_the_page_and_its_files(tmp_path: Path) -> None:
    async with opened(tmp_path) as http:
        page = await http.get(PAGE)
        assert (page.status_code, headers_of(page)) == (200, GUARDED | HTML)
        assert '<html lang="en">' in page.text
        assert "<title>Clearway · GraphiQL</title>" in page.text
        assert '<p class="notice" lang="zh-CN">' in page.text.partition("<noscript>")[2]
        # Nothing inline, nothing from elsewhere.
        assert re.findall(r"<script(?![^>]* src=)|<style|style=|\son[a-z]+=|//", page.text) == []
        assert sorted(addresses(page.text).values()) == sorted(FILES)
        for address, name in addresses(page.text).items():
            file = await http.get(address)
            expected = GUARDED | FOR_EVER | {"content-type": FILES[name]}
            assert (file.status_code, headers_of(file)) == (200, expected), name
            assert len(file.content) > 100
        for path in (PAGE, START, *addresses(page.text)):
            head = await http.head(path)
            assert (head.status_code, head.content) == (200, b""), path
            assert (await http.post(path)).status_code == 405


async def test_no_other_file_can_be_had(tmp_path: Path) -> None:
    async with opened(tmp_path) as http:
        good = next(iter(addresses((await http.get(PAGE)).text)))
        digest = re.findall(r"[0-9a-f]{16}", good)[0]
        tried = [
            "start.js",
            "page.html",
            f"{digest}-page.html",
            f"{'0' * 16}-{good.partition('-')[2]}",
            good.rpartition("/")[2].upper(),
            "fetch.umd.js",
            "..%2ftabs.py",
            "%2e%2e%2fstart.json",
            "..%5c..%5capp.py",
            "%2fetc%2fpasswd",
            "....//....//etc/passwd",
            "%00",
            "%ff%fe",
            "a" * 5000,
            "",
        ]
        for name in tried:
            response = await http.get(f"/graphiql/assets/{name}")
            assert response.status_code == 404, name
            assert len(response.content) < 200


async def test_our_examples_are_operations_of_the_schema(tmp_path: Path) -> None:
    async with opened(tmp_path) as http:
        response = await http.get(START)

    assert headers_of(response) == GUARDED | {
        "content-type": "application/json",
        "cache-control": "no-store",
    }
    tabs = response.json()["tabs"]
    assert [tab["query"] for tab in tabs] == [example(name) for name in EXAMPLES]
    assert {tab["headers"] for tab in tabs} == {""}
    for name, tab in zip(EXAMPLES, tabs, strict=True):
        document = parse(tab["query"])
        assert validate(schema._schema, document) == [], name
        operation: Any = document.definitions[0]
        # GraphiQL takes the title of a tab from here.
        assert operation.name.value == name
        variables = json.loads(tab["variables"] or "{}")
        wanted = operation.variable_definitions or ()
        assert not isinstance(get_variable_values(schema._schema, wanted, variables), list)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "testserver:8443"}, 200),
        ({"host": "127.0.0.1:8000"}, 200),
        ({"host": "localhost"}, 200),
        ({"host": "LOCALHOST:1"}, 200),
        ({"host": "[::1]:8000"}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"host": "evil.example"}, 403),
        ({"host": "testserver.evil.example"}, 403),
        ({"host": "127.0.0.1.evil.example"}, 403),
        ({"host": "localhost@evil.example"}, 403),
        ({"host": "192.168.1.5:8000"}, 403),
        ({"host": "0.0.0.0:8000"}, 403),
        ({"host": "[::1"}, 403),
        ({"host": ""}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
    ],
)
async def test_tabs_are_for_our_own_page(
    tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    async with opened(tmp_path) as http:
        response = await http.get(START, headers=headers)

    assert response.status_code == status
    assert response.headers["cache-control"] == "no-store"
    if status == 403:
        message = "This page opens at its own address only: http://testserver/graphiql"
        assert response.json() == {
            "errors": [{"message": message, "extensions": {"code": "FORBIDDEN"}}]
        }


def claims_in(tab: Json) -> Json:
    token = json.loads(tab["headers"])["Authorization"].removeprefix("Bearer ")
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


async def test_claims_become_a_fresh_token_at_every_load(tmp_path: Path) -> None:
    file = tmp_path / "tabs.json"
    claims = {"aud": "clearway", "sub": "citizen-0", "acr": "face", "iss": "somebody else"}
    tab = {
        "query": "query Me { viewer { name } }",
        "variables": {"plate": "渝A12345"},
        "headers": {"Accept-Language": "en", "Authorization": "Bearer old"},
        "claims": claims,
    }
    file.write_text(json.dumps([tab, {"query": "{ __typename }"}]))

    async with opened(tmp_path, graphiql_tabs=file) as http:
        first, bare = (await http.get(START)).json()["tabs"]
        second = (await http.get(START)).json()["tabs"][0]
        missing = await http.get(START, headers={"host": "evil.example"})
    async with opened(tmp_path, graphiql_tabs=file, token_max_life_seconds=60) as http:
        short = (await http.get(START)).json()["tabs"][0]

    assert (first["query"], bare) == (
        tab["query"],
        {"query": "{ __typename }", "variables": "", "headers": ""},
    )
    assert first["variables"] == '{\n  "plate": "渝A12345"\n}'
    assert json.loads(first["headers"])["Accept-Language"] == "en"
    signed = claims_in(first)
    assert signed == claims | {
        "iss": "urn:clearway",
        "auth_time": signed["auth_time"],
        "sid": signed["sid"],
        "iat": signed["iat"],
        "nbf": signed["iat"],
        "exp": signed["iat"] + 3600,
    }
    assert abs(signed["auth_time"] - signed["iat"]) <= 1
    assert claims_in(second)["sid"] != signed["sid"]
    assert "Bearer" not in missing.text
    assert claims_in(short)["exp"] - claims_in(short)["iat"] == 60


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        ("not json", "Invalid JSON"),
        ("{}", "should be a valid"),
        ("[]", "lists no tab"),
        ('[{"variables": {}}]', "0.query: Field required"),
        ('[{"query": "{ a }", "token": "s3cret"}]', "0.token: Extra inputs"),
        ('[{"query": "{ a }", "claims": "s3cret"}]', "0.claims: Input should be"),
    ],
)
def test_tabs_that_cannot_be_used(tmp_path: Path, content: str | None, said: str) -> None:
    file = tmp_path / "tabs.json"
    if content is not None:
        file.write_text(content)

    with pytest.raises(SettingsProblem, match=said) as problem:
        opened(tmp_path, graphiql_tabs=file)

    assert "CLEARWAY_GRAPHIQL_TABS" in str(problem.value)
    assert "s3cret" not in str(problem.value)


def production(**changed: Json) -> Settings:
    issuer = {
        "issuer": "https://id.example.cn",
        "audience": "clearway",
        "jwksUrl": "https://id.example.cn/jwks.json",
        "kind": "citizen",
    }
    values: dict[str, Json] = {
        "profile": Profile.PRODUCTION,
        "database_url": "postgresql://clearway@db.example/clearway",
        "data_key": base64.b64encode(bytes(32)).decode(),
        "issuers": [issuer],
        "police_serial": "serial",
        "police_url": "http://10.0.0.5/trffweb/services/TmriOutNewAccess",
        "public_url": "https://clearway.example.cn",
    }
    return Settings(**(values | changed))


def test_production_signs_no_tokens_for_tabs(tmp_path: Path) -> None:
    file = tmp_path / "tabs.json"
    file.write_text('[{"query": "{ a }", "claims": {"sub": "citizen-0"}}]')
    settings = production(graphiql=GraphiQLDoor.OFFICERS, graphiql_tabs=file)

    with pytest.raises(SettingsProblem, match="`claims` are for the dev profile only"):
        graphiql_routes(settings, nobody_signs)
    file.write_text('[{"query": "{ a }"}]')
    assert [route.path for route in graphiql_routes(settings, nobody_signs)] == [
        "/graphiql",
        "/graphiql/assets/{address}",
        "/graphiql/start.json",
    ]
    assert graphiql_routes(production(graphiql_tabs=file), nobody_signs) == []


async def test_doors(tmp_path: Path) -> None:
    for door, status in (
        (GraphiQLDoor.OFF, 404),
        (GraphiQLDoor.OFFICERS, 200),
        (GraphiQLDoor.OPEN, 200),
        (None, 200),
    ):
        async with opened(tmp_path, graphiql=door) as http:
            for path in (PAGE, START):
                assert (await http.get(path)).status_code == status, (door, path)


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "query", "leads"),
    [
        (BROWSER, "", True),
        ("TEXT/HTML", "", True),
        ("text/html, */*", "", True),
        (BROWSER, "?utm=1", True),
        (BROWSER, "?query=%7B__typename%7D", False),
        (BROWSER, "?query=", False),
        ("*/*", "", False),
        ("", "", False),
        ("application/json", "", False),
        ("text/html;q=0.5, application/json", "", False),
        ("application/graphql-response+json, text/html", "", False),
        ("text/html;q=0, */*", "", False),
        ("text/html;q=0.1, */*", "", False),
        ("text/html;level=1;q=nan", "", False),
        ("text/html;q=x", "", False),
    ],
)
async def test_a_browser_at_the_endpoint_is_led_to_the_page(
    api: Api, accept: str, query: str, leads: bool
) -> None:
    response = await api.http.get(f"/graphql{query}", headers={"accept": accept})

    assert (response.status_code == 303) is leads
    if leads:
        assert headers_of(response) == {
            "location": "graphiql",
            "cache-control": "no-store",
            "vary": "Accept",
        }


async def test_a_closed_door_leads_nowhere(
    trial: Path, database_url: str, register: Register, clock: TestClock
) -> None:
    settings = settings_for(trial, register.url, graphiql=GraphiQLDoor.OFF)
    async with running_api(settings, database_url, clock) as api:
        response = await api.http.get("/graphql", headers={"accept": BROWSER})

    assert response.status_code >= 400
