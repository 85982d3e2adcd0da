"""A TOML file that somebody edits by hand: what it says, where, and what is wrong with it."""

import pathlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from domain.rules.toml_hints import syntax_hint
from domain.rules.toml_lines import Path, lines_of

SYNTAX_ERROR = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing that is wrong in a file, and what to write instead."""

    file: str
    line: int | None
    key: str | None
    message: str

    def __str__(self) -> str:
        """The place and the message in one line."""
        line = None if self.line is None else f"line {self.line}"
        return f"{', '.join(filter(None, (self.file, line, self.key)))}: {self.message}"


class RulebookProblem(Exception):
    """
    A file of rules or of holidays cannot be used.

    :ivar problems: everything that is wrong with it, in the order of its lines
    """

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda one: one.line or 0))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and on which lines."""

    file: str
    data: dict[str, Any]
    lines: dict[Path, int] = field(repr=False)

    def problem(self, path: Path, message: str, key: str | None = None) -> FileProblem:
        """A problem at a path, or where the nearest thing around it stands."""
        while path and path not in self.lines:
            path = path[:-1]
        return FileProblem(self.file, self.lines.get(path), key, message)


def parse_document(file: str, raw: bytes) -> Document:
    """
    Read TOML.

    :param file: the name by which problems call it
    :raises RulebookProblem: if it is not TOML in UTF-8
    """
    text = _decoded(file, raw)
    try:
        return Document(file, tomllib.loads(text), lines_of(text))
    except RecursionError:
        message = "Brackets are nested too deeply: no rule needs more than three levels."
        raise RulebookProblem([FileProblem(file, None, None, message)]) from None
    except ValueError as error:
        raise RulebookProblem([_syntax_problem(file, text, str(error))]) from None


def read_document(path: pathlib.Path) -> Document:
    """
    Read a file of TOML.

    :raises RulebookProblem: if it cannot be read, or is not TOML in UTF-8
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        message = f"The file cannot be read ({error.strerror})."
        raise RulebookProblem([FileProblem(str(path), None, None, message)]) from None
    return parse_document(str(path), raw)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest known word as a question, or nothing."""
    nearest = get_close_matches(word, list(known), 1)
    return f' Did you mean "{nearest[0]}"?' if nearest else ""


def _decoded(file: str, raw: bytes) -> str:
    if raw.startswith(UTF_16):
        message = "The file is saved as UTF-16: save it as UTF-8."
        raise RulebookProblem([FileProblem(file, 1, None, message)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = "These characters are not UTF-8 (perhaps GBK): save the file as UTF-8."
        raise RulebookProblem([FileProblem(file, line, None, message)]) from None


def _syntax_problem(file: str, text: str, error: str) -> FileProblem:
    lines = text.split("\n")
    match = SYNTAX_ERROR.fullmatch(error)
    what = match["what"] if match else error
    line = int(match["line"]) if match and match["line"] else len(lines)
    hint = syntax_hint(what, lines[line - 1])
    return FileProblem(file, line, None, f"This is not TOML ({what}). {hint}")
