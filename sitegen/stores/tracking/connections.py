"""Connections to a server that break off when the head of an answer comes byte by byte, without end.

The waiting for data, which urllib3 limits, begins anew with each byte.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

import urllib3


class TooSlow(Exception):
    """An answer that comes more slowly than is waited for."""


class _Watched:
    """Limits the time until the head of an answer is there."""

    sock: socket.socket | None
    seconds = 0.0

    def getresponse(self) -> urllib3.HTTPResponse:
        """The answer, without its body. Raises TooSlow and OSError."""
        is_late = threading.Event()
        watch = threading.Timer(self.seconds, self._break_off, (is_late,))
        watch.daemon = True
        watch.start()
        try:
            answer: urllib3.HTTPResponse = super().getresponse()  # type: ignore[misc]
        except Exception:
            if is_late.is_set():
                raise TooSlow from None
            raise
        finally:
            watch.cancel()
        if is_late.is_set():  # what had come of the head was enough
            raise TooSlow
        return answer

    def _break_off(self, is_late: threading.Event) -> None:
        is_late.set()
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def watched(manager: urllib3.PoolManager, seconds: float) -> urllib3.PoolManager:
    """`manager`, whose connections wait `seconds` for the head of an answer."""

    class Http(_Watched, urllib3.connection.HTTPConnection):  # type: ignore[misc]
        """Over HTTP."""

    class Https(_Watched, urllib3.connection.HTTPSConnection):  # type: ignore[misc]
        """Over HTTPS."""

    class HttpPool(urllib3.HTTPConnectionPool):
        """Connections over HTTP."""

        ConnectionCls = Http

    class HttpsPool(urllib3.HTTPSConnectionPool):
        """Connections over HTTPS."""

        ConnectionCls = Https

    Http.seconds = Https.seconds = seconds
    manager.pool_classes_by_scheme = {"http": HttpPool, "https": HttpsPool}
    return manager
