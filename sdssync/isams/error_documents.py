"""
What iSAMS means when it refuses, and what to do about it in its control panel: its error documents and HTTP statuses.

The Description of an error document is not trusted: it is searched for known words and never passed on.
"""

import re
from collections.abc import Collection
from dataclasses import replace

from sdssync.isams.datasets import API_SERVICES, BY_SECTION, DATASETS, GROUP_DATASETS
from sdssync.isams.failures import LET_PROXY_IN, RUN_LATER, FailedAttempt, refused, unavailable
from sdssync.net.failure import status_may_pass

_RECOVERABLE = ("deadlocked", "lock request time out")
_ALL_LABELS = "; ".join(dataset.label for dataset in DATASETS)
_FOR_GROUPS = "; ".join(dataset.label for dataset in GROUP_DATASETS.values())

_BY_ID = {
    "invalidapikey": refused(
        "iSAMS does not know the API key",
        f"{API_SERVICES}, look up or create the key, and put it where [isams] api_key_file or api_key_env points to",
    ),
    "missingparameter": refused(
        "iSAMS found no API key in the request",
        "[isams] url must name the iSAMS server itself; a proxy on the way may drop the query from the address",
    ),
    "filtersrequiredexception": refused(
        "iSAMS asks for a filter: the API key has a method that cannot be called without one",
        f"{API_SERVICES}, Batch Methods, leave only these ticked for the key: {_ALL_LABELS}; and for [groups] "
        f"what its profile wants of {_FOR_GROUPS}",
    ),
}
_UNREADABLE = re.compile(
    r"data at the root level|root element is missing|unexpected end of file|line \d+, position \d+"
)
"""What .NET says, in lower case, about a text that is not XML: here, our own filter document."""
_REQUEST_UNREADABLE = refused(
    "iSAMS could not read the request as XML: something on the way changes or drops its body",
    "find out which proxy or firewall between this server and iSAMS changes a POST, and let it through as it is",
)
_OAUTH = refused(
    "this iSAMS asks for OAuth 2 client credentials instead of an API key",
    "ask iSAMS support for a client id and a client secret with scope apiv1, and set [isams] client_id and "
    "client_secret_file instead of the key",
)
_TOKEN_REFUSED = refused(
    "iSAMS gave a token to the client and does not accept it for the Batch API",
    f"{API_SERVICES}, check that the client may use the Batch API from the address of this server, with scope apiv1",
)
_OAUTH_ERROR = re.compile(
    r'"error"\s*:\s*"(invalid_client|invalid_token|invalid_grant|invalid_request|invalid_scope|unauthorized_client'
    r'|unsupported_grant_type|insufficient_scope|access_denied)"',
    re.IGNORECASE,
)
"""RFC 6749, section 5.2, and RFC 6750, section 3.1."""
_TOKEN_WORDS = re.compile(r"\b(token|oauth2?|bearer|client_id)\b|access_?token", re.IGNORECASE)
_UNKNOWN = refused("iSAMS answered with an error that sdssync does not know", "ask iSAMS support about the Batch API")
_FINAL = frozenset({401, 403, 404})
"""Statuses after which another attempt is useless, whatever the document says."""
_KEY_REFUSED = (
    f"{API_SERVICES}, check that the key is there, is enabled, and may be used from the address of this server"
)
_BY_STATUS = {
    401: ("iSAMS refused the API key", _KEY_REFUSED),
    403: ("iSAMS does not accept this API key", _KEY_REFUSED),
    404: ("there is no Batch API at this address", "check [isams] url: it is the address of the iSAMS server"),
    407: ("the proxy asks for a login", LET_PROXY_IN),
}
"""For answers without an error document: what the status means, and what to do."""


def read_error_document(text: str) -> FailedAttempt | None:
    """
    Return what an iSAMS error document (root `Message`) says; None if `text` is not one.

    `text` is the beginning of the document, decoded: its own declaration says utf-16 whatever the bytes are.
    """
    if not re.search(r"<Message[\s/>]", text):
        return None
    identifier, description = _content(text, "MessageId").lower(), _content(text, "Description").lower()
    if identifier == "methodsnotallocatedtokeyexception":
        return _missing_methods(description)
    if identifier == "unhandledexception":
        return _unhandled(description)
    return _BY_ID.get(identifier, _UNKNOWN)


def of_status(status: int) -> FailedAttempt:
    """Return what an answer with this HTTP status means when it brings no error document."""
    if status_may_pass(status):
        return unavailable(f"iSAMS answered with status {status}", RUN_LATER, f"status {status}")
    message, hint = _BY_STATUS.get(
        status, ("iSAMS did not accept the request", "check [isams] url, and ask iSAMS support about the Batch API")
    )
    return refused(f"{message} (status {status})", hint)


def of_redirect(host: str) -> FailedAttempt:
    """Return that the answer is a redirect; it is not followed, because only the host of the settings gets the key."""
    target = host or "another address"
    return refused(
        f"iSAMS redirects to {target}, and redirects are not followed",
        "write the address at which iSAMS itself answers into [isams] url",
    )


def of_oauth(status: int, text: str, schemes: Collection[str]) -> FailedAttempt | None:
    """Return that iSAMS wants a token, if the answer says so by its JSON or by the schemes of `WWW-Authenticate`."""
    is_json = text.lstrip().startswith(("{", "["))
    wants_token = is_json and (_OAUTH_ERROR.search(text) or (status == 401 and _TOKEN_WORDS.search(text)))
    return _OAUTH if wants_token or (status == 401 and "bearer" in schemes) else None


def of_token(status: int, text: str, schemes: Collection[str]) -> FailedAttempt | None:
    """Return that iSAMS refuses a token, or the client that it is for, if the answer says so."""
    document = read_error_document(text)
    is_refused = document is _BY_ID["invalidapikey"] or (document is None and status in {401, 403})
    return _TOKEN_REFUSED if is_refused or of_oauth(status, text, schemes) else None


def of_answer(status: int, text: str) -> FailedAttempt:
    """Return what an answer other than 200 means: the document has the words, the status may rule out a retry."""
    document = read_error_document(text)
    if document is None:
        return of_status(status)
    return replace(document, may_pass=document.may_pass and status not in _FINAL)


def _missing_methods(description: str) -> FailedAttempt:
    """Name the datasets that the key lacks; iSAMS names the methods, in lower case."""
    named = set(re.findall(r"[a-z]+_[a-z]+", description))
    labels = "; ".join(dataset.label for dataset in BY_SECTION.values() if dataset.method.lower() in named)
    tick = f"tick each of these for the key {API_SERVICES}, Batch Methods"
    if labels:
        return refused(f"the API key lacks {labels}", tick)
    return refused(
        f"the API key lacks at least one of {_ALL_LABELS}",
        f"{tick}; and for [groups] what its profile wants of {_FOR_GROUPS}",
    )


def _unhandled(description: str) -> FailedAttempt:
    """Distinguish a request that iSAMS cannot read, a busy database, and another error; the last two may pass."""
    if _UNREADABLE.search(description):
        return _REQUEST_UNREADABLE
    if any(words in description for words in _RECOVERABLE):
        return unavailable("the iSAMS database was busy (deadlock or lock)", RUN_LATER, "database busy")
    return unavailable("iSAMS reported an internal error (UnhandledException)", RUN_LATER, "error in iSAMS")


def _content(text: str, element: str) -> str:
    """Return the text of the first element of this name, or ""."""
    found = re.search(rf"<{element}\b[^>]*>(.*?)</{element}\s*>", text, re.DOTALL)
    return found[1].strip() if found else ""
