"""The CSV formats by name, for those who need no more than that: `schema` has their files and columns."""

from enum import StrEnum


class SdsFormat(StrEnum):
    """The CSV formats of School Data Sync."""

    V2 = "v2"
    """Four files, 2020 to 2022."""
    V21 = "v2.1"
    """Up to ten files, what SDS takes today."""
