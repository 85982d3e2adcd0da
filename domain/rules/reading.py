"""From a rulebook's file to a rulebook, or to everything that is wrong with the file."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from domain.rules.book import City, Rulebook
from domain.rules.catalogue import CATALOGUE
from domain.rules.consistency import AGREEMENTS, Agreement
from domain.rules.documents import Document, FileProblem, RulebookProblem, did_you_mean
from domain.rules.kinds import WrongValue
from domain.rules.toml_lines import Path
from domain.rules.toml_text import to_toml
from domain.rules.versions import Version
from domain.texts import Text

SECTIONS = ("city", "rule")
CITY_NAMES = ("id", "name", "province")
LANGUAGES = ("zh", "en")
VERSION_NAMES = ("value", "from", "source")
EXAMPLE_DAY = "2017-07-01"


def rulebook_of(document: Document) -> Rulebook:
    """
    The rulebook that a document describes.

    :raises RulebookProblem: with everything that is wrong with it
    """
    reader = _Reader(document)
    city = reader.city()
    own = reader.versions()
    if reader.problems:
        raise RulebookProblem(reader.problems)
    book = Rulebook.of(city, own)
    conflicts = [*reader.conflicts(book)]
    if conflicts:
        raise RulebookProblem(conflicts)
    return book


@dataclass(slots=True)
class _Reader:
    """Reads on after a mistake, so that all are told at once."""

    document: Document
    problems: list[FileProblem] = field(default_factory=list)
    # The block of each version, by key and first day.
    places: dict[tuple[str, date], Path] = field(default_factory=dict)

    def city(self) -> City:
        self._only_known((), self.document.data, SECTIONS, None)
        raw = self.document.data.get("city")
        if not isinstance(raw, dict):
            message = 'The city is missing: write [city] with id = "…", name = {zh = "…", en = "…"}'
            self._say(("city",), f'{message} and province = "…".')
            return City("", Text("", ""), "")
        self._only_known(("city",), raw, CITY_NAMES, "city")
        return City(
            self._text(("city", "id"), raw, "city"),
            self._in_both_languages(("city", "name"), raw, "city"),
            self._text(("city", "province"), raw, "city"),
        )

    def versions(self) -> Mapping[str, list[Version]]:
        own: dict[str, list[Version]] = defaultdict(list)
        for key, path, block in self._blocks():
            version = self._version(key, path, block)
            if version is not None:
                own[key].append(version)
        return own

    def conflicts(self, book: Rulebook) -> Iterator[FileProblem]:
        """Rules that are each right but do not fit each other, once per pair and place."""
        told = set()
        for day, rules in book.eras:
            for agreement in AGREEMENTS:
                place = self._place_of(agreement, book, day)
                if not agreement.holds(rules) and (agreement, place) not in told:
                    told.add((agreement, place))
                    yield self.document.problem(place, agreement.message, agreement.keys[0])

    def _place_of(self, agreement: Agreement, book: Rulebook, day: date) -> Path:
        for key in agreement.keys:
            place = self.places.get((key, book.timelines[key].at(day).start))
            if place is not None:
                return (*place, "value")
        return ()

    def _blocks(self) -> Iterator[tuple[str, Path, dict[str, Any]]]:
        """Every block of a known rule; `[[rule.a.b]]` and `[[rule."a.b"]]` are the same."""
        rules = self.document.data.get("rule", {})
        for key, path, found in _leaves((), ("rule",), rules):
            if key not in CATALOGUE:
                self._unknown_rule(key, path)
            elif not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
                self._say(path, f'Write each version below a header [[rule."{key}"]].', key)
            else:
                yield from ((key, (*path, place), one) for place, one in enumerate(found))

    def _unknown_rule(self, key: str, path: Path) -> None:
        if not key:
            self._say(path, 'Write each version below a header such as [[rule."pay.days"]].')
            return
        guess = did_you_mean(key, CATALOGUE) or " clearway rules show lists all keys."
        self._say(path, f'There is no rule "{key}".{guess}')

    def _version(self, key: str, path: Path, block: dict[str, Any]) -> Version | None:
        before = len(self.problems)
        self._only_known(path, block, VERSION_NAMES, key)
        start = self._start(key, path, block)
        source = self._source(key, path, block)
        value = self._value(key, path, block)
        if len(self.problems) > before or start is None:
            return None
        return Version(start, block["value"], value, source, is_default=False)

    def _start(self, key: str, path: Path, block: dict[str, Any]) -> date | None:
        place = (*path, "from")
        if "from" not in block:
            message = f"The first day is missing: add a line such as from = {EXAMPLE_DAY}."
            self._say(path, message, key)
            return None
        start = block["from"]
        if not isinstance(start, date) or isinstance(start, datetime):
            wanted = f"a day without quotation marks or time, such as {EXAMPLE_DAY}"
            self._say(place, f"from = {to_toml(start)} cannot be used: write {wanted}.", key)
            return None
        if (key, start) in self.places:
            first = self.document.problem((*self.places[key, start], "from"), "").line
            message = f"Another version of this rule begins on {start} too (line {first})"
            self._say(place, f"{message}: give this one a day of its own, or remove it.", key)
            return None
        self.places[key, start] = path
        return start

    def _source(self, key: str, path: Path, block: dict[str, Any]) -> Text:
        source = block.get("source")
        if isinstance(source, dict):
            return self._in_both_languages((*path, "source"), block, key)
        written = self._text((*path, "source"), block, key)
        return Text(written, written)

    def _value(self, key: str, path: Path, block: dict[str, Any]) -> object:
        kind = CATALOGUE[key].kind
        if "value" not in block:
            self._say(path, f"The value is missing: write value = {kind.wanted}.", key)
            return None
        try:
            return kind.read(block["value"])
        except WrongValue as error:
            for fault in error.faults:
                self._say((*path, "value", *fault.path), fault.message, key)
            return None

    def _in_both_languages(self, path: Path, table: dict[str, Any], key: str) -> Text:
        name = path[-1]
        raw = table.get(str(name))
        if not isinstance(raw, dict):
            what = "is missing" if raw is None else "cannot be used"
            self._say(path, f'The {name} {what}: write {name} = {{zh = "…", en = "…"}}.', key)
            return Text("", "")
        self._only_known(path, raw, LANGUAGES, key)
        return Text(*(self._text((*path, language), raw, key) for language in LANGUAGES))

    def _text(self, path: Path, table: dict[str, Any], key: str) -> str:
        name = path[-1]
        raw = table.get(str(name))
        if isinstance(raw, str) and raw.strip():
            return raw
        what = "is missing" if raw is None else "cannot be used"
        self._say(path, f'The {name} {what}: write {name} = "…" with text between the marks.', key)
        return ""

    def _only_known(
        self, path: Path, table: dict[str, Any], known: Iterable[str], key: str | None
    ) -> None:
        for name in table:
            if name not in known:
                guess = did_you_mean(name, known) or f" Only {', '.join(known)} can stand here."
                self._say((*path, name), f'"{name}" is unknown here.{guess}', key)

    def _say(self, path: Path, message: str, key: str | None = None) -> None:
        self.problems.append(self.document.problem(path, message, key))


def _leaves(names: tuple[str, ...], path: Path, found: object) -> Iterator[tuple[str, Path, Any]]:
    """What stands under the dotted names of a table, down to what is or should be a rule."""
    key = ".".join(names)
    if not isinstance(found, dict) or key in CATALOGUE or found.keys() & {*VERSION_NAMES}:
        yield key, path, found
        return
    for name, child in found.items():
        yield from _leaves((*names, name), (*path, name), child)
