"""`clearway tour`."""

import asyncio
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from cli.cities import make_city
from cli.console import ERR, OUT, show_problem
from cli.dev_folder import DevState, read_state
from cli.dev_settings import dev_settings
from cli.options import DEFAULT_DATA_DIR, DataDir
from cli.problems import Problem, explained
from cli.tour.heroes import find_hero
from cli.tour.own_stack import STALE_AFTER_SECONDS, own_stack
from cli.tour.play import STEPS, Played, play
from cli.tour.story import Story

EXAMPLE = "clearway tour --json"
REQUEST_SECONDS = 20


def command(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    url: Annotated[
        str | None,
        typer.Option(help="The API of a running clearway dev, else one is started for the tour."),
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Play the story as a client would: sign-in, violations, handling, paying, proof, an outage."""
    steps: list[Played] = []
    failure = None
    try:
        with explained():
            _tour(steps, url, data_dir, as_json)
    except Problem as problem:
        failure = str(problem)
        show_problem(problem)
    ok = failure is None and len(steps) == len(STEPS) and all(step.ok for step in steps)
    if as_json:
        result = {"ok": ok, "steps": [step.as_json() for step in steps]}
        typer.echo(json.dumps(result | ({"error": failure} if failure else {})))
    elif failure is None:
        held = sum(step.ok for step in steps)
        OUT.print(f"\n{held} of {len(steps)} steps held.", style="bold")
    sys.exit(0 if ok else 1)


def _tour(steps: list[Played], url: str | None, data_dir: Path, as_json: bool) -> None:
    dev_settings(data_dir)  # refuses unknown settings and production before anything starts
    with ExitStack() as stack:
        with ERR.status("Starting a stack for the tour ..."):
            folder = data_dir if url else stack.enter_context(own_stack())
        asyncio.run(_play(steps, url, folder, as_json))


async def _play(steps: list[Played], url: str | None, folder: Path, as_json: bool) -> None:
    state = _state(folder)
    timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as http:
        story = Story(
            http,
            (url or state.api_url).rstrip("/").removesuffix("/graphql"),
            state.sandbox_url,
            dev_settings(folder),
            make_city(state.seed, state.citizens),
            None if url else STALE_AFTER_SECONDS,
        )
        story.hero = await find_hero(story)
        async for step in play(story):
            steps.append(step)
            if not as_json:
                _show(step)


def _state(folder: Path) -> DevState:
    state = read_state(folder)
    if state is None or not state.pids:
        raise Problem(
            f"No clearway dev runs in {folder}: start it, give its --data-dir, or leave out --url."
        )
    return state


def _show(step: Played) -> None:
    mark, style = ("✓", "green") if step.ok else ("✗", "red")
    OUT.print(f"{mark} {step.name}  ({step.ms:.0f} ms)", style=style)
    for name, value in step.detail.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        OUT.print(f"    {name.replace('_', ' ')}: {text}")
