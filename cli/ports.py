"""TCP ports: taken before anything else starts, with a clear word when somebody has them."""

import errno
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

from cli.problems import Problem

BACKLOG = 2048
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


@contextmanager
def listening(host: str, port: int, option: str) -> Iterator[socket.socket]:
    """
    Listen for as long as the block lasts. `option` is how the user can choose another port.

    :raises Problem: if the port is in use, or may not be used
    """
    with closing(_bound(host, port, option)) as sock:
        sock.listen(BACKLOG)
        yield sock


def check_free(host: str, port: int, option: str) -> None:
    """:raises Problem: if the port is in use, or may not be used"""
    _bound(host, port, option).close()


def free_port() -> int:
    """A port that nobody uses now."""
    with closing(_bound("127.0.0.1", 0, "")) as sock:
        port: int = sock.getsockname()[1]
        return port


def base_url(host: str, port: int) -> str:
    """Where to reach a server of this machine that listens on `host`."""
    reachable = ANY_ADDRESS.get(host, host)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _bound(host: str, port: int, option: str) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise Problem(f"{host} is no address of this machine: give another host.") from error
    sock = socket.socket(family, kind, protocol)
    try:
        # A port whose last connections are still fading away is free for us.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
    except OSError as error:
        sock.close()
        raise Problem(_why_not(error, host, port, option)) from error
    return sock


def _why_not(error: OSError, host: str, port: int, option: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use: stop what uses it, or choose another ({option})."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine: give another host."
    return f"Port {port} on {host} may not be used ({error.strerror}): choose another ({option})."
