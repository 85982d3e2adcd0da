"""Other people's SDKs, run in processes of their own. `prepare_sdks.sh` installs them."""

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FOLDER = Path(os.environ.get("CLEARWAY_SDK_VENVS", "no-sdks")).resolve()
NODE = shutil.which("node")
PATIENCE_SECONDS = 60


def python_of(name: str) -> Path:
    return FOLDER / name / "bin" / "python"


def module(name: str) -> Path:
    return FOLDER / "node_modules" / name


async def run(command: list[str], job: dict[str, Any]) -> Any:
    """What a job printed, as JSON; it reads what it is to do as JSON, too."""
    process = await asyncio.create_subprocess_exec(
        *command,
        # Some write the time of their process and call it Beijing's.
        env={"PATH": os.environ["PATH"], "NODE_PATH": str(module(".")), "TZ": "Asia/Shanghai"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        out, trouble = await process.communicate(json.dumps(job).encode())
    assert process.returncode == 0, trouble.decode()
    return json.loads(out)
