"""Trouble with time, with the connection, and with whatever answers instead of the register."""

from dataclasses import replace
from zlib import crc32

from sandbox.police.answers import Answer
from sandbox.police.scenarios.scenario import Break, Reply, Scenario, Situation
from sandbox.police.soap import fault_envelope

_HTML = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
# Nine levels of ten: a parser that expands it needs gigabytes.
_BOMB = '<!DOCTYPE bomb [<!ENTITY e0 "lol">{}]>'.format(
    "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))
)


def _tail(situation: Situation) -> float:
    """Every so many calls one is very slow; which ones does not depend on chance."""
    every = int(situation.number("every", 20))
    draw = crc32(f"{situation.subject}{situation.earlier_calls}".encode())
    return 0.0 if draw % every else situation.number("seconds", 20)


def _html(title: str, status: int) -> Reply:
    return Reply(_HTML.format(title).encode(), status, "text/html; charset=utf-8")


def _huge(answer: Answer, situation: Situation) -> Answer:
    # A Chinese character is nine bytes once it is percent-encoded.
    padding = "满" * int(situation.number("megabytes", 8) * 1_000_000 / 9)
    return replace(answer, message=answer.message + padding)


def _bomb_before_envelope(reply: Reply, _: Situation) -> Reply:
    envelope = (
        reply.body.decode()
        .partition("?>")[2]
        .replace('Return xsi:type="xsd:string">', "Return>&e9;", 1)
    )
    return replace(reply, body=(_BOMB + envelope).encode())


def _bomb_in_document(document: str) -> str:
    declaration, _, root = document.partition("?>")
    return f"{declaration}?>{_BOMB}" + root.replace("<message>", "<message>&e9;", 1)


TRANSPORT = (
    Scenario(
        "slow",
        "The answer takes `seconds` (5).",
        wait_seconds=lambda situation: situation.number("seconds", 5),
    ),
    Scenario(
        "tail",
        "One of `every` (20) answers takes `seconds` (20).",
        wait_seconds=_tail,
        magic_parameters={"every": 1},
    ),
    Scenario(
        "hang",
        "No answer comes for `seconds` (3600), but the connection stays open.",
        wait_seconds=lambda situation: situation.number("seconds", 3600),
    ),
    Scenario(
        "down", "The connection is reset before the call has any effect.", breaks=Break.BEFORE
    ),
    Scenario("reset-after", "The connection is reset after the effect.", breaks=Break.AFTER),
    Scenario("cut-body", "The connection is reset in the middle of the body.", breaks=Break.DURING),
    Scenario(
        "fault-500",
        "HTTP 500 with a soap:Fault.",
        reply=lambda *_: Reply(fault_envelope("java.lang.NullPointerException").encode(), 500),
    ),
    Scenario(
        "bad-gateway",
        "HTTP 502 with a page of the border gateway.",
        reply=lambda *_: _html("502 Bad Gateway", 502),
    ),
    Scenario(
        "html-answer",
        "HTTP 200 with a page of the border gateway.",
        reply=lambda *_: _html("请求服务平台登录", 200),
    ),
    Scenario("not-xml", "HTTP 200 with a word instead of XML.", reply=lambda *_: Reply(b"OK")),
    Scenario(
        "document-not-xml",
        "The answer string is a sentence instead of a document.",
        document=lambda _: "系统繁忙，请稍后再试",
    ),
    Scenario("entity-bomb", "The envelope has an exploding DTD.", reply=_bomb_before_envelope),
    Scenario(
        "document-entity-bomb", "The document has an exploding DTD.", document=_bomb_in_document
    ),
    Scenario("huge-answer", "The answer has `megabytes` (8).", answer=_huge),
)
