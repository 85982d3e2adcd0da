"""wrk as the load: as many requests as a server answers, on so many connections."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.speed.cores import on_core
from benchmarks.speed.installing import wrk_command
from benchmarks.speed.servers import Server
from benchmarks.speed.tokens import tokens_file
from benchmarks.speed.trouble import Trouble

CONNECTIONS = 32
SCRIPT = Path(__file__).with_name("load.lua")
REPORT = re.compile(r"^JSON(\{.*\})$", re.MULTILINE)
EXTRA_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Loaded:
    """What wrk saw. `errors`: answers other than 2xx, time-outs, broken connections."""

    requests: int
    seconds: float
    bytes: int
    p50_ms: float
    p99_ms: float
    errors: int


def load(server: Server, case: str, seconds: int, core: int) -> Loaded:
    """
    Ask a server for so long.

    :raises Trouble: if wrk fails, or nothing was answered
    """
    command = [*wrk_command(), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(SCRIPT)]
    told = {"TOKENS": str(tokens_file(case)), "BODY": server.contender.body.decode()}
    run = subprocess.run(  # noqa: S603 - the command is ours
        on_core(core, [*command, f"http://127.0.0.1:{server.port}"]),
        env=os.environ | told,
        capture_output=True,
        text=True,
        timeout=seconds + EXTRA_SECONDS,
        check=False,
    )
    found = REPORT.search(run.stdout)
    if found is None:
        raise Trouble(f"wrk failed: {run.stdout[-500:]}{run.stderr[-500:]}")
    loaded = Loaded(**orjson.loads(found[1]))
    if not loaded.requests:
        raise Trouble(f"{server.name} answered nothing for {seconds} s")
    return loaded
