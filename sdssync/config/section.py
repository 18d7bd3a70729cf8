"""What all tables of the TOML files have in common."""

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

UNIQUE: JsonDict = {"uniqueItems": True}
"""A list in which each value may appear once; `shape.unique_lists` finds these keys."""


class Section(BaseModel):
    """A TOML table: no other keys, and no value of another type is converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
