"""TLS before a PostgreSQL server that is built without it, and a certificate authority of our own."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import selectors
import socket
import ssl
import struct
import threading
import uuid
from pathlib import Path

#: The request that opens a TLS connection, and the one for GSSAPI encryption, which is declined (PostgreSQL
#: documentation, "Message Flow").
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_GSS_REQUEST = struct.pack("!ii", 8, 80877104)


def make_certificate(folder: Path) -> tuple[Path, Path, Path]:
    """Make a certificate for 127.0.0.1 and localhost, signed by an authority that nobody else knows.

    Returns:
        The authority's certificate, the server's certificate, the server's key.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    authority_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Authority {uuid.uuid4()}")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)

    def builder(name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(authority_name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
        )

    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = (
        builder(authority_name, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    server_key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    server = (
        builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), server_key)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    root_path, server_path, key_path = (folder / name for name in ("root.crt", "server.crt", "server.key"))
    root_path.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    server_path.write_bytes(server.public_bytes(serialization.Encoding.PEM))
    key_path.touch(mode=0o600)
    key_path.write_bytes(
        server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return root_path, server_path, key_path


class TLSFront:
    """Ends TLS connections of PostgreSQL clients and passes what is in them on to a port of 127.0.0.1."""

    def __init__(self, target_port: int, certificate: Path, key: Path) -> None:
        self._target_port = target_port
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # raised when the listener is closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        # A client that does not trust us, or goes away, ends this connection and nothing else.
        with contextlib.suppress(OSError), client:
            while (request := _received(client, 8)) == _GSS_REQUEST:
                client.sendall(b"N")
            if request != _SSL_REQUEST:
                return  # this port is for TLS only
            client.sendall(b"S")
            with (
                self._context.wrap_socket(client, server_side=True) as secure,
                socket.create_connection(("127.0.0.1", self._target_port)) as server,
            ):
                secure.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                _pass_on(secure, server)


def _pass_on(secure: ssl.SSLSocket, server: socket.socket) -> None:
    """Both directions in one thread, since a TLS connection must not be used by two."""
    # Not `select.select`: in a process with more than 1,024 open files, it refuses to watch one more.
    with selectors.DefaultSelector() as selector:
        selector.register(secure, selectors.EVENT_READ, (secure, server))
        selector.register(server, selectors.EVENT_READ, (server, secure))
        while True:
            ready = [(secure, server)] if secure.pending() else []
            ready = ready or [key.data for key, _ in selector.select()]
            for source, target in ready:
                content = source.recv(65536)
                if not content:
                    return
                target.sendall(content)


def _received(connection: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        more = connection.recv(size - len(content))
        if not more:
            break
        content += more
    return content
