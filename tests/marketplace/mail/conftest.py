"""A real mail server on the loopback address that keeps what it takes."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Engine

from marketplace.mail.delivery import MailServer, Postman
from marketplace.transactions import Database


@dataclass
class Mailbox:
    """What a mail server took; ``reply`` makes it answer a mail with something else."""

    messages: list[EmailMessage] = field(default_factory=list)
    reply: Callable[[str], str] = lambda _recipient: ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if refusal := self.reply(envelope.rcpt_tos[0]):
            return refusal
        message = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 Taken"


@contextmanager
def running(handler: Mailbox, **options: Any) -> Iterator[int]:
    """A mail server on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture(scope="session")
def certificate_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of a mail server at 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("mail") / "server.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    return path


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def mail_server(
    mailbox: Mailbox, certificate_file: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MailServer]:
    """A server that takes mails, encrypted, from who knows the password."""

    def check(*arguments: Any) -> AuthResult:
        given = arguments[-1]
        assert isinstance(given, LoginPassword)
        known = given.login == b"node" and given.password == b"secret-word"
        return AuthResult(success=known, handled=False)

    certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.load_cert_chain(certificate_file)
    # Clients trust what this variable names, as OpenSSL has it.
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate_file))
    with running(
        mailbox, authenticator=check, auth_required=True, require_starttls=True,
        tls_context=certificate,
    ) as port:  # fmt: skip
        yield MailServer("127.0.0.1", port, "starttls", "node", "secret-word")


@pytest.fixture
def database(fresh_engine: Engine) -> Database:
    return Database.on(fresh_engine)


@pytest.fixture
def postman(database: Database, mail_server: MailServer) -> Postman:
    return Postman(database, mail_server, "knoten@node.example")
