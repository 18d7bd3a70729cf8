"""Where a token and the files of a school may go, whatever an answer names."""

from dataclasses import replace
from pathlib import Path

import pytest

from sdssync.config.upload import UploadSettings
from sdssync.graph.hosts import joined, may_take_files, may_take_token

SETTINGS = UploadSettings(
    tenant="b6ad9e0f-7c1c-4a57-8f0e-2f3b8c5d1a11",
    client_id="3f1f3f9e-5a43-4a0c-9b43-cd7a2d9e5f10",
    certificate_file=Path("app.pem"),
    certificate_password_env=None,
    secret=None,
    trusted_hosts=("sds.partner.example",),
    ca_file=None,
)

FOR_THE_TOKEN = {
    "https://graph.microsoft.com/beta/x?$skiptoken=a%2Bb": True,
    "https://sds-eu.microsoft.com:8698/api/operations/1": True,
    "https://sds.partner.example/operations/1": True,
    "https://graph.microsoft.com.evil.example/": False,
    "https://evilmicrosoft.com/": False,
    "https://storage.windows.net/": False,
    "http://graph.microsoft.com/": False,
    "https://evil.example\\@x.microsoft.com/a": False,
    "https://evil.example\\.microsoft.com/a": False,
    "https://evil.example%5c.microsoft.com/": False,
    "https://evil.example%2f.microsoft.com/": False,
    "https://evil.example;.microsoft.com/": False,
    "https://evil.example\t.microsoft.com/": False,
    "https://user@graph.microsoft.com/": False,
    "https://graph.microsoft.com/#x": False,
    "https://[x": False,
    "": False,
}


@pytest.mark.parametrize(("url", "may"), FOR_THE_TOKEN.items())
def test_token(url: str, may: bool) -> None:
    """It goes to hosts of Microsoft and to those that the administrator trusts, and an address must be plain."""
    assert may_take_token(url, SETTINGS) is may


@pytest.mark.parametrize(
    ("url", "may"),
    {
        "https://school.dfs.core.windows.net/t/c?sig=a%2Bb%3D": True,
        "http://school.dfs.core.windows.net/t/c?sig=a": False,
        "http://127.0.0.1:8000/t/c?sig=a": False,
        "https://a.example\\@b.example/t/c?sig=a": False,
        "https://[x": False,
    }.items(),
)
def test_files(url: str, may: bool) -> None:
    """Files go over TLS, to a host about which no two libraries can disagree."""
    assert may_take_files(url, SETTINGS) is may


def test_files_on_this_machine() -> None:
    """A fake of Graph on this machine may name a storage on this machine."""
    assert may_take_files("http://127.0.0.1:8000/t/c?sig=a", replace(SETTINGS, graph_url="http://127.0.0.1:8001"))


@pytest.mark.parametrize(
    ("location", "address"),
    [
        ("/beta/operations/1", "https://graph.microsoft.com/beta/operations/1"),
        ("https://sds.example:8698/operations/1", "https://sds.example:8698/operations/1"),
        ("https://[x", ""),
        ("https://a.example\\@b.example/", ""),
        ("", ""),
    ],
)
def test_location(location: str, address: str) -> None:
    """It may be relative; one that libraries could read in two ways is refused."""
    assert joined("https://graph.microsoft.com/beta/x/validate", location) == address
