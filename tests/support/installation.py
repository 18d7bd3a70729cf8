"""Write small installations to a folder: without mistakes by default, so that a test can change one thing."""

from pathlib import Path
from typing import Any

from sdssync.config.schema import IsamsSection
from sdssync.config.settings import RemoteSource

SENIORS = 'name = "Seniors"\noutput = "csv/Seniors"\nyear_groups = [9]\n'
PREP = 'name = "Prep"\noutput = "csv/Prep"\nyear_groups = [3]\nformat = "v2.1"\n'
SETTINGS = """\
[school]
id = "8889999"
name = "MySchool"

[isams]
file = "hartley.xml"
"""


def install(folder: Path, settings: str | bytes = SETTINGS, **profiles: str | bytes) -> Path:
    """Write `sdssync.toml` and one file per profile; return the path of the settings file."""
    config = folder / "sdssync.toml"
    _write(config, settings)
    (folder / "profiles.d").mkdir(exist_ok=True)
    for stem, content in profiles.items():
        _write(folder / "profiles.d" / f"{stem}.toml", content)
    return config


def remote_source(url: str, **changes: Any) -> RemoteSource:
    """Return the source of settings with this URL and a key in a variable; what is not changed has its default."""
    defaults = dict(IsamsSection(url="https://isams.myschool.example", api_key_env="ISAMS_API_KEY"))
    del defaults["file"]
    return RemoteSource(**{**defaults, "url": url, **changes})


def _write(file: Path, content: str | bytes) -> None:
    """Write text as UTF-8, or bytes as they are."""
    file.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
