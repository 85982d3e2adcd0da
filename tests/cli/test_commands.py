"""The small commands, run as a user would."""

import base64
import json
from pathlib import Path
from typing import Any

from cli.main import COMMANDS
from graphql_api.schema import print_schema
from tests.cli.processes import clearway


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(
        base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    )
    return claims


def test_help_names_every_command_and_shows_examples() -> None:
    result = clearway("--help")

    assert result.returncode == 0
    assert all(name in result.stdout for name in COMMANDS)
    assert "│ database" not in result.stdout


def test_help_of_a_command_has_an_example() -> None:
    assert "Example: clearway city --vehicles" in clearway("city", "--help").stdout


def test_token_of_a_citizen_is_all_that_stdout_gets(tmp_path: Path) -> None:
    result = clearway("token", "--citizen", "0", "--ttl", "15m", f"--data-dir={tmp_path}")

    claims = claims_of(result.stdout.removesuffix("\n"))
    assert result.stderr == ""
    assert claims["sub"] == "citizen-0"
    assert (claims["iss"], claims["aud"]) == ("urn:clearway", "clearway")
    assert claims["acr"] == "face"
    assert len(claims["id_number"]) == 18
    assert claims["exp"] - claims["iat"] == 900
    assert {"name", "auth_time", "sid", "nbf"} <= claims.keys()


def test_token_of_an_officer(tmp_path: Path) -> None:
    result = clearway("token", "--officer", "reviewer", f"--data-dir={tmp_path}")

    claims = claims_of(result.stdout)
    assert (claims["sub"], claims["aud"]) == ("officer-reviewer", "clearway-back-office")
    assert claims["roles"] == ["reviewer"]
    assert (claims["district"], claims["unit"]) == ("500103", "500103000000")


def test_a_city_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    once = clearway("city", "--vehicles", "40", "--seed", "3")
    again = clearway("city", "--vehicles", "40", "--seed", "3", f"--out={tmp_path / 'city.jsonl'}")
    other = clearway("city", "--vehicles", "40", "--seed", "4")

    assert again.stdout == ""
    assert (tmp_path / "city.jsonl").read_text() == once.stdout != other.stdout
    people = [json.loads(line) for line in once.stdout.splitlines()]
    assert 40 <= sum(len(person["vehicles"]) for person in people[:-1]) < 50


def test_schema_shows_where_a_file_differs(tmp_path: Path) -> None:
    file = tmp_path / "schema.graphql"
    file.write_text(print_schema().replace("type Query {", "type Question {"))
    result = clearway("schema", "--check", f"--file={file}")

    assert result.returncode == 1
    assert "make schema" in result.stderr
    assert "- type Question {" in result.stderr
    assert "+ type Query {" in result.stderr


def test_doctor_on_a_fresh_machine(tmp_path: Path) -> None:
    result = clearway("doctor", "--json", f"--data-dir={tmp_path / 'none'}")

    report = json.loads(result.stdout)
    assert (result.returncode, report["ok"]) == (0, True)
    assert [check["name"] for check in report["checks"]] == [
        "settings",
        "keys",
        "data folder",
        "database",
        "API and sandbox",
    ]
    assert not (tmp_path / "none").exists()


def test_doctor_says_what_production_lacks() -> None:
    result = clearway("doctor", "--profile", "production")

    assert result.returncode == 1
    assert "production needs data_key" in " ".join(result.stdout.split())
