"""What the catalogue says of one rule."""

from dataclasses import dataclass
from datetime import date

from domain.rules.kinds import Kind
from domain.rules.versions import ALWAYS, Timeline, Version
from domain.texts import Text


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One rule that a city may set.

    :ivar number: its number in the list R1-R45; None for a rule that was added beside it
    :ivar meaning: one sentence for citizens (zh) and engineers (en)
    :ivar defaults: what holds in a city that says nothing
    """

    number: int | None
    key: str
    kind: Kind
    meaning: Text
    defaults: Timeline

    @property
    def field(self) -> str:
        """Its name in `Rules`, where a type says the unit."""
        return self.key.removesuffix("_fen").replace(".", "_")


@dataclass(frozen=True, slots=True)
class Default:
    """A default as the law or common practice gives it, from a day on."""

    start: date
    written: object
    source: Text


def always(written: object, *sources: Text) -> Default:
    """What has held as long as there has been anything to decide."""
    return Default(ALWAYS, written, _joined(sources))


def since(start: str, written: object, *sources: Text) -> Default:
    """What holds since a day."""
    return Default(date.fromisoformat(start), written, _joined(sources))


def rule(number: int | None, key: str, kind: Kind, zh: str, en: str, *defaults: Default) -> Rule:
    """An entry of the catalogue."""
    versions = tuple(
        Version(one.start, one.written, kind.read(one.written), one.source, is_default=True)
        for one in defaults
    )
    return Rule(number, key, kind, Text(zh, en), Timeline(versions))


def _joined(sources: tuple[Text, ...]) -> Text:
    return Text("；".join(one.zh for one in sources), "; ".join(one.en for one in sources))
