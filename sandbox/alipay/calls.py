"""Requests as they come in: a query string and a form, together one list of parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from sandbox.alipay.failures import ILLEGAL_JSON, Refused, missing

CHARSETS = {"utf-8": "utf-8", "gbk": "gbk"}
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Call:
    """A request that the gateway let in."""

    app_id: str
    parameters: Mapping[str, str]

    @property
    def charset(self) -> str:
        return charset_of(self.parameters)

    def required(self, name: str) -> str:
        """:raises Refused: when the parameter is missing"""
        if not self.parameters.get(name):
            raise Refused(missing(name))
        return self.parameters[name]

    def content(self) -> dict[str, Any]:
        """
        The biz_content.

        :raises Refused: when it is missing or no JSON object
        """
        try:
            content = orjson.loads(self.required("biz_content"))
        except orjson.JSONDecodeError as error:
            raise Refused(ILLEGAL_JSON) from error
        if not isinstance(content, dict):
            raise Refused(ILLEGAL_JSON)
        return content


async def read_parameters(request: web.Request) -> dict[str, str]:
    """Query and form together, in the charset they name; the query wins where both have a name."""
    # The raw target, because a query in GBK is no text for the usual parsers.
    sent = [request.raw_path.partition("?")[2]]
    if request.content_type == _FORM:
        sent.append((await request.read()).decode("latin-1"))
    return _parsed(sent, charset_of(_parsed(sent, "latin-1")))


def charset_of(parameters: Mapping[str, str]) -> str:
    """The charset to read and answer in; UTF-8 for one the gateway does not know."""
    return CHARSETS.get(parameters.get("charset", "").lower(), "utf-8")


def _parsed(sent: list[str], charset: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for text in sent:
        for name, value in parse_qsl(
            text, keep_blank_values=True, encoding=charset, errors="replace"
        ):
            parameters.setdefault(name, value)
    return parameters
