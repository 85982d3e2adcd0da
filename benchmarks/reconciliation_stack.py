"""The upstreams in a process of their own, and `clearway reconcile` in another, measured."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from cli.cities import make_city
from cli.stack import Plan
from domain.platforms import Channel
from runtime.settings import Profile, Settings
from sandbox.alipay import AlipayCredentials, AlipaySandboxSettings, alipay_app
from sandbox.police import PoliceSandboxSettings, police_app
from sandbox.wechatpay import WechatPayCredentials, WechatPaySandboxSettings, wechatpay_app

CITIZENS, SEED = 2000, 7
FEE = 60
# Bills are there as soon as somebody asks for them.
READY_SECONDS = -86_400.0
PEAK = "VmHWM:"


@dataclass(frozen=True, slots=True)
class Measured:
    """
    What a run of `clearway reconcile` said, and what it cost.

    :ivar peak_mb: resident memory of its process at its highest, PostgreSQL's not counted
    """

    code: int
    answer: Any
    wall_seconds: float
    cpu_seconds: float
    peak_mb: float

    def __str__(self) -> str:
        return (
            f"{self.wall_seconds:.1f} s, {self.cpu_seconds:.1f} s of CPU,"
            f" {self.peak_mb:.0f} MB at most, exit {self.code}"
        )


@dataclass(frozen=True, slots=True)
class Stack:
    """Where everything is."""

    plan: Plan
    database_url: str

    @property
    def sandbox_url(self) -> str:
        """Where the upstreams are."""
        return self.plan.sandbox_url

    def reconcile(self, channel: Channel, day: date) -> Measured:
        """Run the command for one day."""
        command = [sys.executable, "-m", "cli", "reconcile", "--json"]
        command += ["--channel", channel.value, "--day", day.isoformat()]
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - ourselves
            command, env=self._environment(), stdout=subprocess.PIPE
        )
        peak = _watch(process.pid)
        # It says little: the pipe does not fill.
        _, status, used = os.wait4(process.pid, 0)
        said = process.stdout.read() if process.stdout else b""
        process.returncode = os.waitstatus_to_exitcode(status)
        return Measured(
            process.returncode,
            json.loads(said) if said else None,
            time.perf_counter() - began,
            used.ru_utime + used.ru_stime,
            peak,
        )

    def _environment(self) -> dict[str, str]:
        environment = self.plan.environment()
        del environment["CLEARWAY_GRAPHIQL_TABS"]
        return environment | {
            "CLEARWAY_LOG_LEVEL": "ERROR",
            "CLEARWAY_POLICE_CALLS_PER_SECOND": "10000",
            "CLEARWAY_POLICE_DAILY_QUOTA": "10000000",
            "CLEARWAY_ALIPAY_FEE_PER_TEN_THOUSAND": str(FEE),
            "CLEARWAY_WECHAT_PAY_FEE_PER_TEN_THOUSAND": str(FEE),
        }


def _watch(pid: int) -> float:
    """The most memory that a process has had, in MB, until it ends."""
    kilobytes = 0
    while True:
        with suppress(OSError):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            peaks = [line for line in lines if line.startswith(PEAK)]
            if not peaks:
                # It has ended, and waits for us to look.
                return kilobytes / 1024
            kilobytes = max(kilobytes, int(peaks[0].split()[1]))
        time.sleep(0.05)


@asynccontextmanager
async def running(folder: Path, database_url: str, port: int) -> AsyncIterator[Stack]:
    """The upstreams, for as long as the block lasts."""
    settings = Settings(profile=Profile.DEV, data_dir=folder, port=port)
    stack = Stack(Plan(settings, port + 1, CITIZENS, SEED), database_url)
    command = [sys.executable, "-m", "benchmarks.reconciliation_stack"]
    command += [str(port + 1), str(stack.plan.platform_keys)]
    process = subprocess.Popen(command)  # noqa: S603, ASYNC220 - ourselves
    try:
        await _answers(f"{stack.sandbox_url}/control/scenarios")
        yield stack
    finally:
        process.terminate()
        process.wait(timeout=30)


async def _answers(url: str) -> None:
    async with aiohttp.ClientSession() as http, asyncio.timeout(60):
        while True:
            with suppress(aiohttp.ClientError):
                async with http.get(url) as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(0.1)


def serve(port: int, keys: Path) -> None:
    """The upstreams in this process, without limits on speed."""
    city = make_city(SEED, CITIZENS)
    unlimited = PoliceSandboxSettings(requests_per_second=100_000, daily_quota=10_000_000)
    app = police_app(city, unlimited)
    alipay = AlipaySandboxSettings(bill_ready_seconds=READY_SECONDS, fee_per_ten_thousand=FEE)
    wechat = WechatPaySandboxSettings(bill_ready_seconds=READY_SECONDS, fee_per_ten_thousand=FEE)
    app.add_subapp("/alipay", alipay_app(city, AlipayCredentials.load_or_create(keys), alipay))
    credentials = WechatPayCredentials.load_or_create(keys)
    app.add_subapp("/wechatpay", wechatpay_app(city, credentials, wechat))
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]))
