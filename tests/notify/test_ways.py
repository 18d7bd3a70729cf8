"""Each way against a real server or program, and all of them within their time."""

import json
import os
import socket
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sdssync.config.notify import Hook, Mail, Notify
from sdssync.config.secret import SecretPlace
from sdssync.errors import ExitCode
from sdssync.notify.message import Fault, Message
from sdssync.notify.ways import Delivery, deliver, heartbeat_ways, message_ways
from tests.support.fake_isams import CERTIFICATE
from tests.support.mail_server import PASSWORD, USER, MailServer, mail_server
from tests.support.needs import needs_trust_store_of_openssl, needs_windows

STATUS = json.dumps({"version": 1, "profiles": [{"profile": "Séniors"}]}, ensure_ascii=False)
MESSAGE = Message(subject="sdssync: a tést", text="MySchool: a tést.\n", status=STATUS, exit_code=ExitCode.HELD)
TO = ("it@myschool.example", "head@myschool.example")


def sent(notify: Notify, seconds: float = 20.0, message: Message = MESSAGE) -> tuple[Delivery, ...]:
    """Send a message in the ways of the settings."""
    return deliver(message_ways(notify, message), seconds)


def fault_of(notify: Notify, seconds: float = 20.0, message: Message = MESSAGE) -> Fault:
    """Return the fault of the one way that there is, in which no secret may be."""
    [delivery] = sent(notify, seconds, message)
    assert delivery.fault
    assert "C4NARY" not in repr(delivery)
    return delivery.fault


