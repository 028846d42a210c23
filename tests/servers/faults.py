"""Proxies that stand before a real server and do harm on demand: to HTTP requests, or to TCP connections."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import math
import os
import socket
import struct
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass

_PIECE = 1 << 16


@dataclass(frozen=True)
class Refuse:
    """Answer with an error, as S3 does, without asking the server.

    Attributes:
        status: Of HTTP.
        code: S3's name for the error.
    """

    status: int
    code: str


@dataclass(frozen=True)
class Hang:
    """Take the request and never answer it."""


@dataclass(frozen=True)
class CutUpload:
    """Reset the connection in mid-upload.

    Attributes:
        after: How many bytes of the body are taken before.
    """

    after: int


@dataclass(frozen=True)
class LoseAnswer:
    """Let the server do it, and reset the connection instead of answering."""


Fault = Refuse | Hang | CutUpload | LoseAnswer


class HTTPFaultProxy:
    """Passes HTTP requests on to a server, except those that a fault is for.

    Args:
        endpoint_url: The server, as ``http://host:port``.

    Attributes:
        endpoint_url: The proxy: what the program under test is given.
        harmed: Methods and paths of the requests that a fault has hit.
    """

    def __init__(self, endpoint_url: str) -> None:
        self._target = urllib.parse.urlsplit(endpoint_url).netloc
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._methods: frozenset[str] = frozenset()
        self._times = 0.0
        self._healed = threading.Event()
        self.harmed: list[str] = []
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                with contextlib.suppress(ConnectionError):  # the client may go away at any time
                    super().handle_one_request()
                    return
                self.close_connection = True

            def do_any(self) -> None:
                proxy._serve(self)

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_any

            def handle_expect_100(self) -> bool:
                return True  # whether to ask for the body depends on the fault

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class calls it so
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint_url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def inject(self, fault: Fault, *, methods: str = "PUT POST", times: float = math.inf) -> None:
        """Harm requests from now on.

        Args:
            fault: How.
            methods: Which ones, separated by spaces.
            times: How many; then it is over.
        """
        with self._lock:
            self._fault, self._methods, self._times = fault, frozenset(methods.split()), times
            self._healed = threading.Event()

    def heal(self) -> None:
        """Harm nothing any more. Requests that hang are given up."""
        with self._lock:
            self._fault = None
            self._healed.set()

    def close(self) -> None:
        self.heal()
        self._server.shutdown()
        self._server.server_close()

    def _fault_for(self, request: http.server.BaseHTTPRequestHandler) -> tuple[Fault | None, threading.Event]:
        with self._lock:
            if self._fault is None or request.command not in self._methods or self._times < 1:
                return None, self._healed
            self._times -= 1
            self.harmed.append(f"{request.command} {request.path}")
            return self._fault, self._healed

    def _serve(self, request: http.server.BaseHTTPRequestHandler) -> None:
        fault, healed = self._fault_for(request)
        body = _body(request)
        if isinstance(fault, CutUpload):
            left = fault.after
            for piece in body:
                left -= len(piece)
                if left <= 0:
                    break
            _reset(request)
            return
        content = b"".join(body)
        if isinstance(fault, Hang):
            healed.wait()
            _reset(request)
        elif isinstance(fault, Refuse):
            error = f"<Error><Code>{fault.code}</Code><Message>Injected.</Message></Error>"
            _answer(request, fault.status, [("Content-Type", "application/xml")], error.encode())
        else:
            status, headers, answer = self._forwarded(request, content)
            if isinstance(fault, LoseAnswer):
                _reset(request)
            else:
                _answer(request, status, headers, answer)

    def _forwarded(
        self, request: http.server.BaseHTTPRequestHandler, content: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        hop_by_hop = {"connection", "expect", "transfer-encoding", "content-length", "keep-alive"}
        connection = http.client.HTTPConnection(self._target, timeout=300)
        with contextlib.closing(connection):
            connection.putrequest(request.command, request.path, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers.items():
                if name.lower() not in hop_by_hop:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(content)))
            connection.endheaders(content)
            answer = connection.getresponse()
            headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in hop_by_hop]
            length = answer.getheader("Content-Length")
            if request.command == "HEAD" and length is not None:
                headers.append(("Content-Length", length))
            return answer.status, headers, answer.read()


class TCPFaultProxy:
    """Passes connections on to a port of 127.0.0.1, until they are cut.

    Args:
        target_port: Where the server listens.

    Attributes:
        port: Where the proxy listens.
        cuts: How many connections were cut.
    """

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._pattern: bytes | None = None
        self._is_delivered = False
        self._times = 0
        self._is_refusing = False
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_at(self, text: bytes, *, delivered: bool, times: int = 1) -> None:
        """Reset a connection when the client sends a certain text.

        Args:
            text: What to look for in what the client sends.
            delivered: Whether the server still gets it, and answers; the client never sees the answer.
            times: How often; then it is over.
        """
        with self._lock:
            self._pattern, self._is_delivered, self._times = text, delivered, times

    def cut_all(self) -> None:
        """Reset all connections."""
        with self._lock:
            connections, self._open = self._open, set()
        for connection in connections:
            _reset_socket(connection)
            self.cuts += 1

    def refuse(self) -> None:
        """Reset all connections, and every new one at once."""
        self._is_refusing = True
        self.cut_all()

    def heal(self) -> None:
        """Harm nothing any more."""
        with self._lock:
            self._times, self._is_refusing = 0, False

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_all()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # raised when the listener is closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        if self._is_refusing:
            _reset_socket(client)
            return
        try:
            server = socket.create_connection(("127.0.0.1", self._target_port))
        except OSError:
            _reset_socket(client)
            return
        for connection in (client, server):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._open.add(client)
        link = _Link(client, server)
        threading.Thread(target=link.pass_answers, daemon=True).start()
        with contextlib.suppress(OSError):
            while content := client.recv(_PIECE):
                if not self._hits(content):
                    server.sendall(content)
                    continue
                if self._is_delivered:
                    link.is_deaf = True
                    server.sendall(content)
                    # From its answer on, it has done what it was asked.
                    link.answered.wait(60)
                break
        with self._lock:
            self._open.discard(client)
        _reset_socket(client)
        _reset_socket(server)

    def _hits(self, content: bytes) -> bool:
        with self._lock:
            if self._times < 1 or self._pattern is None or self._pattern not in content:
                return False
            self._times -= 1
            self.cuts += 1
            return True


class _Link:
    """One connection from a client to the server."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self._client = client
        self._server = server
        #: Set before something is sent whose answer the client must not see.
        self.is_deaf = False
        self.answered = threading.Event()

    def pass_answers(self) -> None:
        with contextlib.suppress(OSError):
            while content := self._server.recv(_PIECE):
                if self.is_deaf:
                    self.answered.set()
                else:
                    self._client.sendall(content)
        _reset_socket(self._client)


