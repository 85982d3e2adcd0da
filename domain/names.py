"""Names of people as they stand on identity cards."""

import re
import unicodedata

LONGEST = 50
# The dot inside a name such as 艾力·买买提, as keyboards offer it.
_DOTS = re.compile("[•・‧.]")


def parse_name(text: str) -> str | None:
    """The name as a card has it, or None for what cannot be one. Blanks are a typist's."""
    name = _DOTS.sub("·", "".join(unicodedata.normalize("NFKC", text).split()))
    fits = 1 < len(name) <= LONGEST and name.replace("·", "").isalpha()
    return name if fits else None
