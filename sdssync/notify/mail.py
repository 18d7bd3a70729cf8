"""Send a mail over SMTP, with the connection encrypted from its first byte (tls) or after STARTTLS."""

import os
import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from sdssync.config.notify import Mail
from sdssync.config.secret import read_secret
from sdssync.errors import ConfigError
from sdssync.net.deadline import Deadline
from sdssync.net.tls import tls_context
from sdssync.notify.message import Fault, Message

_CHECK_SERVER = "check [notify.mail] host, port and security, and that the firewall lets this server out"

# The first row that matches decides: the most specific rows come first. No text of the server is shown.
_FAULTS: tuple[tuple[type[Exception], str, str], ...] = (
    (
        ssl.SSLCertVerificationError,
        "its certificate is not trusted, has expired, or is for another name",
        "write the name that is in the certificate into [notify.mail] host, or let the system trust its issuer",
    ),
    (ssl.SSLError, "no TLS connection", "with port 465 security is usually tls, with 587 and 25 starttls"),
    (smtplib.SMTPAuthenticationError, "it refused the user or the password", "check [notify.mail] user and password"),
    (
        smtplib.SMTPSenderRefused,
        "it refused the address of [notify.mail] from",
        "write one that this user may send from",
    ),
    (smtplib.SMTPRecipientsRefused, "it refused every address of [notify.mail] to", "check these addresses"),
    (smtplib.SMTPNotSupportedError, "it does not offer what is needed: STARTTLS or a login", _CHECK_SERVER),
    (smtplib.SMTPException, "it did not take the mail", _CHECK_SERVER),
    (
        UnicodeEncodeError,
        "user or password have characters that a login cannot send",
        "choose letters, digits and punctuation of ASCII",
    ),
    (socket.gaierror, "its name is not found", "check [notify.mail] host, and the DNS of this server"),
    (TimeoutError, "it gave no answer", _CHECK_SERVER),
    (OSError, "no connection", _CHECK_SERVER),
)


class _Guarded(smtplib.SMTP):
    """An SMTP connection that ends with a deadline, and is encrypted from the start if a context is given."""

    def __init__(self, mail: Mail, deadline: Deadline, tls: ssl.SSLContext | None, seconds: float) -> None:
        self._deadline = deadline
        self._tls = tls
        super().__init__(mail.host, mail.port, timeout=seconds)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Open the connection; smtplib's own class for TLS has the same method."""
        connection = self._deadline.guard(socket.create_connection((host, port), timeout))
        return self._tls.wrap_socket(connection, server_hostname=host) if self._tls else connection


def send_mail(mail: Mail, message: Message, seconds: float) -> Fault | None:
    """Send a message to all addresses."""
    try:
        password = read_secret(mail.password, os.environ) if mail.password else ""
    except ConfigError as error:
        return Fault(error.message, error.hint)
    with Deadline(seconds) as deadline:
        try:
            refused = _send(mail, message, password, deadline, seconds)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            return _fault(mail, error, seconds if deadline.passed else None)
    if refused:
        return Fault(f"{mail.host} refused {refused} of {len(mail.to)} addresses", "check [notify.mail] to")
    return None


def _send(mail: Mail, message: Message, password: str, deadline: Deadline, seconds: float) -> int:
    """
    Return how many addresses the server refused, while it took others.

    Raises:
        OSError: no connection, or it broke.
        SMTPException: the server refused.
        ValueError: what smtplib says about a name or a text that it cannot send.

    """
    context = None if mail.security == "none" else tls_context(None)
    with _Guarded(mail, deadline, context if mail.security == "tls" else None, seconds) as server:
        if context and mail.security == "starttls":
            server.starttls(context=context)
        if mail.user:
            server.login(mail.user, password)
        return len(server.send_message(_composed(mail, message), mail.sender, list(mail.to)))


def _composed(mail: Mail, message: Message) -> EmailMessage:
    composed = EmailMessage()
    composed["Subject"] = message.subject
    composed["From"] = mail.sender
    composed["To"] = ", ".join(mail.to)
    composed["Date"] = formatdate(localtime=True)
    composed["Message-ID"] = make_msgid("sdssync", mail.sender.rpartition("@")[2])
    composed["Auto-Submitted"] = "auto-generated"  # RFC 3834: no one's absence notice answers
    composed.set_content(message.text)
    return composed


def _fault(mail: Mail, error: Exception, late: float | None) -> Fault:
    if late:
        return Fault(f"the mail server {mail.host} took longer than {late:g} seconds", _CHECK_SERVER)
    words = ((words, hint) for kind, words, hint in _FAULTS if isinstance(error, kind))
    said, hint = next(words, ("it cannot be called", _CHECK_SERVER))
    return Fault(f"the mail server {mail.host}: {said}", hint)
