"""What officers read about tasks."""

import tomllib
from pathlib import Path

import pytest

from domain.principals import Officer
from domain.task_texts import TASK_TEXTS
from domain.tasks import TaskKind

FILE = Path(__file__).parents[2] / "domain" / "data" / "tasks.toml"


def test_every_kind_has_its_texts_in_order() -> None:
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))

    assert list(tables) == [kind.value for kind in TaskKind]
    assert all(set(cells) == {"zh", "en", "next_zh", "next_en"} for cells in tables.values())


@pytest.mark.parametrize("kind", TaskKind)
def test_both_languages(kind: TaskKind) -> None:
    said = TASK_TEXTS[kind]
    for text in (said.reason, said.next_step):
        assert text.zh.endswith("。")
        assert text.en.endswith(".")
        assert "{" not in text.zh + text.en


def test_an_actor_fits_into_its_column_whatever_the_issuer_says() -> None:
    short, long = Officer("https://id.example", "007"), Officer("i" * 255, "s" * 255)

    assert short.actor == "https://id.example|007"
    assert long.actor == f"officer {long.id}"
