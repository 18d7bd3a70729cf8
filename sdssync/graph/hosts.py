"""Where a token may go: it is worth as much as the school's data in SDS."""

from urllib.parse import urlsplit

from sdssync.config.upload import UploadSettings
from sdssync.net.hosts import is_loopback

_MICROSOFT = ".microsoft.com"
"""Not `.windows.net` or `.azure.com`: anyone can rent a name there."""


def is_graph(url: str, settings: UploadSettings) -> bool:
    """Return True for an address of Graph itself."""
    return _origin(url) == _origin(settings.graph_url)


def may_take_token(url: str, settings: UploadSettings) -> bool:
    """Return True for a host of Microsoft, and for one that the administrator has entered, over TLS."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    is_known = host.endswith(_MICROSOFT) or host in settings.trusted_hosts
    return is_safe and (is_known or is_graph(url, settings))


def may_take_files(url: str, settings: UploadSettings) -> bool:
    """Return True for an address over TLS; Graph says where files go, and a fake of it may name this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return bool(host) and (
        parts.scheme == "https" or (is_loopback(host) and is_loopback(urlsplit(settings.graph_url).hostname or ""))
    )


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
