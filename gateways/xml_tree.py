"""A small, hardened XML reader: no DTD, no entities, bounded depth and size, lower-case names."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from defusedxml.ElementTree import DefusedXMLParser, ParseError

from gateways.xml_repair import Unreadable, repaired, without_declaration

MAX_DEPTH = 24
MAX_NODES = 200_000


@dataclass(slots=True)
class Node:
    """One element: its local name in lower case, its own text and its children."""

    name: str
    children: list["Node"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The character data directly inside this element."""
        return "".join(self.pieces)

    def walk(self) -> Iterator["Node"]:
        """Yield this element and everything below it in document order; not recursive."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def first(self, name: str) -> "Node | None":
        """Find the first element of that name, here or below."""
        return next((node for node in self.walk() if node.name == name), None)

    def child(self, *names: str) -> "Node | None":
        """Find the first direct child of these names that has a text, else an empty one."""
        found = [node for node in self.children if node.name in names]
        return next((node for node in found if node.text.strip()), found[0] if found else None)


class _Builder:
    """Receives the parser's events; refuses a document while it is being read, not afterwards."""

    def __init__(self) -> None:
        self.top = Node("")
        self._open = [self.top]
        self._nodes = 0

    def start(self, tag: str, _attributes: list[str]) -> None:
        self._nodes += 1
        if len(self._open) > MAX_DEPTH or self._nodes > MAX_NODES:
            raise Unreadable("document too deep or too large")
        node = Node(tag.rpartition("}")[2].lower())
        self._open[-1].children.append(node)
        self._open.append(node)

    def end(self, _tag: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        self._open[-1].pieces.append(text)

    def close(self) -> None:
        """Nothing to do: a document that ends too early is the parser's error."""


def parse(text: str) -> Node:
    """
    Read a document; if it is not well-formed, once more with its texts repaired.

    :raises Unreadable: if it is not a document even so, or tries something a record never needs
    """
    document = without_declaration(text)
    try:
        return _parsed(document)
    except ParseError:
        pass
    try:
        return _parsed(repaired(document))
    except ParseError as error:
        raise Unreadable("not well-formed") from error


def _parsed(document: str) -> Node:
    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    # Straight from expat: what ElementTree makes of names and attributes in between, nobody needs.
    parser.parser.StartElementHandler = builder.start
    parser.parser.EndElementHandler = builder.end
    try:
        parser.feed(document)
        parser.close()
    except ValueError as error:  # what defusedxml raises, and our own refusals
        raise Unreadable("forbidden content") from error
    return builder.top.children[0]
