"""`clearway dev`."""

import asyncio
import signal
from typing import Annotated

import typer

from cli.banner import show_banner
from cli.cities import make_city
from cli.console import ERR
from cli.dev_folder import DevFolder, read_state
from cli.dev_settings import check_keys, dev_settings
from cli.graphiql_tabs import write_tabs
from cli.introduction import introduce
from cli.lifeline import stop_with_parent as end_with_parent
from cli.options import (
    DEFAULT_CITIZENS,
    DEFAULT_DATA_DIR,
    DEFAULT_SEED,
    Citizens,
    DataDir,
    Seed,
    StopWithParent,
)
from cli.stack import Plan, Stack

EXAMPLE = "clearway dev --port 8000 --data-dir .clearway --citizens 2000 --seed 7"
LAST_PORT = 65_535
SANDBOX_PORT_DISTANCE = 100


def command(
    host: Annotated[
        str, typer.Option(envvar="CLEARWAY_HOST", help="Address of the API.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="CLEARWAY_PORT", min=1, max=LAST_PORT, help="Port of the API.")
    ] = 8000,
    sandbox_port: Annotated[
        int | None,
        typer.Option(
            min=1, max=LAST_PORT, help="Port of the sandbox upstreams, else the API's + 100."
        ),
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    citizens: Citizens = DEFAULT_CITIZENS,
    seed: Seed = DEFAULT_SEED,
    stop_with_parent: StopWithParent = False,
) -> None:
    """Start everything: database, sandbox with an invented city, API, worker. Ctrl-C stops it."""
    if stop_with_parent:
        end_with_parent()
    settings = dev_settings(data_dir, host=host, port=port)
    plan = Plan(settings, sandbox_port or _beside(port), citizens, seed)
    folder = DevFolder(settings.data_dir)
    with ERR.status("Taking the data folder ..."):
        folder.claim()
    plan.check_ports()
    check_keys(settings)
    _warn_of_another_city(plan)
    write_tabs(plan.tabs_file, settings, make_city(seed, citizens).citizen(0))
    asyncio.run(_run(plan, folder, by_hand=not stop_with_parent))


def _beside(port: int) -> int:
    above = port + SANDBOX_PORT_DISTANCE
    return above if above <= LAST_PORT else port - SANDBOX_PORT_DISTANCE


def _warn_of_another_city(plan: Plan) -> None:
    before = read_state(plan.settings.data_dir)
    if before is not None and before.seed != plan.seed:
        ERR.print(
            f"Note: this folder knows the city of seed {before.seed}. People and vehicles of seed "
            f"{plan.seed} are others; use another --data-dir to keep the two apart."
        )


async def _run(plan: Plan, folder: DevFolder, *, by_hand: bool) -> None:
    stack = Stack(plan, folder)
    stop = _stop_signal(stack)
    starting = asyncio.create_task(stack.start())
    stopping = asyncio.create_task(stop.wait())
    try:
        with ERR.status("Starting database, sandbox, API and worker ..."):
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            _raise_first(starting)
            if by_hand:
                await introduce(plan)
            show_banner(plan, make_city(plan.seed, plan.citizens))
            await stopping
    finally:
        starting.cancel()
        stopping.cancel()
        await asyncio.gather(starting, stopping, return_exceptions=True)
        ERR.print("Stopping everything in order. Ctrl-C again hurries.")
        await stack.stop()
    ERR.print(f"Stopped. Everything is kept in {plan.settings.data_dir}.")


def _stop_signal(stack: Stack) -> asyncio.Event:
    """Set by the first Ctrl-C, SIGTERM or closed terminal; the second one hurries."""
    stop = asyncio.Event()

    def on_signal() -> None:
        if stop.is_set():
            stack.supervisor.hurry.set()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # nohup ignores SIGHUP, and means it.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, on_signal)
    return stop


def _raise_first(starting: asyncio.Task[None]) -> None:
    """Of several failures at once the first will do."""
    error = starting.exception()
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if error is not None:
        raise error
