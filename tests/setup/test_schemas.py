"""The JSON Schemas for editors: printed, written, and named by each file that is written."""

import json
from pathlib import Path

import pytest

from sdssync.config.schema import json_schemas
from tests.support.runs import command

DOCS = Path(__file__).parents[2] / "docs" / "schema"


@pytest.mark.parametrize(("which", "name"), [("settings", "sdssync"), ("profile", "profile")])
def test_one_schema(here: Path, which: str, name: str) -> None:
    """Each is printed as docs/schema has it, without an installation."""
    ran = command("schema", which)

    assert (ran.exit_code, ran.out) == (0, (DOCS / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert list(here.iterdir()) == []


def test_both_schemas(here: Path) -> None:
    """Without an argument both are one document."""
    del here
    schemas = json_schemas()

    assert command("schema").json == {
        "settings": json.loads(json.dumps(schemas["sdssync.schema.json"])),
        "profile": json.loads(json.dumps(schemas["profile.schema.json"])),
    }


def test_written_where_the_files_look_for_them(here: Path) -> None:
    """The first line of each file leads to its schema; a schema that is there is replaced only if it differs."""
    assert [command(*line.split()).exit_code for line in ("init", "new a", "schema --write")] == [0, 0, 0]
    for file, name in (("sdssync.toml", "sdssync"), ("profiles.d/a.toml", "profile")):
        first = (here / file).read_text(encoding="utf-8").splitlines()[0].removeprefix("#:schema ")
        assert ((here / file).parent / first).resolve() == here / "schema" / f"{name}.schema.json"
        assert ((here / file).parent / first).read_bytes() == (DOCS / f"{name}.schema.json").read_bytes()

    (here / "schema" / "profile.schema.json").write_text("old", encoding="utf-8")
    before = (here / "schema" / "sdssync.schema.json").stat().st_mtime_ns
    assert command("schema", "--write").out == f"created {here / 'schema'}\n"
    assert (here / "schema" / "profile.schema.json").read_bytes() == (DOCS / "profile.schema.json").read_bytes()
    assert (here / "schema" / "sdssync.schema.json").stat().st_mtime_ns == before


def test_nowhere_to_write(here: Path) -> None:
    """A folder that cannot be made is reported with its path."""
    (here / "schema").write_text("", encoding="utf-8")
    ran = command("schema", "--write")

    assert ran.exit_code == 6
    assert str(here / "schema") in ran.logs("command.failed")[0]["error"]


def test_every_key_has_a_comment(here: Path) -> None:
    """Each key of a first settings file says what it is for."""
    assert command("init").exit_code == 0

    lines = (here / "sdssync.toml").read_text(encoding="utf-8").splitlines()
    keys = [line for line in lines if " = " in line and not line.startswith("#")]
    assert len(keys) >= 9
    assert [line for line in keys if "  # " not in line and '"   # ' not in line] == []
