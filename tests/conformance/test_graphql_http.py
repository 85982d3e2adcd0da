"""
The audits of the npm package graphql-http, by the authors of the GraphQL-over-HTTP specification.

They need Node.js, and the packages graphql-http and graphql in a node_modules folder that the
variable GRAPHQL_HTTP_MODULES names.
"""

import asyncio
import json
import os
import shutil
import socket
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from graphql_api.app import Front, create_app
from graphql_api.serving import Server
from tests.stack import Api

AUDIT = Path(__file__).with_name("audit.cjs")
PATIENCE_SECONDS = 60
MODULES = Path(os.environ.get("GRAPHQL_HTTP_MODULES", "node_modules")).resolve()
NODE = shutil.which("node")
MISSING = [
    *(["Node.js is not installed"] if NODE is None else []),
    *(
        f"{name} is not in GRAPHQL_HTTP_MODULES ({MODULES})"
        for name in ("graphql-http", "graphql")
        if not (MODULES / name).is_dir()
    ),
]


@pytest.fixture
async def address(api: Api, database_url: str) -> AsyncIterator[str]:
    """A server that really listens, as `clearway serve` runs it."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        front = Front(create_app(api.settings, database_url))
        server = Server(
            front, drain_seconds=0.0, on_drain=lambda: None, answer_post=front.answer_post
        )
        task = asyncio.create_task(server.serve(sockets=[sock]))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{sock.getsockname()[1]}/graphql"
        server.should_exit = True
        await task


async def audit(url: str) -> list[dict[str, Any]]:
    assert NODE is not None
    node = await asyncio.create_subprocess_exec(
        NODE,
        str(AUDIT),
        url,
        env=os.environ | {"NODE_PATH": str(MODULES)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        out, trouble = await node.communicate()
    assert node.returncode == 0, trouble.decode()
    found: list[dict[str, Any]] = json.loads(out)
    return found


@pytest.mark.skipif(bool(MISSING), reason="; ".join(MISSING))
async def test_graphql_over_http(address: str) -> None:
    results = await audit(address)

    assert [one for one in results if one["status"] != "ok"] == []
    counts = Counter(one["name"].split(" ")[0] for one in results)
    assert set(counts) == {"MUST", "SHOULD", "MAY"}
    assert counts.total() >= 61
