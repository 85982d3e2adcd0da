"""`clearway doctor`."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.console import ERR, OUT
from cli.dev_folder import DevState, read_state
from cli.dev_settings import check_keys
from cli.doctor.finding import Finding, check
from cli.doctor.network_checks import check_network
from cli.doctor.place_checks import check_data_dir, check_database
from cli.options import DEFAULT_DATA_DIR, DataDir
from cli.problems import Problem, explained
from cli.readiness import http_answers
from cli.stack import POLICE_PATH
from graphql_api.receipt_keys import receipt_issuer
from runtime.settings import Profile, Settings, load_settings

EXAMPLE = "clearway doctor --profile production"
MARKS = {True: "✓", False: "✗", None: "-"}


def command(
    profile: Annotated[
        Profile,
        typer.Option(envvar="CLEARWAY_PROFILE", help="Check what this profile needs."),
    ] = Profile.DEV,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Check settings, database, upstreams and clock: what is wrong and how to mend it."""
    with ERR.status("Looking ..."):
        findings = list(_findings(profile, data_dir))
    ok = all(finding.ok is not False for finding in findings)
    if as_json:
        rows = [asdict(finding) for finding in findings]
        typer.echo(json.dumps({"ok": ok, "checks": rows}))
    else:
        _show(findings)
    sys.exit(0 if ok else 1)


def _findings(profile: Profile, data_dir: Path) -> Iterator[Finding]:
    state = read_state(data_dir) if profile is Profile.DEV else None
    try:
        with explained():
            settings = _settings(profile, data_dir, state)
    except Problem as problem:
        yield Finding("settings", False, str(problem), "set it in the environment")
        return
    yield Finding("settings", True, f"fit for profile {profile}")
    yield check("keys", lambda: _keys(settings))
    yield check_data_dir(settings)
    yield from check_database(settings)
    yield from asyncio.run(_network(settings, state))


def _settings(profile: Profile, data_dir: Path, state: DevState | None) -> Settings:
    overrides: dict[str, object] = {}
    if state and "CLEARWAY_POLICE_URL" not in os.environ:
        overrides["police_url"] = state.sandbox_url + POLICE_PATH
    return load_settings(os.environ, profile=profile, data_dir=data_dir.absolute(), **overrides)


def _keys(settings: Settings) -> str:
    if settings.is_dev and not (settings.data_dir / "keys").exists():
        return "none yet; clearway dev makes them"
    check_keys(settings)
    receipt_issuer(settings)
    return "can be read"


async def _network(settings: Settings, state: DevState | None) -> list[Finding]:
    if settings.is_dev and not (state and state.pids) and "CLEARWAY_POLICE_URL" not in os.environ:
        return [Finding("API and sandbox", None, "not running; clearway dev starts them")]
    findings = await check_network(settings)
    if state and state.pids:
        findings.append(await _api(state))
    return findings


async def _api(state: DevState) -> Finding:
    if await http_answers(f"{state.api_url}/readyz"):
        return Finding("API", True, f"{state.api_url} is ready")
    mend = "read logs/api.log in the data folder, or start clearway dev again"
    return Finding("API", False, f"{state.api_url} is not ready", mend)


def _show(findings: list[Finding]) -> None:
    table = Table(box=None, pad_edge=False)
    for title in ("", "check", "found", "how to mend it"):
        table.add_column(title, overflow="fold")
    for one in findings:
        style = "red" if one.ok is False else None
        table.add_row(MARKS[one.ok], one.name, one.found, one.mend, style=style)
    OUT.print(table)
