"""The generated pages and schemas are those of the program as it is, and the schemas agree with its own files."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sdssync.sds.catalogue.rules import CATALOGUE
from sdssync.sds.schema import FORMATS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
GENERATED = ["rules.md", "columns.md", "schema/sdssync.schema.json", "schema/profile.schema.json"]


def generate(docs: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the generator of a docs folder."""
    command: list[str | Path] = [sys.executable, docs / "generate.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def schema(name: str) -> Draft202012Validator:
    """Read a schema, and hold it against the schema of schemas."""
    document = json.loads((DOCS / "schema" / name).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document)


def toml(text: str) -> Any:
    """Read TOML as an editor sees it, its dates as texts."""
    return json.loads(json.dumps(tomllib.loads(text), default=str))


def test_the_docs_are_fresh() -> None:
    """What is in the repository is what the generator writes (make docs)."""
    done = generate(DOCS, "--check")

    assert (done.returncode, done.stderr) == (0, "")


def test_stale_docs_are_named_and_written_anew(tmp_path: Path) -> None:
    """A page that is missing, changed or cut is named by --check, which writes nothing; else all are put right."""
    docs = Path(shutil.copytree(DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("__pycache__")))
    shutil.rmtree(docs / "schema")
    (docs / "rules.md").write_text((docs / "rules.md").read_text(encoding="utf-8") + " ", encoding="utf-8")
    (docs / "columns.md").write_bytes(b"")

    checked = generate(docs, "--check")
    written = generate(docs)

    assert checked.returncode == 1
    assert checked.stderr == "".join(f"docs/{name} is stale: run `make docs`\n" for name in GENERATED)
    assert (written.returncode, written.stdout, written.stderr) == (0, "", "")
    assert [(docs / name).read_bytes() for name in GENERATED] == [(DOCS / name).read_bytes() for name in GENERATED]


def test_every_rule_has_a_section() -> None:
    """The page of rules has a section for each rule, in the order of the codes."""
    sections = re.findall(r"^### (.*)$", (DOCS / "rules.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert sections == [f"{rule.code} {rule.name}" for rule in CATALOGUE.values()]


def test_every_column_has_a_line() -> None:
    """The page of columns has a table for each file of each format, and a line for each column."""
    page = (DOCS / "columns.md").read_text(encoding="utf-8")
    files = re.findall(r"^### (\S+) \((\S+)\)$", page, re.MULTILINE)
    columns = re.findall(r"^\| (\w+) \| (?!Required)", page, re.MULTILINE)

    assert files == [(file.name, form.name) for form in FORMATS.values() for file in form.files]
    assert columns == [column.name for form in FORMATS.values() for file in form.files for column in file.columns]


@pytest.mark.parametrize(
    ("name", "file"),
    [("sdssync.schema.json", "sdssync.toml")]
    + [("profile.schema.json", f"profiles.d/{file.name}") for file in sorted((ROOT / "profiles.d").glob("*.toml"))],
)
def test_the_schemas_accept_the_files_of_the_demo(name: str, file: str) -> None:
    """An editor that knows the schema finds nothing wrong in the files that the program runs with."""
    assert list(schema(name).iter_errors(toml((ROOT / file).read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param('outptu = "csv"', "", id="misspelt key"),
        pytest.param('output = "csv"\nformat = "v3"', "format", id="unknown format"),
        pytest.param('output = "csv"\nyear_groups = [21]', "year_groups/0", id="year out of range"),
        pytest.param('output = "csv"\nyear_groups = [7, 7]', "year_groups", id="year twice"),
        pytest.param('output = "csv"\n[validate]\nignore = ["SDS3x"]', "validate/ignore", id="no code"),
    ],
)
def test_the_schema_of_a_profile_refuses(text: str, path: str) -> None:
    """A slip in a profile is underlined in the editor already, at its place."""
    found = {"/".join(map(str, error.absolute_path)) for error in schema("profile.schema.json").iter_errors(toml(text))}

    assert found == {path}
