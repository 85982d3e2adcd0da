"""Accept-Language: Chinese unless English is preferred."""

from domain.texts import Language
from graphql_api.weights import weighted

OURS = {"zh": Language.ZH, "en": Language.EN}


def preferred_language(header: str | None) -> Language:
    """The language of messages for a request; a header we cannot read means Chinese."""
    best, most = Language.ZH, 0.0
    for tag, weight in weighted(header or ""):
        language = OURS.get(tag.split("-")[0])
        if language is not None and weight > most:
            best, most = language, weight
    return best
