"""Secrets that systemd passes on to a service, which then needs no right to read their files."""

import os
from collections.abc import Mapping
from pathlib import Path

_VARIABLE = "CREDENTIALS_DIRECTORY"
"""Set by systemd for a service with LoadCredential=: see systemd.exec(5)."""


def passed_on(file: Path, environ: Mapping[str, str]) -> Path:
    """Return where a secret is to be read: what systemd passes on under the name of its file, else the file itself."""
    folder = environ.get(_VARIABLE)
    if folder and os.path.isfile(credential := Path(folder) / file.name):  # noqa: PTH113  (it never raises)
        return credential
    return file
