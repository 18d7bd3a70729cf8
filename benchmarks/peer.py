"""
The SDS V2.1 set as a data package, so that `frictionless validate` can check what a table schema can say.

Required values, unique keys, lists of values and references: a part of our rules, so the comparison favours it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sds_set import GRADES


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the file it refers to, or the values it may hold."""

    name: str
    refers_to: str = ""
    values: Sequence[str] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A file of the set."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


# A table is read by column.
# fmt: off
TABLES = (
    Table("orgs", ("sourcedId",), (
        Column("sourcedId"),
        Column("name"),
        Column("type", values=("school",)),
    )),
    Table("users", ("sourcedId",), (
        Column("sourcedId"),
        Column("username"),
        Column("familyName", required=False),
        Column("givenName", required=False),
    )),
    Table("roles", ("userSourcedId", "orgSourcedId", "role"), (
        Column("userSourcedId", refers_to="users"),
        Column("orgSourcedId", refers_to="orgs"),
        Column("role", values=("student", "teacher")),
        Column("grade", values=GRADES, required=False),
    )),
    Table("classes", ("sourcedId",), (
        Column("sourcedId"),
        Column("orgSourcedId", refers_to="orgs"),
        Column("title"),
    )),
    Table("enrollments", ("classSourcedId", "userSourcedId"), (
        Column("classSourcedId", refers_to="classes"),
        Column("userSourcedId", refers_to="users"),
        Column("role", values=("student", "teacher")),
    )),
)
# fmt: on


def write_package(folder: Path) -> Path:
    """Describe the set in this folder by a `datapackage.json` next to it, and give that file's path."""
    resources = [_resource(table, f"{folder.name}/{table.name}.csv") for table in TABLES]
    path = folder.parent / "datapackage.json"
    path.write_text(json.dumps({"name": "sds", "resources": resources}, indent=1), encoding="utf-8")
    return path


def _resource(table: Table, path: str) -> dict[str, object]:
    return {
        "name": table.name,
        "type": "table",
        "path": path,
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "primaryKey": list(table.key),
            "foreignKeys": [
                {"fields": [column.name], "reference": {"resource": column.refers_to, "fields": ["sourcedId"]}}
                for column in table.columns
                if column.refers_to
            ],
        },
    }


def _field(column: Column) -> dict[str, object]:
    constraints: dict[str, object] = {"required": True} if column.required else {}
    if column.values:
        constraints["enum"] = list(column.values)
    return {"name": column.name, "type": "string", "constraints": constraints}
