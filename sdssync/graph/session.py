"""
An upload session: a container of its own for one set, with an address that lets its holder write there.

The address holds a shared-access signature, which is a secret like a password.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit, urlunsplit

from sdssync.config.secret import GUID
from sdssync.errors import UploadError
from sdssync.graph.api import Api, require_done
from sdssync.graph.connectors import Connector
from sdssync.graph.hosts import may_take_files

UPLOAD = "IndustryData-DataConnector.Upload"


@dataclass(frozen=True, slots=True)
class Session:
    """Where the files of one set go."""

    folder: str
    """The address of the folder, without the signature."""
    signature: str = field(repr=False)
    """The query of every request."""

    def file(self, name: str, query: str) -> str:
        """Return the address for one step of one file."""
        return f"{self.folder}/{quote(name)}?{self.signature}&{query}"


def open_session(api: Api, connector: Connector, *, reset: bool) -> Session:
    """
    Return an upload session; with `reset` a new one, whose container is empty.

    Raises:
        UploadError: SDS gives none, or one that is not as documented.

    """
    path = (
        f"dataConnectors/{connector.id}/microsoft.graph.industryData.azureDataLakeConnector/getUploadSession"
        f"?resetSession={str(reset).lower()}"
    )
    content = require_done(api.get(path), "an upload session", UPLOAD).content
    url, container = content.get("sessionUrl"), content.get("containerId")
    if not isinstance(url, str) or not isinstance(container, str) or not may_take_files(url, api.settings):
        raise UploadError(
            "the upload session of SDS has no address that files could be sent to",
            "the API is in beta and may have changed: update sdssync, or go back to the folder (docs/upload.md)",
        )
    parts = urlsplit(url)
    folder = parts.path.rstrip("/")
    if folder.rpartition("/")[2].casefold() != container.casefold():
        if not re.fullmatch(GUID, api.settings.tenant):
            raise UploadError(
                "the upload session of SDS does not say in which folder files go, and [upload] tenant is no id",
                "write the id of the tenant instead of its domain: the overview page of Microsoft Entra shows it",
            )
        folder = f"/{api.settings.tenant}/{connector.id}/{container}"
    return Session(urlunsplit((parts.scheme, parts.netloc, folder, "", "")), parts.query)
