"""How PostgreSQL's programs are run: as the right account, with nothing of ours."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .account import Account, Credentials
from .problems import PostgresProblem

TAIL_CHARACTERS = 4000


def credentials(account: Account | None) -> Credentials:
    return account.credentials if account else {}


def bare_environment() -> dict[str, str]:
    """
    Build the environment of PostgreSQL.

    Our keys and passwords stay out: the account could read them in /proc. PG* variables of the
    operator's shell would redirect or reconfigure the server.
    """
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def run_program(command: Sequence[str | Path], account: Account | None, timeout: float) -> None:
    """
    Run one program to its end.

    :raises PostgresProblem: if it fails or takes too long; its output is the log_tail
    """
    name = Path(command[0]).name
    # A file, not a pipe: a grandchild that lives on would keep us reading for ever.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        try:
            status = subprocess.run(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=bare_environment(),
                cwd="/",
                timeout=timeout,
                check=False,
                start_new_session=True,
                **credentials(account),
            ).returncode
        except subprocess.TimeoutExpired:
            raise PostgresProblem(
                f"{name} did not finish within {timeout:.0f} s: see whether the disk is "
                "overloaded, then start again."
            ) from None
        output.seek(0)
        said = output.read().strip()[-TAIL_CHARACTERS:]
    if status != 0:
        raise PostgresProblem(f"{name} failed: {_reason(said)}; mend this and start again.", said)


def _reason(said: str) -> str:
    lines = said.splitlines()
    errors = [line for line in lines if "error:" in line or "FATAL:" in line]
    return (errors or lines or ["it said nothing"])[0].rstrip(".")
