"""A child's tie to its supervisor: stdin is a pipe that closes when the supervisor is gone."""

import os
import signal
import threading
import time

LAST_GRACE_SECONDS = 20.0


def stop_with_parent() -> None:
    """
    Send ourselves SIGTERM when stdin closes, and SIGKILL if that did not end us.

    The kernel closes the pipe however the supervisor dies, kill -9 included, on every Unix.
    """
    threading.Thread(target=_watch, name="lifeline", daemon=True).start()


def _watch() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LAST_GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
