"""A network between a program and a server that breaks at a chosen moment."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

#: Gets what the client has said; whether to go on.
Reaction = Callable[[socket.socket, socket.socket, bytes], bool]


class UnreliableNetwork:
    """Passes everything on, until the client says something that it was told to wait for.

    Attributes:
        port: Connect here instead of to the server.
        happened: How often it did something else than to pass on.
    """

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.happened = 0
        self._waiting: list[tuple[bytes, Reaction]] = []
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_before(self, said: bytes) -> None:
        """Once: the server does not hear this, and the connection is gone."""
        self._waiting.append((said, lambda client, server, data: False))

    def cut_after(self, said: bytes) -> None:
        """Once: the server does this, but instead of its answer the client finds that the connection is gone."""

        def react(client: socket.socket, server: socket.socket, data: bytes) -> bool:
            _shut(client)
            server.sendall(data)
            server.shutdown(socket.SHUT_WR)
            return False

        self._waiting.append((said, react))

    def meanwhile(self, said: bytes, action: Callable[[], object]) -> None:
        """Once: something happens before the server hears this."""

        def react(client: socket.socket, server: socket.socket, data: bytes) -> bool:
            action()
            server.sendall(data)
            return True

        self._waiting.append((said, react))

    def close(self) -> None:
        for end in (self._listener, *self._sockets):
            _shut(end)
            end.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._server_port))
                except OSError:
                    client.close()
                    continue
                self._sockets += [client, server]
                threading.Thread(target=self._listen, args=(client, server), daemon=True).start()
                threading.Thread(target=_pass_on, args=(server, client), daemon=True).start()

    def _listen(self, client: socket.socket, server: socket.socket) -> None:
        go_on = True
        with contextlib.suppress(OSError):
            while go_on and (data := client.recv(1 << 16)):
                heard = next((waiting for waiting in self._waiting if waiting[0] in data), None)
                if heard is None:
                    server.sendall(data)
                    continue
                self._waiting.remove(heard)
                self.happened += 1
                go_on = heard[1](client, server, data)
        _shut(client)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_WR)  # so that it can finish what it has heard


@contextlib.contextmanager
def unreliable_network(server_port: int) -> Iterator[UnreliableNetwork]:
    """A network that is gone at the end."""
    with contextlib.closing(UnreliableNetwork(server_port)) as network:
        yield network


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    _shut(target)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
