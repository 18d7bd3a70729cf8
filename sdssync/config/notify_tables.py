"""Read the `[notify]` table, also of settings that are wrong elsewhere: then someone should learn of it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sdssync.config.mistakes import Mistake
from sdssync.config.notify import Hook, Mail, Notify
from sdssync.config.schema import MailSection, NotifySection
from sdssync.config.secret import SecretPlace
from sdssync.config.shape import check_shape
from sdssync.files.paths import resolve
from sdssync.net.hosts import is_loopback


def notify_mistakes(content: Mapping[str, Any]) -> tuple[Mistake, ...]:
    """Return what is wrong between the keys of `[notify]`."""
    notify = content.get("notify")
    if not isinstance(notify, dict):
        return ()
    mail = notify.get("mail")
    return (*_hook_mistakes(notify), *(_mail_mistakes(mail) if isinstance(mail, dict) else ()))


def notify_of(content: Mapping[str, Any], folder: Path) -> Notify:
    """Return the ways that settings name, whatever is wrong elsewhere; none if their own table has a mistake."""
    table = content.get("notify")
    section = check_shape(NotifySection, table)[0] if isinstance(table, dict) else None
    if section is None or notify_mistakes(content):
        return Notify(installation=folder)
    return Notify(
        installation=folder,
        command=tuple(section.command or ()),
        webhook=_hook(folder, "webhook", section.webhook, section.webhook_file),
        event_log=section.event_log,
        heartbeat=_hook(folder, "heartbeat", section.heartbeat, section.heartbeat_file),
        mail=_mail(folder, section.mail) if section.mail else None,
    )


def _hook_mistakes(notify: Mapping[str, Any]) -> Iterator[Mistake]:
    for name in ("webhook", "heartbeat"):
        if name in notify and f"{name}_file" in notify:
            yield Mistake("notify", f"expected one of {name} and {name}_file, found both")


def _mail_mistakes(mail: Mapping[str, Any]) -> Iterator[Mistake]:
    passwords = [key for key in ("password_file", "password_env") if key in mail]
    if len(passwords) == 2:
        yield Mistake("notify.mail", "expected one of password_file and password_env, found both")
    if "user" in mail and not passwords:
        yield Mistake("notify.mail", "expected a password as well as user: password_file or password_env; found none")
    if "user" not in mail and passwords:
        yield Mistake("notify.mail", f"expected user as well as {passwords[0]}, found none")
    host = mail.get("host")
    if mail.get("security") == "none" and isinstance(host, str) and not is_loopback(host):
        yield Mistake("notify.mail.security", '"none" is for loopback addresses only: write "starttls" or "tls"')


def _hook(folder: Path, name: str, url: str | None, file: str | None) -> Hook | None:
    if file is not None:
        key = f"notify.{name}_file"
        place = SecretPlace(what=f"the address of the {name}", key=key, file=resolve(folder, file))
        return Hook(key=key, place=place)
    return Hook(key=f"notify.{name}", url=url) if url else None


def _mail(folder: Path, section: MailSection) -> Mail:
    return Mail(
        to=tuple(section.to),
        sender=section.sender,
        host=section.host,
        port=section.port,
        security=section.security,
        user=section.user,
        password=_password(folder, section) if section.user else None,
    )


def _password(folder: Path, section: MailSection) -> SecretPlace:
    what = "the password of the mail server"
    if section.password_file:
        file = resolve(folder, section.password_file)
        return SecretPlace(what=what, key="notify.mail.password_file", file=file)
    return SecretPlace(what=what, key="notify.mail.password_env", variable=section.password_env)
