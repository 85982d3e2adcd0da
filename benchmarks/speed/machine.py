"""What a run was made on and with: enough to judge it, nothing that names anybody's machine."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from benchmarks.speed.installing import node_program
from benchmarks.speed.places import NODE_FOLDER, PYTHON

NODE_PACKAGES = ("mercurius", "graphql-jit", "@apollo/server", "postgraphile")
PYTHON_PACKAGES = ("strawberry-graphql", "sqlalchemy", "asyncpg", "starlette", "uvicorn")


def describe(postgres_version: str, tree: Path) -> dict[str, Any]:
    """Processor, versions, the commit of Clearway that was measured, and the instant."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": said("git", "-C", str(tree), "describe", "--always", "--dirty", "--abbrev=12"),
        "cpu": _processor(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "node": said(str(node_program()), "--version").removeprefix("v"),
        "postgresql": postgres_version,
        "packages": _node_packages() | _python_packages(),
        "clearway_packages": {name: version(name) for name in ("strawberry-graphql", "psycopg")},
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _node_packages() -> dict[str, str]:
    found = {}
    for name in NODE_PACKAGES:
        package = NODE_FOLDER / "node_modules" / name / "package.json"
        found[name] = orjson.loads(package.read_bytes())["version"]
    return found


def _python_packages() -> dict[str, str]:
    asked = (
        f"from importlib.metadata import version\nfor n in {PYTHON_PACKAGES!r}: print(version(n))"
    )
    versions = said(str(PYTHON), "-c", asked).split()
    return dict(zip(PYTHON_PACKAGES, versions, strict=True))


def said(*command: str) -> str:
    """What a command says."""
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return run.stdout.strip() or "unknown"
