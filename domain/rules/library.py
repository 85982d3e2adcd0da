"""Where rulebooks come from: the packaged ones, and a city's own file."""

from importlib.resources import files
from pathlib import Path

from domain.rules.book import Rulebook
from domain.rules.documents import (
    FileProblem,
    RulebookProblem,
    did_you_mean,
    parse_document,
    read_document,
)
from domain.rules.reading import rulebook_of

SUFFIX = ".toml"


def packaged_rulebooks() -> tuple[str, ...]:
    """The names of the packaged rulebooks."""
    found = (files("domain.data") / "rulebooks").iterdir()
    return tuple(sorted(one.name.removesuffix(SUFFIX) for one in found))


def load_rulebook(name: str) -> Rulebook:
    """
    A packaged rulebook.

    :raises RulebookProblem: if there is none of that name
    """
    known = packaged_rulebooks()
    if name not in known:
        guess = did_you_mean(name, known) or f" There are {', '.join(known)}."
        message = f"No rulebook of this name is packaged.{guess}"
        raise RulebookProblem([FileProblem(name, None, None, message)])
    file = name + SUFFIX
    raw = (files("domain.data") / "rulebooks" / file).read_bytes()
    return rulebook_of(parse_document(file, raw))


def read_rulebook(path: Path) -> Rulebook:
    """
    A city's own rulebook.

    :raises RulebookProblem: if it cannot be read, or with everything that is wrong with it
    """
    return rulebook_of(read_document(path))
