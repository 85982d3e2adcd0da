"""On which line of a TOML text everything stands: tomllib says what is there, but not where."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

TOKEN = re.compile(
    r"""
      (?P<blank>  [ \t\r]+ | \#[^\n]* )
    | (?P<newline> \n )
    | (?P<quoted> \"{3} (?:\\.|[^\\])*? \"{3,5} | '{3} .*? '{3,5}
                | \" (?:\\.|[^"\\\n])* \" | ' [^'\n]* ' )
    | (?P<mark>   [\[\]{}=,.] )
    | (?P<word>   [^\s\[\]{}=,."'#]+ )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: a mark, a word, a quoted text, or the end of a line."""

    kind: str
    text: str
    line: int


def lines_of(text: str) -> dict[Path, int]:
    """
    The line of every name and element of a valid TOML text, by its path in what tomllib reads.

    A table has the line of its header, an element of an array its own.
    """
    return _Walk(list(_tokens(text))).lines_of_all()


def _tokens(text: str) -> Iterator[Token]:
    line = 1
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "blank":
            yield Token(kind, match[0], line)
        line += match[0].count("\n")


@dataclass(slots=True)
class _Walk:
    """One walk through the tokens; the text is known to be valid."""

    tokens: list[Token]
    at: int = 0
    lines: dict[Path, int] = field(default_factory=dict)
    last_index: dict[Path, int] = field(default_factory=dict)  # of each array of tables

    def lines_of_all(self) -> dict[Path, int]:
        table: Path = ()
        while self.at < len(self.tokens):
            if self._is("\n"):
                self.at += 1
            elif self._is("["):
                table = self._header()
            else:
                self._assignment(table)
        return self.lines

    def _is(self, text: str, ahead: int = 0) -> bool:
        place = self.at + ahead
        return place < len(self.tokens) and self.tokens[place].text == text

    def _header(self) -> Path:
        line = self.tokens[self.at].line
        brackets = 2 if self._is("[", ahead=1) else 1
        self.at += brackets
        parts = self._key()
        self.at += brackets
        path: Path = ()
        for place, part in enumerate(parts, 1):
            path += (part,)
            self.lines.setdefault(path, line)
            if place == len(parts) and brackets == 2:
                self.last_index[path] = self.last_index.get(path, -1) + 1
            if path in self.last_index:
                path += (self.last_index[path],)
                self.lines.setdefault(path, line)
        return path

    def _key(self) -> list[str]:
        parts = [self._key_part()]
        while self._is("."):
            self.at += 1
            parts.append(self._key_part())
        return parts

    def _key_part(self) -> str:
        token = self.tokens[self.at]
        self.at += 1
        if token.kind != "quoted":
            return token.text
        part: str = tomllib.loads(f"part = {token.text}")["part"]
        return part

    def _assignment(self, table: Path) -> None:
        line = self.tokens[self.at].line
        path = table
        for part in self._key():
            path += (part,)
            self.lines.setdefault(path, line)
        self.at += 1  # the equals sign
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._is("["):
            self._array(path)
        elif self._is("{"):
            self._inline_table(path)
        else:
            while not self._at_end_of_value():
                self.at += 1

    def _at_end_of_value(self) -> bool:
        if self.at == len(self.tokens):
            return True
        token = self.tokens[self.at]
        return token.kind == "newline" or (token.kind == "mark" and token.text in ",]}")

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while not self._is("]"):
            if self._is("\n") or self._is(","):
                self.at += 1
                continue
            self.lines[(*path, index)] = self.tokens[self.at].line
            self._value((*path, index))
            index += 1
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while not self._is("}"):
            if self._is("\n") or self._is(","):
                self.at += 1
            else:
                self._assignment(path)
        self.at += 1
