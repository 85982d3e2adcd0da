"""What officers are told about a task, in Chinese and English: `domain/data/tasks.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from domain.tasks import TaskKind
from domain.texts import Language, Text


@dataclass(frozen=True, slots=True)
class TaskText:
    """Why people are needed, and what they do next."""

    reason: Text
    next_step: Text


def task_reason(kind: TaskKind, language: Language) -> str:
    """What has happened."""
    return TASK_TEXTS[kind].reason.in_language(language, {})


def task_next_step(kind: TaskKind, language: Language) -> str:
    """What to do about it."""
    return TASK_TEXTS[kind].next_step.in_language(language, {})


def _read() -> Mapping[TaskKind, TaskText]:
    source = files("domain.data") / "tasks.toml"
    tables = tomllib.loads(source.read_text(encoding="utf-8"))
    return {
        TaskKind(kind): TaskText(
            Text(cells["zh"], cells["en"]), Text(cells["next_zh"], cells["next_en"])
        )
        for kind, cells in tables.items()
    }


TASK_TEXTS = _read()
