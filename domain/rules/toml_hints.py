"""What to write instead, where a file is not even TOML."""

import re
from datetime import date

QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|#.*")
FULL_WIDTH = re.compile("[“”‘’＝［］【】｛｝，：＜《》]")
DAY = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?", re.ASCII)

# The beginning of what tomllib says, and what helps.
HINTS = (
    ("Cannot declare", 'Write this block once; only [[rule."…"]] may be repeated.'),
    (
        "Cannot overwrite",
        'A name stands once in a block: begin a new [[rule."…"]] block for another version.',
    ),
    ("Cannot mutate", "Write this block once, either with brackets of its own or in one line."),
    ("Duplicate inline", "A name stands once between { and }: remove one."),
    ("Expected '='", "Write a line as name = value."),
    ("Expected ']", 'Close the header on its line: [city], or [[rule."…"]] with two brackets.'),
    ("Unclosed", "Close the bracket, and put a comma between its parts."),
    ("Illegal character", "Close the quotation mark on the line where the text begins."),
    ("Unterminated", "Close the quotation mark."),
    ("Unescaped", "Write \\\\ for a backslash, or put the text into single quotation marks."),
)
OTHERWISE = (
    'Write text in quotation marks ("<12"); numbers, days (2017-07-01), true and false without.'
)


def syntax_hint(what: str, line: str) -> str:
    """
    A sentence for whoever wrote the line.

    :param what: what tomllib says is wrong with it
    """
    bare = QUOTED.sub("", line)
    wide = FULL_WIDTH.search(bare)
    if wide is not None:
        return f"{wide[0]} is a full-width character: type it with the keyboard set to English."
    for day in DAY.findall(bare):
        if not _is_day(day):
            return f"{day} is no day: write one such as 2017-07-01."
    for beginning, hint in HINTS:
        if what.startswith(beginning):
            return hint
    return OTHERWISE


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
