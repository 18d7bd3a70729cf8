"""The JSON Schemas for editors: where they are, and the line of a TOML file that names them."""

import json
import os
from enum import StrEnum
from pathlib import Path

from sdssync.config.schema import json_schemas
from sdssync.errors import OutputError, os_reason
from sdssync.files import atomic
from sdssync.files.names import printable
from sdssync.files.patience import make_folders
from sdssync.files.regular import read_regular

FOLDER = "schema"
"""Next to sdssync.toml."""


class Schema(StrEnum):
    """The kinds of TOML file."""

    SETTINGS = "settings"
    PROFILE = "profile"


_FILES = {Schema.SETTINGS: "sdssync.schema.json", Schema.PROFILE: "profile.schema.json"}


def schema_text(schema: Schema) -> str:
    """Return one JSON Schema as text, as docs/schema has it."""
    return json.dumps(json_schemas()[_FILES[schema]], indent=2) + "\n"


def both_schemas_text() -> str:
    """Return both JSON Schemas as one document."""
    both = {schema.value: json_schemas()[_FILES[schema]] for schema in Schema}
    return json.dumps(both, indent=2) + "\n"


def schema_line(schema: Schema, file: Path, installation: Path) -> str:
    """Return the first line of a TOML file, which tells an editor where its schema is; "" from another drive."""
    try:
        path = os.path.relpath(installation / FOLDER / _FILES[schema], file.parent)
    except ValueError:  # of Windows: there is no way from one drive to another
        return ""
    return f"#:schema {Path(path).as_posix()}\n"


def write_schemas(installation: Path) -> Path:
    """
    Write both schemas into their folder, unless they are there already; return the folder.

    Raises:
        OutputError: they cannot be written.

    """
    folder = installation / FOLDER
    try:
        make_folders(folder)
        for schema, name in _FILES.items():
            content = schema_text(schema).encode()
            if not _has(folder / name, content):
                atomic.write(folder / name, content)
    except OSError as error:
        raise OutputError(
            f"the schemas cannot be written into {printable(str(folder))}: {os_reason(error)}",
            "editors use them and sdssync does not; let this account write there, then: sdssync schema --write",
        ) from error
    return folder


def _has(file: Path, content: bytes) -> bool:
    """Return True if a file is there with this content."""
    try:
        return read_regular(file) == content
    except OSError:  # whatever is in its place: writing it says why that is not possible
        return False
