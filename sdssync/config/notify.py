"""Who gets to know how a run ended, as values; what the settings may say is declared in `schema`."""

from dataclasses import dataclass, field
from pathlib import Path

from sdssync.config.secret import SecretPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """An address to call, which may hold a secret: exactly one of the two is set."""

    key: str
    """The key of the settings that has it, for messages."""
    url: str | None = field(default=None, repr=False)
    place: SecretPlace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail server, and who gets mail."""

    to: tuple[str, ...] = field(repr=False)
    sender: str = field(repr=False)
    host: str
    port: int
    security: str
    """`starttls`, `tls`, or `none` for a loopback address."""
    user: str | None = field(default=None, repr=False)
    password: SecretPlace | None = None
    """Set if there is a user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """The ways in which a notification goes; each may be there or not."""

    installation: Path
    """The folder of `sdssync.toml`, in which the command is started."""
    command: tuple[str, ...] = field(default=(), repr=False)
    webhook: Hook | None = None
    event_log: bool = False
    heartbeat: Hook | None = None
    mail: Mail | None = None

    @property
    def secret_files(self) -> tuple[Path, ...]:
        """The files of the secrets: of the addresses, and of the password for mail."""
        places = (*(hook.place for hook in (self.webhook, self.heartbeat) if hook), self.mail and self.mail.password)
        return tuple(place.file for place in places if place and place.file)

    @property
    def is_wanted(self) -> bool:
        """Return True if there is any way at all."""
        return bool(self.command or self.webhook or self.event_log or self.heartbeat or self.mail)