def _body(request: http.server.BaseHTTPRequestHandler) -> Iterator[bytes]:
    """The body, piece by piece as it arrives."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        request.send_response_only(http.HTTPStatus.CONTINUE)
        request.end_headers()
    if request.headers.get("Transfer-Encoding", "").lower() == "chunked":
        while size := int(request.rfile.readline().partition(b";")[0], 16):
            yield request.rfile.read(size)
            request.rfile.readline()
        while request.rfile.readline().strip():
            pass
        return
    left = int(request.headers.get("Content-Length", 0))
    while left > 0:
        piece = request.rfile.read(min(left, _PIECE))
        if not piece:
            raise ConnectionResetError("the client went away in mid-upload")
        left -= len(piece)
        yield piece


def _answer(
    request: http.server.BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], content: bytes
) -> None:
    request.send_response_only(status)
    for name, value in headers:
        request.send_header(name, value)
    if request.command != "HEAD":
        request.send_header("Content-Length", str(len(content)))
    elif not any(name.lower() == "content-length" for name, _ in headers):
        request.send_header("Content-Length", "0")
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(content)


def _reset(request: http.server.BaseHTTPRequestHandler) -> None:
    request.close_connection = True
    _reset_socket(request.connection)


def _reset_socket(connection: socket.socket) -> None:
    """Close it so that the other side sees a reset: no goodbye, and what was on its way is lost."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(
            socket.SHUT_RD
        )  # wakes whoever reads from it here: only the last one's close is real
    with contextlib.suppress(OSError):
        os.close(connection.detach())  # `close` would wait for the files that were made of it
