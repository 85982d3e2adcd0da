"""An answer of the register before it becomes text: a head, and perhaps rows."""

from dataclasses import dataclass

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """
    Head and rows, with the spots where real gateways differ from each other.

    Rows of None mean no body at all, which is how refusals and write answers look. `key` is the
    number a write made.
    """

    code: str = "1"
    message: str = "数据下载成功！"
    rows: tuple[Row, ...] | None = None
    node: str = "row"
    row_count: int | None = None
    key: str | None = None
    message_tag: str = "message"
    nested: bool = False
    with_ids: bool = True


def found(node: str, rows: list[Row]) -> Answer:
    return Answer(rows=tuple(rows), node=node, row_count=len(rows))


def refused(code: str, message: str) -> Answer:
    return Answer(code=code, message=message)
