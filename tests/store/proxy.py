"""A connection that breaks: between a client and a real server stands a proxy that stops, or hangs up."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import struct
import threading
from collections.abc import Iterator, Mapping

_SERVER = re.compile(r"127\.0\.0\.1:(\d+)")


class Proxy:
    """Passes everything on, until it is told to stop after so many bytes from the client.

    Args:
        port: Of the server.

    Attributes:
        port: To be used by the client instead.
        stopped: Set when it has stopped.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.stopped = threading.Event()
        self._left: int | None = None
        self._hang_up = False
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def stop_after(self, count: int, *, hang_up: bool) -> None:
        """Pass on `count` bytes more; then hang up, at once and on every new connection, or just be silent."""
        self._left, self._hang_up = count, hang_up

    def drop(self) -> None:
        """End all connections; new ones may be made."""
        for connection in self._sockets:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._sockets.clear()

    def close(self) -> None:
        """End all connections for good."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # or the thread that waits lets one more in
        self._listener.close()
        self.drop()

    def _accept(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self._sockets += (client, server)
            threading.Thread(target=self._to_server, args=(client, server), daemon=True).start()
            threading.Thread(target=self._to_client, args=(client, server), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(1 << 16):
                with self._lock:
                    if self._left is not None:
                        data, before = data[: self._left], len(data)
                        self._left -= len(data)
                        if len(data) < before:
                            self.stopped.set()
                server.sendall(data)
                if self.stopped.is_set():
                    if self._hang_up:
                        # A reset, not an orderly end.
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        break
                    return
            client.close()
            server.close()

    def _to_client(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(1 << 16):
                client.sendall(data)
            client.close()


@contextlib.contextmanager
def proxied(location: str, options: Mapping[str, object]) -> Iterator[tuple[Proxy, str, dict[str, object]]]:
    """A proxy before the server that a location or its options name; and both, changed so that they name the proxy."""
    text = json.dumps([location, dict(options)])
    (port,) = set(_SERVER.findall(text))
    proxy = Proxy(int(port))
    try:
        location, changed = json.loads(_SERVER.sub(f"127.0.0.1:{proxy.port}", text))
        yield proxy, location, changed
    finally:
        proxy.close()
