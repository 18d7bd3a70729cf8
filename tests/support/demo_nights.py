"""The demo with three nights behind it: pupils come, one leaves, and set lists change."""

import re
import shutil
from collections.abc import Collection
from pathlib import Path

from tests.support.runs import command

_ROOT = Path(__file__).parents[2]
_DAYS = ("2026-08-28", "2026-08-30", "2026-09-01")
LAST_DAY = _DAYS[-1]


def demo_after_nights(folder: Path) -> Path:
    """Make the demo in a folder and run its nights; return the settings file."""
    shutil.copy(_ROOT / "sdssync.toml", folder)
    shutil.copytree(_ROOT / "profiles.d", folder / "profiles.d")
    document = folder / "fixtures" / "isams" / "hartley.xml"
    document.parent.mkdir(parents=True)
    full = (_ROOT / "fixtures" / "isams" / "hartley.xml").read_text(encoding="utf-8")
    before = _without(full, "Pupil", {130, 131})
    nights = (
        _without(before, "SetList", range(2000, 2040)),
        _without(before, "SetList", range(2020, 2040)),
        _without(full, "Pupil", {100}),
    )
    settings = folder / "sdssync.toml"
    for day, text in zip(_DAYS, nights, strict=True):
        document.write_text(text, encoding="utf-8")
        assert command("--config", settings, "-q", "run-all", "--today", day).exit_code == 0
    return settings


def _without(text: str, name: str, numbers: Collection[int]) -> str:
    """Return a document without some of its records, which are numbered from 0."""
    records = re.findall(rf"      <{name} .*?</{name}>\n", text, flags=re.DOTALL)
    for number in numbers:
        text = text.replace(records[number], "", 1)
    return text
