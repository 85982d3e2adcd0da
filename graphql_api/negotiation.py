"""How a client wants to be answered: the media type and the language."""

from dataclasses import dataclass
from functools import lru_cache

from domain.texts import Language
from graphql_api.languages import preferred_language
from graphql_api.weights import weighted

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
VARY = (b"vary", b"Accept, Accept-Language")
REMEMBERED = 256

RawHeaders = dict[bytes, list[bytes]]


@dataclass(frozen=True, slots=True)
class Manner:
    """What was agreed on; not `acceptable` when the client wants nothing that we have."""

    media_type: str
    language: Language
    acceptable: bool
    headers: tuple[tuple[bytes, bytes], ...]

    @property
    def tells_by_status(self) -> bool:
        """In application/json a request that was understood is always answered with 200."""
        return self.media_type == GRAPHQL_RESPONSE


def raw_headers(pairs: list[tuple[bytes, bytes]]) -> RawHeaders:
    """The headers of an ASGI scope by name, each with all its values."""
    found: RawHeaders = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def negotiate(headers: RawHeaders) -> Manner:
    """Read Accept and Accept-Language; several lines of one header are one list (RFC 9110, 5.3)."""
    return _manner(
        b",".join(headers.get(b"accept", ())), b",".join(headers.get(b"accept-language", ()))
    )


@lru_cache(maxsize=REMEMBERED)
def _manner(accept: bytes, accept_language: bytes) -> Manner:
    media_type = _media_type(accept.decode("latin-1"))
    language = preferred_language(accept_language.decode("latin-1"))
    return Manner(
        media_type or JSON, language, media_type is not None, _headers(media_type or JSON, language)
    )


def _media_type(accept: str) -> str | None:
    """
    The best of our media types, None if the client wants neither.

    Between equals the one that was named wins over a wildcard, and the modern one over the older;
    where only wildcards speak, application/json is what most clients understand.
    """
    ranges = dict(weighted(accept))
    if not ranges:
        return JSON
    modern, plain = (_weight(ranges, one) for one in (GRAPHQL_RESPONSE, JSON))
    if max(modern, plain)[0] == 0:
        return None
    wins = modern > plain or (modern == plain and GRAPHQL_RESPONSE in ranges)
    return GRAPHQL_RESPONSE if wins else JSON


def _weight(ranges: dict[str, float], media_type: str) -> tuple[float, int]:
    """The weight by the most specific range that fits, and how specific that is."""
    for specific, name in ((2, media_type), (1, "application/*"), (0, "*/*")):
        if name in ranges:
            return ranges[name], specific
    return 0.0, 0


def _headers(media_type: str, language: Language) -> tuple[tuple[bytes, bytes], ...]:
    return (
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
        (b"content-language", language.value.encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        VARY,
    )
