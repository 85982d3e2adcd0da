"""`clearway sandbox`."""

import asyncio
import signal
import socket
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from aiohttp import web

from cli.cities import make_city
from cli.console import ERR
from cli.lifeline import stop_with_parent as end_with_supervisor
from cli.options import (
    DEFAULT_CITIZENS,
    DEFAULT_DATA_DIR,
    DEFAULT_SEED,
    Citizens,
    Seed,
    StopWithParent,
)
from cli.ports import base_url, listening
from cli.problems import Problem
from sandbox.alipay import AlipayCredentials, AlipaySandboxSettings, alipay_app
from sandbox.city import City
from sandbox.police import PoliceSandboxSettings, police_app
from sandbox.wechat import wechat_app
from sandbox.wechatpay import WechatPayCredentials, WechatPaySandboxSettings, wechatpay_app

EXAMPLE = "clearway sandbox --port 8100 --citizens 2000 --seed 7"
Credentials = TypeVar("Credentials", AlipayCredentials, WechatPayCredentials)
DRAIN_SECONDS = 2.0
LATENCY_SECONDS = (0.2, 0.6)
# Nobody who tries things out waits for tomorrow: the bill of the running day is what moved so far.
BILL_READY_SECONDS = -86_400.0


def command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8100,
    citizens: Citizens = DEFAULT_CITIZENS,
    seed: Seed = DEFAULT_SEED,
    slow: Annotated[
        bool, typer.Option("--slow", help="Take 0.2 to 0.6 s for an answer, as a good register.")
    ] = False,
    keys: Annotated[
        Path, typer.Option(help="Folder for the keys that Alipay and our application exchange.")
    ] = DEFAULT_DATA_DIR / "keys" / "platforms",
    stop_with_parent: StopWithParent = False,
) -> None:
    """Run the simulated upstreams alone: register, Alipay and WeChat of an invented city."""
    if stop_with_parent:
        end_with_supervisor()
    sandbox = PoliceSandboxSettings(
        latency_seconds=LATENCY_SECONDS if slow else (0.0, 0.0), is_live=True
    )
    city = make_city(seed, citizens)
    app = police_app(city, sandbox)
    app.add_subapp("/alipay", _alipay(city, keys))
    app.add_subapp("/wechat", wechat_app(city))
    app.add_subapp("/wechatpay", _wechatpay(city, keys))
    with listening(host, port, "--port") as sock:
        url = base_url(host, port)
        ERR.print(f"Police register of a city of {citizens} (seed {seed}): {url}")
        ERR.print(f"Its scenarios: {url}/control/scenarios")
        ERR.print(f"Its WSDL: {url}/trffweb/services/TmriOutAccess?wsdl")
        ERR.print(f"Its serial (jkxlh): {sandbox.serial}", soft_wrap=True)
        ERR.print(f"Alipay: {url}/alipay/gateway.do, its scenarios: {url}/alipay/control/scenarios")
        ERR.print(f"The keys it knows: {keys}", soft_wrap=True)
        ERR.print(f"WeChat: {url}/wechat, its scenarios: {url}/wechat/control/scenarios")
        ERR.print(f"WeChat Pay: {url}/wechatpay, its scenarios: {url}/wechatpay/control/scenarios")
        asyncio.run(_serve(app, sock))


def _alipay(city: City, keys: Path) -> web.Application:
    settings = AlipaySandboxSettings(bill_ready_seconds=BILL_READY_SECONDS)
    return alipay_app(city, _credentials(AlipayCredentials, keys), settings)


def _wechatpay(city: City, keys: Path) -> web.Application:
    settings = WechatPaySandboxSettings(bill_ready_seconds=BILL_READY_SECONDS)
    return wechatpay_app(city, _credentials(WechatPayCredentials, keys), settings)


def _credentials(kind: type[Credentials], folder: Path) -> Credentials:
    try:
        return kind.load_or_create(folder.absolute())
    except (OSError, ValueError) as error:
        raise Problem(f"The keys in {folder} cannot be used: {error}") from error


async def _serve(app: web.Application, sock: socket.socket) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=DRAIN_SECONDS)
    await runner.setup()
    try:
        await web.SockSite(runner, sock).start()
        await stop.wait()
    finally:
        await runner.cleanup()
