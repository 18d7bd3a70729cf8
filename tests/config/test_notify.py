"""The table `[notify]`: its values, its mistakes, and that none of its values is shown."""

from pathlib import Path

import pytest

from sdssync.config.installation import load
from sdssync.config.notify import Hook, Mail, Notify
from sdssync.config.secret import SecretPlace
from sdssync.config.settings_file import read_settings
from sdssync.errors import ConfigError
from tests.support.installation import SETTINGS, install

MAIL = (
    '[notify.mail]\nto = ["it@myschool.example"]\nfrom = "sdssync@myschool.example"\nhost = "smtp.myschool.example"\n'
)


def mistakes(folder: Path, table: str) -> list[str]:
    """Return the mistakes of settings with this table."""
    with pytest.raises(ConfigError) as caught:
        load(install(folder, f"{SETTINGS}\n{table}\n"))
    return [line.strip() for line in caught.value.message.splitlines()[1:]]


def test_every_key(tmp_path: Path) -> None:
    """Every key becomes a value; paths count from the folder of the settings."""
    table = (
        '[notify]\ncommand = ["C:/SDS/tell.cmd", "now"]\nwebhook = "https://hooks.myschool.example/sds?sig=1"\n'
        'event_log = true\nheartbeat_file = "secrets/beat.url"\n'
        f'{MAIL}port = 25\nsecurity = "tls"\nuser = "sdssync"\npassword_env = "MAIL_PASSWORD"\n'
    )

    assert read_settings(install(tmp_path, f"{SETTINGS}\n{table}")).notify == Notify(
        installation=tmp_path,
        command=("C:/SDS/tell.cmd", "now"),
        webhook=Hook(key="notify.webhook", url="https://hooks.myschool.example/sds?sig=1"),
        event_log=True,
        heartbeat=Hook(
            key="notify.heartbeat_file",
            place=SecretPlace(
                what="the address of the heartbeat", key="notify.heartbeat_file", file=tmp_path / "secrets/beat.url"
            ),
        ),
        mail=Mail(
            to=("it@myschool.example",),
            sender="sdssync@myschool.example",
            host="smtp.myschool.example",
            port=25,
            security="tls",
            user="sdssync",
            password=SecretPlace(
                what="the password of the mail server", key="notify.mail.password_env", variable="MAIL_PASSWORD"
            ),
        ),
    )


def test_defaults(tmp_path: Path) -> None:
    """Without a table nothing is sent; mail goes to port 587 with STARTTLS and without a login."""
    assert not read_settings(install(tmp_path)).notify.is_wanted
    mail = read_settings(install(tmp_path, f"{SETTINGS}\n{MAIL}")).notify.mail

    assert mail
    assert (mail.port, mail.security, mail.user, mail.password) == (587, "starttls", None, None)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param("[notify]\ncommand = []", "notify.command: expected at least one value", id="empty command"),
        pytest.param('[notify]\ncommand = "x"', "notify.command: expected a list in square brackets", id="a text"),
        pytest.param(
            '[notify]\nwebhook = "http://hooks.example/C4NARY"',
            "notify.webhook: expected an address like https://hooks.myschool.example/sds, found a text: "
            "http is for loopback addresses only",
            id="http",
        ),
        pytest.param(
            '[notify]\nheartbeat = "https://u:C4NARY@watch.example"',
            "it contains a user or a password",
            id="a user in the address",
        ),
        pytest.param(
            '[notify]\nwebhook = "https://hooks.example/C4NARY"\nwebhook_file = "x"',
            "notify: expected one of webhook and webhook_file, found both",
            id="two webhooks",
        ),
        pytest.param(
            '[notify]\nheartbeat = "https://hooks.example/C4NARY"\nheartbeat_file = "x"',
            "notify: expected one of heartbeat and heartbeat_file, found both",
            id="two heartbeats",
        ),
        pytest.param("[notify.mail]\n", "notify.mail.to: required, but missing", id="no address"),
        pytest.param(
            MAIL.replace('"it@', '"C4NARY it@'),
            "notify.mail.to[0]: expected an e-mail address, found a text: it is not one plain address",
            id="two addresses in one",
        ),
        pytest.param(
            MAIL.replace('smtp.myschool.example"', 'smtp.myschool.example:587"'),
            "notify.mail.host: expected the name of a server in quotes, found a text: "
            "it is not the name of a server, without a port",
            id="host and port",
        ),
        pytest.param(
            MAIL.replace("smtp.myschool", "smtp..myschool"),
            "notify.mail.host: expected the name of a server in quotes, found a text: "
            "it is not the name of a server, without a port",
            id="an empty part of a host",
        ),
        pytest.param(f"{MAIL}port = 0", "notify.mail.port: expected the number of a port", id="no port"),
        pytest.param(
            f'{MAIL}security = "ssl"', 'notify.mail.security: expected "starttls", "tls" or "none"', id="security"
        ),
        pytest.param(
            f'{MAIL}security = "none"',
            'notify.mail.security: "none" is for loopback addresses only: write "starttls" or "tls"',
            id="plain text to another host",
        ),
        pytest.param(
            f'{MAIL}user = "C4NARY"',
            "notify.mail: expected a password as well as user: password_file or password_env; found none",
            id="a user alone",
        ),
        pytest.param(
            f'{MAIL}password_env = "C4NARY"',
            "notify.mail: expected user as well as password_env, found none",
            id="a password alone",
        ),
        pytest.param(
            f'{MAIL}user = "u"\npassword_env = "C4NARY"\npassword_file = "x"',
            "notify.mail: expected one of password_file and password_env, found both",
            id="two passwords",
        ),
        pytest.param(
            f'{MAIL}password = "C4NARY"', "notify.mail.password: a password must not be in this file", id="in the file"
        ),
    ],
)
def test_mistakes(tmp_path: Path, table: str, expected: str) -> None:
    """Each mistake is reported with its key and without its value."""
    found = mistakes(tmp_path, table)

    assert expected in "\n".join(found)
    assert "C4NARY" not in "\n".join(found)


def test_settings_that_are_wrong_elsewhere(tmp_path: Path) -> None:
    """The table is known although another one has a mistake; one with a mistake of its own names no way."""
    wrong = SETTINGS.replace('id = "8889999"', "id = 8889999")
    table = '[notify]\nwebhook = "https://hooks.example/x"\n'

    assert read_settings(install(tmp_path, f"{wrong}\n{table}")).notify.webhook
    assert not read_settings(install(tmp_path, f"{SETTINGS}\n{table}colour = 1")).notify.is_wanted
