"""Hosts and proxies as they appear in settings and in the environment. No connection is opened here."""

import ipaddress
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Return True if a host is this machine: then plain HTTP is allowed, and a proxy is not."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_possible_host(host: str) -> bool:
    """Return True if a host can be looked up: no part between dots is empty, or too long for the DNS."""
    try:
        return bool(host.encode("idna"))  # as the system is asked
    except UnicodeError:
        return False


def is_usable_proxy(proxy: str) -> bool:
    """Return True if the address of a proxy has a host, and no port that cannot exist."""
    try:
        parts = urlsplit(proxy if "//" in proxy else f"//{proxy}")
        return is_possible_host((parts.hostname or "").strip()) and parts.port != 0
    except ValueError:  # for instance a password that contains # or / and is not escaped
        return False