def secret(path: Path, text: str, key: str = "notify.webhook_file") -> SecretPlace:
    """Write a secret, and return its place."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return SecretPlace(what="the address", key=key, file=path)


class TestCommand:
    """A program that gets the status."""

    def notify(self, folder: Path, code: str, *more: str) -> Notify:
        """Name a Python program."""
        (folder / "tell.py").write_text(code, encoding="utf-8")
        return Notify(installation=folder, command=(sys.executable, "tell.py", *more))

    def test_it_gets_the_status(self, tmp_path: Path) -> None:
        """The JSON is its standard input, the folder of the settings its current folder."""
        code = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read()); print('hello')"

        assert sent(self.notify(tmp_path, code, "got.json")) == (Delivery("command", None),)
        assert (tmp_path / "got.json").read_text(encoding="utf-8") == STATUS

    @pytest.mark.parametrize("name", ["tell.cmd", "./tell.cmd", "sub/tell.cmd"])
    def test_a_relative_path(self, tmp_path: Path, name: str) -> None:
        """A path counts from the folder of the settings, wherever the task starts."""
        script = "@more > got.json\r\n" if os.name == "nt" else "#!/bin/sh\ncat > got.json\n"
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(script, encoding="utf-8")
        (tmp_path / name).chmod(0o700)

        assert sent(Notify(installation=tmp_path, command=(name,))) == (Delivery("command", None),)
        assert "version" in (tmp_path / "got.json").read_text(encoding="utf-8")

    def test_one_that_reads_nothing(self, tmp_path: Path) -> None:
        """A program need not read its input."""
        assert sent(self.notify(tmp_path, "")) == (Delivery("command", None),)

    def test_one_that_fails(self, tmp_path: Path) -> None:
        """The exit code is reported, and nothing that it printed."""
        fault = fault_of(self.notify(tmp_path, "import sys; print('C4NARY'); sys.exit('C4NARY')"))

        assert fault.error == "the program that notify.command names ended with 1"

    def test_one_that_is_not_there(self, tmp_path: Path) -> None:
        """A program that cannot be started is reported without its path."""
        fault = fault_of(Notify(installation=tmp_path, command=("C4NARY/tell",)))

        assert fault.error.startswith("the program that notify.command names cannot be started: ")

    def test_one_that_hangs(self, tmp_path: Path) -> None:
        """A program that neither reads nor ends is ended, with what it has started."""
        large = replace(MESSAGE, status="x" * 1_000_000)
        (tmp_path / "child.py").write_text(
            "import socket, sys, time\n"
            "line = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n"
            "time.sleep(600)",
            encoding="utf-8",
        )
        code = "import subprocess, sys; subprocess.run([sys.executable, 'child.py', sys.argv[1]])"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(30)
            fault = fault_of(self.notify(tmp_path, code, str(listener.getsockname()[1])), 6.0, large)
            line = listener.accept()[0]
            with line, suppress(ConnectionResetError):
                line.settimeout(30)
                assert line.recv(1) == b""  # the system closes it when the child has ended

        assert fault.error == "the program that notify.command names ran longer than 6 seconds and was ended"


class TestWeb:
    """The webhook and the heartbeat."""

    def test_webhook(self, httpserver: HTTPServer, tmp_path: Path) -> None:
        """The status is posted as JSON, also to an address with a query."""
        httpserver.expect_ordered_request(
            "/sds", method="POST", query_string="sig=1", data=STATUS, headers={"Content-Type": "application/json"}
        ).respond_with_data("taken", status=202)
        hook = Hook(key="notify.webhook", url=httpserver.url_for("/sds?sig=1"))

        assert sent(Notify(installation=tmp_path, webhook=hook)) == (Delivery("webhook", None),)
        httpserver.check_assertions()

    def test_heartbeat_of_a_file(self, httpserver: HTTPServer, tmp_path: Path) -> None:
        """The address in a file is called with nothing."""
        httpserver.expect_ordered_request("/beat", method="GET", data="").respond_with_data("OK")
        place = secret(tmp_path / "beat.url", f"{httpserver.url_for('/beat')}\r\n")
        notify = Notify(installation=tmp_path, heartbeat=Hook(key="notify.heartbeat_file", place=place))

        assert deliver(heartbeat_ways(notify)) == (Delivery("heartbeat", None),)
        httpserver.check_assertions()

    @pytest.mark.parametrize(
        ("response", "expected"),
        [
            pytest.param(Response("C4NARY", 404), "HOST answered with status 404", id="404"),
            pytest.param(Response("C4NARY", 500), "HOST answered with status 500", id="500"),
            pytest.param(
                Response("", 302, {"Location": "https://C4NARY.example/"}),
                "HOST redirects, and redirects are not followed",
                id="redirect",
            ),
        ],
    )
    def test_refused(self, httpserver: HTTPServer, tmp_path: Path, response: Response, expected: str) -> None:
        """The host and the status are reported, and nothing of the address."""
        calls: list[str] = []

        def answer(request: Request) -> Response:
            calls.append(request.path)
            return response

        httpserver.expect_request("/C4NARY").respond_with_handler(answer)
        hook = Hook(key="notify.webhook", url=httpserver.url_for("/C4NARY"))
        fault = fault_of(Notify(installation=tmp_path, webhook=hook))

        assert fault.error == expected.replace("HOST", f"{httpserver.host}:{httpserver.port}")
        assert calls == ["/C4NARY"]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("", "the file that notify.webhook_file names is empty", id="empty"),
            pytest.param("http://example.com/C4NARY", "http is for loopback addresses only", id="http"),
            pytest.param("C4NARY", "it does not begin with https:// and a host", id="a token"),
        ],
    )
    def test_a_file_without_an_address(self, tmp_path: Path, text: str, expected: str) -> None:
        """What cannot be called is reported without its text."""
        hook = Hook(key="notify.webhook_file", place=secret(tmp_path / "hook.url", text))

        assert expected in fault_of(Notify(installation=tmp_path, webhook=hook)).error

    def test_no_server(self, tmp_path: Path) -> None:
        """A server that is not there is reported."""
        hook = Hook(key="notify.webhook", url="http://127.0.0.1:9/C4NARY")

        assert fault_of(Notify(installation=tmp_path, webhook=hook)) == Fault(
            "the request to 127.0.0.1:9 failed: no connection",
            "check notify.webhook, and that the firewall lets this server out",
        )


def mail_of(server: MailServer, security: str, **changes: object) -> Mail:
    """Name a server of the tests."""
    settings: dict[str, object] = {"to": TO, "sender": "sdssync@myschool.example", "host": "127.0.0.1"}
    return Mail(**{**settings, "port": server.port, "security": security, **changes})  # type: ignore[arg-type]


class TestMail:
    """Mail over SMTP."""

    @pytest.fixture(autouse=True)
    def _trust(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Trust the certificate of the tests."""
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))

    @pytest.mark.parametrize(
        "security",
        [
            pytest.param("starttls", marks=needs_trust_store_of_openssl),
            pytest.param("tls", marks=needs_trust_store_of_openssl),
            "none",
        ],
    )
    def test_it_is_sent(self, tmp_path: Path, security: str) -> None:
        """Everyone gets the text, over an encrypted connection unless the settings say otherwise."""
        with mail_server(security) as server:
            assert sent(Notify(installation=tmp_path, mail=mail_of(server, security))) == (Delivery("mail", None),)

        [mail] = server.mails
        assert (mail["Subject"], mail["From"], mail["To"]) == (
            MESSAGE.subject,
            "sdssync@myschool.example",
            ", ".join(TO),
        )
        assert mail.get_content().splitlines() == MESSAGE.text.splitlines()
        assert mail["Date"]
        assert mail["Message-ID"]
        assert server.recipients == [*TO]
        assert server.was_encrypted is (security != "none")

    @needs_trust_store_of_openssl
    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_login(self, tmp_path: Path, security: str) -> None:
        """User and password go over the encrypted connection; a wrong one is reported."""
        right = secret(tmp_path / "right", PASSWORD, "notify.mail.password_file")
        wrong = secret(tmp_path / "wrong", "C4NARY", "notify.mail.password_file")
        foreign = secret(tmp_path / "foreign", "C4NARY-é", "notify.mail.password_file")
        with mail_server(security, with_login=True) as server:
            mails = [mail_of(server, security, user=USER, password=password) for password in (right, wrong, foreign)]
            assert sent(Notify(installation=tmp_path, mail=mails[0])) == (Delivery("mail", None),)
            faults = [fault_of(Notify(installation=tmp_path, mail=mail)).error for mail in mails[1:]]

        assert faults == [
            "the mail server 127.0.0.1: it refused the user or the password",
            "the mail server 127.0.0.1: user or password have characters that a login cannot send",
        ]
        assert len(server.mails) == 1

    @pytest.mark.parametrize(
        ("refuses", "expected"),
        [
            pytest.param(TO[:1], "127.0.0.1 refused 1 of 2 addresses", id="one"),
            pytest.param(TO, "the mail server 127.0.0.1: it refused every address of [notify.mail] to", id="all"),
        ],
    )
    def test_addresses_that_are_refused(self, tmp_path: Path, refuses: tuple[str, ...], expected: str) -> None:
        """They are counted, and not shown."""
        with mail_server("none", refuses=refuses) as server:
            fault = fault_of(Notify(installation=tmp_path, mail=mail_of(server, "none")))

        assert fault.error == expected
        assert "@" not in fault.error + fault.hint

    def test_a_server_without_starttls(self, tmp_path: Path) -> None:
        """Nothing goes unencrypted because the server cannot encrypt."""
        with mail_server("none") as server:
            fault = fault_of(Notify(installation=tmp_path, mail=mail_of(server, "starttls")))

        assert "it does not offer what is needed" in fault.error
        assert server.mails == []

    def test_a_certificate_that_is_not_trusted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The mail is not sent."""
        monkeypatch.delenv("SSL_CERT_FILE")
        with mail_server("starttls") as server:
            fault = fault_of(Notify(installation=tmp_path, mail=mail_of(server, "starttls")))

        assert "its certificate is not trusted" in fault.error
        assert server.mails == []

    def test_no_server(self, tmp_path: Path) -> None:
        """A server that is not there is reported."""
        fault = fault_of(Notify(installation=tmp_path, mail=mail_of(MailServer(port=9), "none")))

        assert fault.error == "the mail server 127.0.0.1: no connection"


@pytest.mark.slow
def test_all_that_hang_together(tmp_path: Path) -> None:
    """Servers and programs that do not answer cost no more than the time of one."""
    (tmp_path / "hang.py").write_text("import time; time.sleep(600)", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        hook = Hook(key="notify.webhook", url=f"http://127.0.0.1:{port}/C4NARY")
        notify = Notify(
            installation=tmp_path,
            command=(sys.executable, "hang.py"),
            webhook=hook,
            mail=mail_of(MailServer(port=port), "none"),
        )
        started = time.monotonic()
        deliveries = sent(notify, 3.0)

    assert time.monotonic() - started < 3 + 4 + 2
    assert [(delivery.way, bool(delivery.fault)) for delivery in deliveries] == [
        ("command", True),
        ("webhook", True),
        ("mail", True),
    ]
    assert "C4NARY" not in repr(deliveries)


def test_the_event_log_of_another_system(tmp_path: Path) -> None:
    """On other systems the way fails, and says why."""
    if sys.platform != "win32":
        assert "on Windows only" in fault_of(Notify(installation=tmp_path, event_log=True)).error


@needs_windows
def test_the_event_log(tmp_path: Path) -> None:
    """Windows takes the event, and has it in its log Application."""
    assert sent(Notify(installation=tmp_path, event_log=True)) == (Delivery("event_log", None),)
