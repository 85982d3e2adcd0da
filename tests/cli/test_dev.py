"""`clearway dev`: starts, survives kill -9 of any part, stops in order, keeps what it knows."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from tests.cli.processes import Stack, clearway, is_alive, open_folder, wait_until

BIND = "Bind a vehicle of citizen 0"
LOOK_UP = "Look up violations"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with open_folder() as folder:
        stack = Stack.of(folder)
        try:
            yield stack
        finally:
            stack.clean_up()


def test_a_day_of_a_stack(stack: Stack) -> None:
    stack.start()
    bound = stack.paste(BIND)["data"]["bindVehicle"]["vehicle"]
    before = stack.paste(LOOK_UP)["data"]["viewer"]["violations"]
    assert bound["plate"]["display"].startswith("渝")
    assert before["totalCount"] >= bound["violations"]["totalCount"] > 0
    assert f"http://127.0.0.1:{stack.api_port}/graphql" in stack.banner
    assert stack.token("Token of an officer").count(".") == 2
    pids = stack.pids()
    assert pids.keys() == {"supervisor", "database", "sandbox", "API", "worker"}
    assert all(map(is_alive, pids.values()))
    private = (stack.folder / "data" / "dev.json").stat()
    assert private.st_mode & 0o077 == 0

    refused_second_owner(stack)
    officer_is_shut_out(stack)
    api_comes_back(stack)
    postgres_comes_back(stack)

    stack.signal(signal.SIGINT)
    assert stack.wait() == 0
    nothing_is_left(stack, pids)

    stack.start()
    assert stack.paste(LOOK_UP)["data"]["viewer"]["violations"] == before
    supervisor_is_killed(stack)
    assert stack.paste(LOOK_UP)["data"]["viewer"]["violations"] == before
    second_ctrl_c_hurries(stack)


def officer_is_shut_out(stack: Stack) -> None:
    token = stack.token("Token of an officer")
    data_dir = f"--data-dir={stack.folder / 'data'}"
    assert stack.status_with(token) == 200

    for action, status in (("dismiss", 401), ("reinstate", 200)):
        done = clearway("officers", action, "officer-reviewer", data_dir)
        assert done.returncode == 0, done.stderr
        began = time.monotonic()
        wait_until(f"{action} is known", lambda: stack.status_with(token) == status)  # noqa: B023
        assert time.monotonic() - began < 5
    assert stack.status_with(stack.token()) == 200


def refused_second_owner(stack: Stack) -> None:
    second = clearway("dev", f"--data-dir={stack.folder / 'data'}")
    assert second.returncode == 1
    assert f"Another clearway dev (process {stack.pids()['supervisor']})" in second.stderr


def api_comes_back(stack: Stack) -> None:
    killed = stack.pids()["API"]
    os.kill(killed, signal.SIGKILL)
    wait_until("the API is back", lambda: "The API is back." in stack.said)
    assert "The API was killed by SIGKILL: starting it again in 0.5 s." in stack.said
    assert stack.is_ready()
    assert stack.pids()["API"] != killed


def postgres_comes_back(stack: Stack) -> None:
    postmaster = stack.postgres()
    assert postmaster is not None
    os.kill(postmaster, signal.SIGKILL)
    wait_until("PostgreSQL is another one", lambda: stack.postgres() not in (postmaster, None))
    wait_until("the API is ready", stack.is_ready)


def supervisor_is_killed(stack: Stack) -> None:
    pids = stack.pids()
    stack.signal(signal.SIGKILL)
    stack.wait()
    # At once: this start waits for the children, which end without anybody telling them to.
    stack.start()
    assert not any(map(is_alive, pids.values()))


def second_ctrl_c_hurries(stack: Stack) -> None:
    pids = stack.pids()
    os.kill(pids["API"], signal.SIGSTOP)
    stack.signal(signal.SIGINT)
    time.sleep(0.5)
    assert is_alive(pids["API"])
    stack.signal(signal.SIGINT)
    assert stack.wait() == 0
    nothing_is_left(stack, pids)


def nothing_is_left(stack: Stack, pids: dict[str, int]) -> None:
    assert not any(map(is_alive, pids.values()))
    assert not stack.is_ready()
    assert stack.postgres() is None
