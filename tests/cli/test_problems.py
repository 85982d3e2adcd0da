"""Whatever goes wrong: one sentence with the next step on stderr, no traceback, exit code not 0."""

import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.cli.processes import clearway, open_folder


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        port: int = sock.getsockname()[1]
        yield port


def refused(*arguments: str, env: Mapping[str, str] | None = None) -> str:
    result = clearway(*arguments, env=env)
    assert result.returncode == 1
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


def test_unknown_setting() -> None:
    said = refused("token", "--citizen=0", env={"CLEARWAY_FOO": "1"})
    assert said == (
        "Error: Unknown setting CLEARWAY_FOO: remove it or mend its name (see docs/settings.md).\n"
    )


def test_production_without_settings() -> None:
    assert "production needs database_url" in refused("migrate")


def test_no_tokens_in_production(tmp_path: Path) -> None:
    said = refused(
        "token", "--citizen=0", f"--data-dir={tmp_path}", env={"CLEARWAY_PROFILE": "production"}
    )
    assert "for trials only" in said
    assert list(tmp_path.iterdir()) == []


def test_token_for_nobody(tmp_path: Path) -> None:
    said = refused("token", f"--data-dir={tmp_path}")
    assert said == "Error: Whose token? Give either --citizen N or --officer ROLE.\n"


def test_citizen_that_does_not_exist(tmp_path: Path) -> None:
    said = refused("token", "--citizen=2000", f"--data-dir={tmp_path}")
    assert said == "Error: There is no citizen 2000: this city has citizens 0 to 1999.\n"


def test_token_that_lives_too_long(tmp_path: Path) -> None:
    said = refused("token", "--citizen=0", "--ttl=2d", f"--data-dir={tmp_path}")
    assert "at most 86400 seconds" in said


def test_port_in_use(taken_port: int, tmp_path: Path) -> None:
    for arguments in (["dev", f"--data-dir={tmp_path}"], ["sandbox"]):
        said = refused(*arguments, f"--port={taken_port}")
        assert said == (
            f"Error: Port {taken_port} on 127.0.0.1 is in use: stop what uses it, or choose "
            "another (--port).\n"
        )


def test_child_that_does_not_start() -> None:
    with open_folder() as folder:
        said = refused("dev", f"--data-dir={folder}", env={"CLEARWAY_PG_BINDIR": "/nowhere"})
    assert "The database does not start. Its last words" in said
    assert "/nowhere" in said


def test_tour_without_its_stack(tmp_path: Path) -> None:
    said = refused("tour", "--url=http://127.0.0.1:1", f"--data-dir={tmp_path}")
    assert f"No clearway dev runs in {tmp_path}" in said
