"""Accept-Language: Chinese unless English is preferred."""

from domain.texts import Language

MAX_RANGES = 20


def preferred_language(header: str | None) -> Language:
    """The language of messages for a request; a header we cannot read means Chinese."""
    best, weight = Language.ZH, 0.0
    for part in (header or "").split(",")[:MAX_RANGES]:
        tag, _, parameter = part.strip().partition(";")
        quality = _quality(parameter)
        language = {"zh": Language.ZH, "en": Language.EN}.get(tag.strip().lower().split("-")[0])
        if language is not None and quality > weight:
            best, weight = language, quality
    return best


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
