"""`clearway reconcile`, as an operator runs it."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from domain.platforms import Channel
from domain.times import legal_day, utc_now
from sandbox.city import City
from tests.cli.processes import clearway
from tests.reconciliation.days_past import instants
from tests.reconciliation.world import World, open_world
from tests.stack import NEW_SERVICE, Credentials, Json

ALIPAY = Channel.ALIPAY


def _environment(world: World, folder: Path) -> dict[str, str]:
    """What the command is told: the channels and the register of this world."""
    given: Json = world.platforms.settings(folder) | {
        "profile": "dev",
        "data_dir": folder,
        "police_url": world.register.url + NEW_SERVICE,
        "platform_timeout_seconds": 5,
        "log_level": "ERROR",
    }
    return {f"CLEARWAY_{name.upper()}": str(value) for name, value in given.items()}


async def test_the_command(
    the_city: City, trial: Path, credentials: Credentials, database_url: str
) -> None:
    async with open_world(the_city, trial, credentials, database_url) as world:
        # The command goes by the real clock.
        world.clock.now = utc_now()
        day = legal_day(world.clock.now) - timedelta(days=4)
        past, times = world.past(ALIPAY), instants(day)
        past.pay(next(times))
        dropped = past.pay(next(times))
        past.spoil("drop", dropped.number, day)
        await past.happen()
        environment = _environment(world, trial)

        def run(*arguments: str) -> tuple[int, str, str]:
            done = clearway("reconcile", *arguments, env=environment)
            return done.returncode, done.stdout, done.stderr

        before = await world.everything()
        of_day = ("--channel=alipay", f"--day={day}")

        code, said, problems = await asyncio.to_thread(run, *of_day, "--dry-run", "--json")

        assert (code, problems, await world.everything()) == (1, "", before)
        expected = {
            "channel": "alipay",
            "day": f"{day}",
            "state": "done",
            "dry_run": True,
            "reason": None,
            "payments": 1,
            "refunds": 0,
            "paid_fen": 20_000,
            "refunded_fen": 0,
            "fees_fen": 120,
            "matched_payments": 1,
            "matched_refunds": 0,
            "discrepancies": {"payment_missing": {"open": 1}},
            "decisions": 2,
            "confirmed": 2,
            "not_asked": 0,
        }
        assert json.loads(said) == {"days": [expected], "undone": {}}

        code, said, problems = await asyncio.to_thread(run, *of_day)

        assert (code, problems) == (1, "")
        assert "payment_missing" in said
        assert "matched 1 payments, 0 refunds" in said
        await world.check_books()

        today = legal_day(utc_now())
        code, said, _ = await asyncio.to_thread(run, "--channel=wechat", f"--day={today}")

        assert (code, said) == (
            2,
            f"wechat {today}: The day is not over: its bill is not all of it."
            " Add --dry-run to look at it.\n",
        )


@pytest.mark.parametrize("arguments", [("--dry-run",), ("--day=yesterday",)])
def test_what_makes_no_sense_is_told(arguments: tuple[str, ...]) -> None:
    result = clearway("reconcile", *arguments)

    assert result.returncode == 2
    assert "--day" in result.stderr


@pytest.mark.parametrize("arguments", [("--day=2026-11-02",), ("--channel=wechat",)])
def test_without_channels_nothing_is_done(
    trial: Path, database_url: str, arguments: tuple[str, ...]
) -> None:
    """That nobody was asked does not look like a day with nothing open."""
    told = {"CLEARWAY_PROFILE": "dev", "CLEARWAY_DATA_DIR": str(trial)}

    result = clearway("reconcile", "--json", *arguments, env=told)

    assert result.returncode == 2, result.stderr
    who = "wechat" if "--channel=wechat" in arguments else "all channels"
    undone = {who: "Not configured: see docs/settings.md."}
    assert json.loads(result.stdout) == {"days": [], "undone": undone}


def test_without_a_database_nothing_is_done(trial: Path) -> None:
    """1 would say that something is open."""
    told = {
        "CLEARWAY_PROFILE": "dev",
        "CLEARWAY_DATA_DIR": str(trial),
        "CLEARWAY_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    }

    result = clearway("reconcile", env=told)

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: The database does not answer")
