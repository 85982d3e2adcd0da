"""The examples run."""

import asyncio
import subprocess
import sys
from pathlib import Path

from tests.stack import Register

EXAMPLES = Path(__file__).parent.parent / "examples"


async def test_ask_the_register(register: Register) -> None:
    command = [sys.executable, str(EXAMPLES / "ask_the_register.py"), register.url]

    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stderr
    vehicle, records = done.stdout.strip().splitlines()
    assert "<hphm>渝ZZ0000</hphm>" in vehicle
    assert "<sfzmhm>500000198808089998</sfzmhm>" in vehicle
    assert records.count("<viosurveil") == 3
