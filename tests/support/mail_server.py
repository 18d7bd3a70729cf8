"""A mail server on loopback that keeps what it is given."""

import asyncio
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

FIXTURES = Path(__file__).parents[2] / "fixtures"
USER, PASSWORD = "sdssync", "C4NARY-p@ss word"


@dataclass(slots=True)
class MailServer:
    """What the server does, and what it got."""

    refuses: tuple[str, ...] = ()
    """Addresses that it does not take."""
    is_always_encrypted: bool = False
    """True if TLS begins before SMTP does, so that aiosmtpd does not see it."""
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    was_encrypted: bool = False

    async def handle_RCPT(  # noqa: N802  (the name is aiosmtpd's)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuses:
            return "550 no C4NARY here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        self.was_encrypted = session.ssl is not None or self.is_always_encrypted
        return "250 OK"


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


class _OnAnyPort(Controller):
    """Listens on a port that the system chooses."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server(
    security: str = "starttls", *, with_login: bool = False, refuses: tuple[str, ...] = ()
) -> Iterator[MailServer]:
    """Serve on a port of its own, with the certificate of the tests."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FIXTURES / "tls" / "loopback.pem")
    server = MailServer(refuses=refuses, is_always_encrypted=security == "tls")
    warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")  # it does not see TLS from the start
    controller = _OnAnyPort(
        server,
        hostname="127.0.0.1",
        port=0,
        ssl_context=context if security == "tls" else None,
        tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls",
        authenticator=_authenticate if with_login else None,
        auth_required=with_login,
        auth_require_tls=security == "starttls",
    )
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        controller.stop()
