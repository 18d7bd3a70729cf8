"""The connector that takes the CSV files: found by its id or by the name that the SDS portal shows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sdssync.config.secret import GUID
from sdssync.errors import UploadError
from sdssync.graph.api import Api, items, require_done

READ = "IndustryData-DataConnector.Read.All"
_CSV_TYPE = "azureDataLakeConnector"
_FORMATS = ("schoolDataSyncV2Rev1", "schoolDataSyncV2.1")
"""Microsoft's pages have both for V2.1."""
_SHOWN = 5
"""Ids in a message."""
_HINT = "compare upload.connector in the profile with the data connection in the SDS portal (Sync, Configuration)"


class NoConnectorError(UploadError):
    """A profile names no connector that takes its files."""


@dataclass(frozen=True, slots=True)
class Connector:
    """A connector that takes CSV files of SDS V2.1."""

    id: str
    name: str


def find_connector(api: Api, wanted: str) -> Connector:
    """
    Return the connector of this id or, without regard to case, of this name.

    Raises:
        NoConnectorError: there is none or there are several, or it does not take V2.1 files.
        UploadError: there is no answer.

    """
    if re.fullmatch(GUID, wanted):
        reply = api.get(f"dataConnectors/{wanted}")
        if reply.status == 404:
            raise NoConnectorError("SDS has no connector with the id that upload.connector names", _HINT)
        return _checked(require_done(reply, "the connector", READ).content)
    all_items = list(items(api, "dataConnectors", "the list of connectors", READ))
    found = [item for item in all_items if _text(item, "displayName").casefold() == wanted.casefold()]
    if len(found) == 1:
        return _checked(found[0])
    ids = ", ".join(_text(item, "id") for item in (found or all_items)[:_SHOWN]) or "none"
    if found:
        raise NoConnectorError(
            f"SDS has {len(found)} connectors of the name that upload.connector has", f"name one by its id: {ids}"
        )
    raise NoConnectorError(
        f"SDS has no connector with the name in upload.connector; the ids of those it has: {ids}", _HINT
    )


def _checked(item: Mapping[str, Any]) -> Connector:
    """Return a connector, if it takes what we send."""
    connector = Connector(_text(item, "id"), _text(item, "displayName"))
    if not re.fullmatch(GUID, connector.id):
        raise NoConnectorError("the answer of SDS has no connector with an id", "update sdssync")
    kind = _text(item, "@odata.type")
    if not kind.endswith("." + _CSV_TYPE):
        raise NoConnectorError(f"the connector {connector.id} does not take CSV files", _HINT)
    file_format = item.get("fileFormat")
    code = _text(file_format, "code") if isinstance(file_format, dict) else ""
    if code and code not in _FORMATS:
        raise NoConnectorError(
            f"the connector {connector.id} does not take the format V2.1",
            "make a new data connection in the SDS portal, with the CSV format V2.1",
        )
    return connector


def _text(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""
