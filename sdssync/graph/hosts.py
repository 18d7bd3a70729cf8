r"""
Where a token may go: it is worth as much as the school's data in SDS.

Addresses come from answers. One that libraries could read in two ways goes nowhere: for some of them the host of
`https://a.example\@b.example` is the first name, for others the second.
"""

import re
from urllib.parse import urljoin, urlsplit

from sdssync.config.upload import UploadSettings
from sdssync.net.hosts import is_loopback

_MICROSOFT = ".microsoft.com"
"""Not `.windows.net` or `.azure.com`: anyone can rent a name there."""
_CHARACTERS = r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]"
_PLAIN = re.compile(
    rf"https?://(?:[A-Za-z0-9.-]+|\[::1\])(?::[0-9]{{1,5}})?(?:/{_CHARACTERS}*)?(?:\?(?:{_CHARACTERS}|\?)*)?"
)
"""RFC 3986 without user information, fragments and characters that only some libraries accept."""


def joined(base: str, location: str) -> str:
    """Return the address that a `Location` names; "" if it cannot be used."""
    try:
        address = urljoin(base, location)
    except ValueError:
        return ""
    return address if location and _PLAIN.fullmatch(address) else ""


def is_graph(url: str, settings: UploadSettings) -> bool:
    """Return True for an address of Graph itself."""
    return _origin(url) == _origin(settings.graph_url)


def may_take_token(url: str, settings: UploadSettings) -> bool:
    """Return True for a host of Microsoft, and for one that the administrator has entered, over TLS."""
    if not _PLAIN.fullmatch(url):
        return False
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    is_known = host.endswith(_MICROSOFT) or host in settings.trusted_hosts
    return is_safe and (is_known or is_graph(url, settings))


def may_take_files(url: str, settings: UploadSettings) -> bool:
    """Return True for an address over TLS; Graph says where files go, and a fake of it may name this machine."""
    if not _PLAIN.fullmatch(url):
        return False
    parts = urlsplit(url)
    host = parts.hostname or ""
    return bool(host) and (
        parts.scheme == "https" or (is_loopback(host) and is_loopback(urlsplit(settings.graph_url).hostname or ""))
    )


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
