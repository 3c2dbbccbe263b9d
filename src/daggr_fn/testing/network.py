"""No network: while it is forbidden, only this machine is reached, and whoever asks for another host hears its name.

An audit hook sees what Python's own sockets do in every thread, below any HTTP library. It does not see programs that
the test starts, nor libraries that bring sockets of their own (uvloop, grpc).
"""

from __future__ import annotations

import ipaddress
import socket
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from daggr_fn.values import is_sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


class NetworkForbiddenError(RuntimeError):
    """A test asked for a host of the network, which it may not.

    It is no `OSError`, so that nothing takes it for a network that is down and goes on without.
    """


class _Watch:
    """The audit hook, which stays once it is there, and how many ask for it now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forbids = 0
        self._is_there = False

    def add(self, count: int) -> None:
        with self._lock:
            self._forbids += count
            if not self._is_there:
                self._is_there = True
                sys.addaudithook(self.hear)

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        if self._forbids and event in _HOSTS:
            host, port = _HOSTS[event](*args)
            if not is_local(host):
                at = f", port {port}" if port else ""
                raise NetworkForbiddenError(
                    f"no network: {_text(host)}{at} was asked for. Only this machine may be reached here: let a fake "
                    "or local_space() answer"
                )


_WATCH = _Watch()


@contextmanager
def network_forbidden() -> Generator[None, None, None]:
    """While it lasts, no other host is reached from this process."""
    _WATCH.add(1)
    try:
        yield
    finally:
        _WATCH.add(-1)


def is_local(host: Any) -> bool:
    """Whether a host is this machine; what is no name or address of a host (a Unix socket) is."""
    if not isinstance(host, (str, bytes)) or not host:
        return True
    name = _text(host).lower().rstrip(".").partition("%")[0]
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost" or name.endswith(".localhost") or name == socket.gethostname().lower()
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback or address.is_unspecified


def _text(host: Any) -> str:
    return host.decode(errors="replace") if isinstance(host, bytes) else str(host)


def _of_address(sock: Any, address: Any) -> tuple[Any, Any]:
    """Host and port of an internet address; other families (Unix sockets) have neither."""
    is_inet = is_sequence(address) and sock.family in (socket.AF_INET, socket.AF_INET6)
    return (address[0], address[1]) if is_inet else (None, None)


def _of_name(host: Any, port: Any = None, *_: Any) -> tuple[Any, Any]:
    return host, port


_HOSTS: dict[str, Callable[..., tuple[Any, Any]]] = {
    "socket.connect": _of_address,
    "socket.sendto": _of_address,
    "socket.getaddrinfo": _of_name,
    "socket.gethostbyname": _of_name,
}
