"""
What iSAMS means when it says no, and what to do about it in the control panel: its error documents and HTTP statuses.

The Description of an error document is not trusted text: it is searched for what is known and never passed on.
"""

import re
from dataclasses import replace

from sdssync.errors import SourceRefusedError, SourceUnavailableError
from sdssync.net.failure import Failure

DATASETS = {
    "HumanResources_GetCurrentStaff": "HR Manager: Current Staff",
    "Pupil_GetCurrentPupils": "Pupil Manager: Current Students",
    "Teaching_GetDepartmentsAndSubjects": "Teaching Manager: Departments & Subjects",
    "Teaching_GetTeachingSets": "Teaching Manager: Teaching Sets",
    "Teaching_GetTeachingSetLists": "Teaching Manager: Teaching Set Lists",
}
"""The Batch API methods that sdssync calls, and what the control panel of iSAMS calls them."""

_PANEL = "in the iSAMS control panel, API Services Manager"
_RECOVERABLE = ("deadlocked", "lock request time out")
_ANOTHER_TIME = "run it again later; if it stays so, ask iSAMS support"


def _refused(message: str, hint: str, reason: str = "refused") -> Failure:
    return Failure(kind=SourceRefusedError, message=message, hint=hint, reason=reason)


def _unavailable(message: str, hint: str, reason: str) -> Failure:
    return Failure(kind=SourceUnavailableError, message=message, hint=hint, reason=reason, passing=True)


_BY_ID = {
    "invalidapikey": _refused(
        "iSAMS does not know the API key",
        f"{_PANEL}, look up or make the key, and put it where [isams] api_key_file or api_key_env points to",
    ),
    "missingparameter": _refused(
        "iSAMS saw no API key in the request",
        "[isams] url is to name the iSAMS server itself; something on the way may drop the query from the address",
    ),
    "filtersrequiredexception": _refused(
        "iSAMS asks for a filter: the API key holds a method that cannot be called without one",
        f"{_PANEL}, Batch Methods, leave only these ticked for the key: {'; '.join(DATASETS.values())}",
    ),
}
_FINAL = frozenset({401, 403, 404})
"""Statuses after which no document makes another attempt worth while."""
_KEY_REFUSED = f"{_PANEL}, check that the key is there, is enabled, and may be used from the address of this server"
# status: what it means, what to do; for answers without an error document
_BY_STATUS = {
    401: ("iSAMS refused the API key", _KEY_REFUSED),
    403: ("iSAMS does not let this API key in", _KEY_REFUSED),
    404: ("there is no Batch API at this address", "check [isams] url: it is the address of the iSAMS server"),
    407: ("the proxy asks for a login", "put user and password into the proxy variable, or let this server pass"),
}


def read_error_document(text: str) -> Failure | None:
    """
    Tell what an iSAMS error document (root `Message`) says; None if `text` is none.

    `text` is the beginning of the document, decoded: its own declaration says utf-16 whatever the bytes are.
    """
    if not re.search(r"<Message[\s/>]", text):
        return None
    identifier, description = _content(text, "MessageId").lower(), _content(text, "Description").lower()
    if identifier == "methodsnotallocatedtokeyexception":
        return _missing_methods(description)
    if identifier == "unhandledexception":
        return _unhandled(description)
    return _BY_ID.get(
        identifier,
        _refused("iSAMS answered with an error that sdssync does not know", "ask iSAMS support about the Batch API"),
    )


def of_status(status: int) -> Failure:
    """Tell what an answer with this HTTP status means when it brings no error document."""
    if may_pass(status):
        return _unavailable(f"iSAMS answered with status {status}", _ANOTHER_TIME, f"status {status}")
    message, hint = _BY_STATUS.get(
        status, ("iSAMS did not accept the request", "check [isams] url, and ask iSAMS support about the Batch API")
    )
    return _refused(f"{message} (status {status})", hint)


def of_proxy(status: int, host: str) -> Failure:
    """Tell that a proxy answered with this status instead of connecting with iSAMS."""
    message = f"the proxy did not let the request through to {host} (status {status})"
    if may_pass(status):
        return _unavailable(message, _ANOTHER_TIME, f"status {status} of the proxy")
    let_through = f"let the proxy connect this server with {host}, or put the host into NO_PROXY"
    return _refused(message, _BY_STATUS[status][1] if status == 407 else let_through)


def of_redirect(host: str) -> Failure:
    """Tell that an answer is a redirect, which is not followed: the key goes to nobody but the host of the settings."""
    target = host or "another address"
    return _refused(
        f"iSAMS redirects to {target}, and redirects are not followed",
        "write the address at which iSAMS itself answers into [isams] url",
    )


def may_pass(status: int) -> bool:
    """Tell whether the same request may be answered differently a little later."""
    return status in {408, 429} or 500 <= status < 600


def of_answer(status: int, text: str) -> Failure:
    """Tell what an answer other than 200 means: the document decides what to say, the status whether to try again."""
    document = read_error_document(text)
    if document is None:
        return of_status(status)
    return replace(document, passing=document.passing and status not in _FINAL)


def _missing_methods(description: str) -> Failure:
    """Name the datasets that the key lacks; iSAMS names the methods, in lower case."""
    named = set(re.findall(r"[a-z]+_[a-z]+", description))
    datasets = [dataset for method, dataset in DATASETS.items() if method.lower() in named]
    missing = "; ".join(datasets or DATASETS.values())
    lacks = "the API key lacks" if datasets else "the API key lacks at least one of"
    return _refused(f"{lacks} {missing}", f"tick this for the key {_PANEL}, Batch Methods")


def _unhandled(description: str) -> Failure:
    """Tell an error that goes away by itself from another one; both are worth a second attempt."""
    if any(words in description for words in _RECOVERABLE):
        return _unavailable("the iSAMS database was busy (deadlock or lock)", _ANOTHER_TIME, "database busy")
    return _unavailable("iSAMS met an error of its own (UnhandledException)", _ANOTHER_TIME, "error in iSAMS")


def _content(text: str, element: str) -> str:
    """Return the text of the first element of this name, or ""."""
    found = re.search(rf"<{element}\b[^>]*>(.*?)</{element}\s*>", text, re.DOTALL)
    return found[1].strip() if found else ""
