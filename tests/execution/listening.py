"""Hears the warnings of what is left un-awaited."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collect the texts of warnings, not the coroutines they are about: these would live on."""
    texts: list[str] = []

    def note(message: Warning | str, *_: Any, **__: Any) -> None:
        texts.append(str(message))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = note
        yield texts
