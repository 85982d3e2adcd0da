"""What would break a build or a machine in silence."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_alembics_folder_is_no_package() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_the_lock_file_names_packages_and_hashes_only() -> None:
    lock = (ROOT / "requirements.lock").read_text()

    assert re.findall(r"https?://|file:|--(?:extra-)?index-url|--find-links", lock) == []
    pinned = re.findall(r"(?m)^[a-z0-9][^\s=]*==\S+", lock)
    assert len(pinned) > 50
    assert lock.count("--hash=sha256:") >= len(pinned)


def test_every_dependency_of_the_mission_is_there() -> None:
    project = (ROOT / "pyproject.toml").read_text()

    for package in ("strawberry", "starlette", "sqlalchemy", "alembic", "aiohttp", "python-jose"):
        assert re.search(rf'"{package}', project), package
