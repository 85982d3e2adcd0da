"""Trouble between characters and bytes."""

import re
from dataclasses import replace
from urllib.parse import quote, quote_plus

from sandbox.police.scenarios.scenario import Reply, Scenario, Situation

_TEXT_FIELD = re.compile(r"<(wfdz|syr|xm)>")


def _gbk_envelope(reply: Reply, _: Situation) -> Reply:
    text = reply.body.decode().replace('encoding="utf-8"', 'encoding="GBK"', 1)
    return replace(reply, body=text.encode("gb18030"), content_type="text/xml; charset=GBK")


def _latin_header(reply: Reply, _: Situation) -> Reply:
    return replace(reply, content_type="text/xml; charset=ISO-8859-1")


ENCODINGS = (
    Scenario(
        "unescaped-lt",
        "A text of the document has a bare less-than sign.",
        document=lambda document: _TEXT_FIELD.sub(r"<\1>限速<60公里路段", document),
    ),
    Scenario(
        "gbk-bytes",
        "The document is percent-encoded from real GBK bytes.",
        encode=lambda document: quote(document.encode("gb18030"), safe=""),
    ),
    Scenario(
        "gbk-envelope",
        "The whole HTTP body is GBK and says so; the document is not percent-encoded.",
        encode=lambda document: document,
        reply=_gbk_envelope,
    ),
    Scenario(
        "raw-answer",
        "The document is only escaped, not percent-encoded.",
        encode=lambda document: document,
    ),
    Scenario(
        "plus-blanks",
        "Blanks of the document come as plus signs.",
        encode=lambda document: quote_plus(document, safe=""),
    ),
    Scenario("empty-return", "The answer string is empty.", encode=lambda _: ""),
    Scenario(
        "wrong-charset",
        "The header says ISO-8859-1 over a UTF-8 body with Chinese in it.",
        encode=lambda document: document,
        reply=_latin_header,
    ),
)
