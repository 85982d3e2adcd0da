"""Files that several processes may want to make at once: whoever is first has made it."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def load_or_create(path: Path, new: Callable[[], str]) -> str:
    """The text of a file that only its owner can read, made if it is not there."""
    if not path.exists():
        draft = _draft(path, new())
        try:
            # link, unlike rename, never replaces what another process made first.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def publish(path: Path, text: str) -> None:
    """Write, for everybody, what follows from something else: whoever comes second repeats it."""
    draft = _draft(path, text)
    draft.chmod(0o644)
    draft.replace(path)


def _draft(path: Path, text: str) -> Path:
    """A file beside `path`, readable by its owner only."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as draft:
        draft.write(text)
    return Path(draft.name)
