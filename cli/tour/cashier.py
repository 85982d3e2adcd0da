"""The cashier of a payment channel, used as a browser does: its page is read, its form is sent."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http import HTTPStatus
from urllib.parse import urljoin

import aiohttp

from cli.tour.expectations import expect


@dataclass(slots=True)
class Form:
    """The form of a page: where it goes, its hidden fields, and its buttons by what they say."""

    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.form = Form()
        self.heading = ""
        self._tag = ""
        self._button = ("", "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._tag = tag
        if tag == "form":
            self.form.action = given["action"]
        elif tag == "input":
            self.form.fields[given["name"]] = given["value"]
        elif tag == "button":
            self._button = (given["name"], given["value"])

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""

    def handle_data(self, data: str) -> None:
        if self._tag == "button":
            self.form.buttons[data] = self._button
        elif self._tag == "h1":
            self.heading = data


async def tap(http: aiohttp.ClientSession, url: str, button: str) -> str:
    """
    Open a page, tap the button that says so, and read the heading of what comes then.

    :raises StepFailed: if there is no such page or button
    """
    async with http.get(url) as response:
        page = await _page(response)
    said = next((text for text in page.form.buttons if button in text), None)
    expect(said is not None, f"a button {button} on {url}", list(page.form.buttons))
    name, value = page.form.buttons[said or ""]
    sent = {**page.form.fields, name: value}
    async with http.post(urljoin(url, page.form.action), data=sent) as response:
        return (await _page(response)).heading


async def _page(response: aiohttp.ClientResponse) -> _Reader:
    expect(response.status == HTTPStatus.OK, "a page", f"{response.status} of {response.url}")
    reader = _Reader()
    reader.feed(await response.text())
    return reader
