"""Trouble with time, with the connection, and with whatever answers instead of the platform."""

from dataclasses import replace
from typing import Any

from sandbox.platforms.scenario import Break, Parameters, Reply, Scenario

_HTML = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
_HTML_TYPE = "text/html; charset=utf-8"


def _seconds(parameters: Parameters) -> float:
    return float(parameters["seconds"])


def _page(name: str, title: str, status: int) -> Scenario[Any]:
    reply = Reply(_HTML.format(title).encode(), _HTML_TYPE, status)
    return Scenario(name, f"HTTP {status} with a page: {title}.", reply=lambda *_: reply)


def _half(reply: Reply, _: Parameters) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _huge(reply: Reply, parameters: Parameters) -> Reply:
    # Blanks after the document: it stays good JSON, and its signature stays right.
    return replace(reply, body=reply.body + b" " * int(parameters["megabytes"] * 1_000_000))


def _redirect(_: Reply, parameters: Parameters) -> Reply:
    return Reply(b"", "text/plain", 302, {"Location": parameters["location"]})


TRANSPORT: tuple[Scenario[Any], ...] = (
    Scenario(
        "slow", "The answer takes `seconds`.", wait_seconds=_seconds, defaults={"seconds": 5.0}
    ),
    Scenario(
        "hang",
        "No answer comes for `seconds`, but the connection stays open.",
        wait_seconds=_seconds,
        defaults={"seconds": 3600.0},
    ),
    Scenario(
        "drop-before",
        "The connection is reset before the call has any effect.",
        breaks=Break.INSTEAD,
        effect=False,
    ),
    Scenario("drop-after", "The connection is reset after the effect.", breaks=Break.INSTEAD),
    Scenario("cut-body", "The connection is reset in the middle of the body.", breaks=Break.DURING),
    _page("http-500", "500 Internal Server Error", 500),
    _page("bad-gateway", "502 Bad Gateway", 502),
    _page("unavailable", "503 Service Temporarily Unavailable", 503),
    _page("html-answer", "系统维护中", 200),
    Scenario(
        "not-json",
        "A word instead of JSON.",
        reply=lambda reply, _: replace(reply, body=b"SUCCESS"),
    ),
    Scenario("half-body", "Half of the document, as if it were all of it.", reply=_half),
    Scenario(
        "huge-answer",
        "The answer has `megabytes` of blanks behind it.",
        reply=_huge,
        defaults={"megabytes": 8.0},
    ),
    Scenario(
        "wrong-content-type",
        "The content type is `type`.",
        reply=lambda reply, parameters: replace(reply, content_type=parameters["type"]),
        defaults={"type": "application/octet-stream"},
    ),
    Scenario(
        "redirect",
        "HTTP 302 to `location`.",
        reply=_redirect,
        defaults={"location": "/elsewhere"},
    ),
)
