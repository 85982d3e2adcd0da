"""GraphiQL of a real stack in a real browser that can reach this machine only."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.cities import make_city
from cli.options import DEFAULT_SEED
from tests.browser.chromium import (
    BROWSER,
    CONTROL,
    DRIVER,
    ESCAPE,
    REBOUND,
    Browser,
    open_browser,
)
from tests.cli.processes import Stack, open_folder

pytestmark = pytest.mark.skipif(
    BROWSER is None or DRIVER is None, reason="needs chromium and chromedriver on PATH"
)

# Of the stack that the tests start.
CITIZENS = 50
TITLES = ["LookUp", "BindVehicle", "Licence", "ViolationCodes", "Officer", "Finance"]
QUERY = ".graphiql-query-editor .CodeMirror"
RESULT = ".result-window .CodeMirror"
TOOLS = ".graphiql-editor-tool .CodeMirror"
RUN = ".graphiql-execute-button"
DOCS = '[aria-label="Show Documentation Explorer"]'
REFETCH = '[aria-label="Re-fetch GraphQL schema"]'
SETTINGS = '[aria-label="Open settings dialog"]'
DARK = "[data-reach-dialog-content] .graphiql-button-group button:last-child"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with open_folder() as folder:
        stack = Stack.of(folder)
        try:
            stack.start()
            yield stack
        finally:
            stack.clean_up()


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with open_browser(tmp_path) as one:
        yield one


def page_of(stack: Stack) -> str:
    """The address that `clearway dev` tells."""
    found = re.search(r"GraphiQL: +(\S+)", stack.banner)
    assert found
    return found[1]


async def open_page(browser: Browser, url: str) -> None:
    """Open the page, and wait until it knows the schema."""
    await browser.open(url)
    await browser.wait(
        "document.querySelector(arguments[0])?.CodeMirror.options.lint.schema", QUERY
    )


async def text_in(browser: Browser, selector: str) -> str:
    text: str = await browser.run(
        "return document.querySelector(arguments[0]).CodeMirror.getValue()", selector
    )
    return text


async def go_to(browser: Browser, tab: str) -> None:
    await browser.click(f"#graphiql-session-tab-{TITLES.index(tab)}")
    await named(browser, tab)


async def named(browser: Browser, operation: str) -> None:
    """Wait until GraphiQL has noticed which operation is to be run."""
    name = "String(document.querySelector(arguments[0]).CodeMirror.operationName)"
    await browser.wait(f"{name} === arguments[1]", QUERY, operation)


async def result(browser: Browser, *, after: str = RUN) -> Any:
    """What is shown once it has been run."""
    clear = "document.querySelector(arguments[0]).CodeMirror.setValue('')"
    await browser.run(clear, RESULT)
    await browser.click(after)
    await browser.wait("document.querySelector(arguments[0]).CodeMirror.getValue()", RESULT)
    return json.loads(await text_in(browser, RESULT))


async def kept(browser: Browser) -> Any:
    """Everything the page keeps in this browser."""
    databases, storages = "await indexedDB.databases()", "{...localStorage}, {...sessionStorage}"
    return await browser.run(
        f"return (async () => [{storages}, {databases}, await caches.keys(), document.cookie])()"
    )


async def offline(browser: Browser) -> None:
    await browser.devtools("Network.enable")
    await browser.devtools(
        "Network.emulateNetworkConditions",
        offline=True,
        latency=0,
        downloadThroughput=0,
        uploadThroughput=0,
    )


async def test_a_citizen_looks_things_up(stack: Stack, browser: Browser) -> None:
    name = make_city(DEFAULT_SEED, CITIZENS).citizen(0).name
    await browser.open(f"http://127.0.0.1:{stack.api_port}/graphql")
    assert await browser.run("return location.href") == page_of(stack)
    await open_page(browser, page_of(stack))
    titles = "return [...document.querySelectorAll('.graphiql-tab')].map((tab) => tab.innerText)"
    assert await browser.run(titles) == TITLES

    looked_up = await result(browser)
    assert looked_up["data"]["viewer"]["name"] == "*" * (len(name) - 1) + name[-1]
    assert looked_up["data"]["viewer"]["vehicles"]["nodes"] == []

    await go_to(browser, "BindVehicle")
    given = json.loads(await text_in(browser, TOOLS))["input"]
    bound = (await result(browser))["data"]["bindVehicle"]["vehicle"]
    assert bound["plate"]["display"].replace("·", "") == given["plate"]
    await go_to(browser, "Officer")
    assert (await result(browser))["data"]["viewer"] is None
    await go_to(browser, "Finance")
    desk = (await result(browser))["data"]["finance"]
    assert desk["suspense"]["difference"] == {"yuan": "0.00"}
    assert desk["tasks"]["totalCount"] == 0

    assert await browser.complaints() == []
    assert await kept(browser) == [{}, {}, [], [], ""]
    loaded = "performance.getEntriesByType('resource').map((one) => one.name)"
    ours = f"http://127.0.0.1:{stack.api_port}/"
    assert all(one.startswith((ours, "data:")) for one in await browser.run(f"return {loaded}"))

    await open_page(browser, page_of(stack))
    again = await result(browser)
    assert len(again["data"]["viewer"]["vehicles"]["nodes"]) == 1
    assert await browser.complaints() == []


async def test_every_part_of_the_page_keeps_to_the_policy(stack: Stack, browser: Browser) -> None:
    await open_page(browser, page_of(stack))
    await browser.click(DOCS)
    await browser.wait("document.querySelector('.graphiql-doc-explorer-content a')")

    await browser.click(QUERY)
    await browser.press(CONTROL, "a")
    await browser.type("{ viol")
    await browser.wait("document.querySelectorAll('.CodeMirror-hint').length === 2")
    await browser.type(ESCAPE + 'ationCodes(search: "1625") { totalC')
    await browser.press(CONTROL, " ")
    completed = '{ violationCodes(search: "1625") { totalCount}}'
    await browser.wait(
        "document.querySelector(arguments[0]).CodeMirror.getValue() === arguments[1]",
        QUERY,
        completed,
    )
    await named(browser, "null")
    assert (await result(browser))["data"]["violationCodes"]["totalCount"] > 0

    await browser.click(SETTINGS)
    await browser.click(DARK)
    await browser.wait("document.body.classList.contains('graphiql-dark')")
    await browser.type(ESCAPE)
    await browser.click('[aria-label="Open short keys dialog"]')
    await browser.type(ESCAPE)
    await browser.click('[aria-label="Show History"]')
    await browser.click(".graphiql-tab-add")

    assert await browser.complaints() == []
    assert await kept(browser) == [{}, {}, [], [], ""]


async def test_trouble_is_told_in_words(stack: Stack, browser: Browser) -> None:
    await open_page(browser, page_of(stack))
    set_token = "document.querySelectorAll(arguments[0])[1].CodeMirror.setValue(arguments[1])"

    await browser.run(set_token, TOOLS, '{"Authorization": "Bearer no.such.token"}')
    refused = await result(browser)
    assert refused["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    assert "Reload the page" in refused["hint"]

    await browser.run(set_token, TOOLS, '{"Authorization": "Bearer 中文"}')
    assert "cannot be sent" in (await result(browser))["errors"][0]["message"]

    await browser.run(set_token, TOOLS, "")
    await offline(browser)
    assert "does not answer" in (await result(browser))["errors"][0]["message"]
    await browser.click(REFETCH)
    await browser.click(DOCS)
    await browser.wait("document.querySelector('.graphiql-doc-explorer-error')")


async def test_a_site_that_claims_to_be_this_machine_gets_no_tabs(
    stack: Stack, browser: Browser
) -> None:
    await browser.open(f"http://{REBOUND}:{stack.api_port}/graphiql")

    said = f"This page opens at its own address only: {page_of(stack)}"
    await browser.wait("document.body.innerText.trim() === arguments[0]", said)


async def test_a_telephone(stack: Stack, browser: Browser) -> None:
    await browser.devtools(
        "Emulation.setDeviceMetricsOverride",
        width=360,
        height=740,
        deviceScaleFactor=2,
        mobile=True,
    )
    await open_page(browser, page_of(stack))
    await result(browser)

    size = "const page = document.documentElement; return [page.scrollWidth, page.scrollHeight]"
    assert await browser.run(size) == [360, 740]
    query, shown = [
        await browser.run(
            f"return document.querySelector('{one}').getBoundingClientRect().toJSON()"
        )
        for one in (QUERY, RESULT)
    ]
    assert shown["top"] >= query["bottom"]
    assert shown["width"] > 250
    assert shown["height"] > 200
