"""Calls of the industry data API, with a token: it is renewed once when it is refused, and goes to known hosts only."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal
from urllib.parse import urljoin

from sdssync.config.upload import UploadSettings
from sdssync.errors import UploadError
from sdssync.graph.hosts import may_take_token
from sdssync.graph.line import MAX_BYTES, NEXT_RUN, TIMEOUT, Line, Reply
from sdssync.graph.login import CHECK_APP, Login
from sdssync.net.failure import status_may_pass
from sdssync.net.post import Request

PATH = "/beta/external/industryData"
_DONE = range(200, 300)
_MOST_PAGES = 100


class Api:
    """The industry data API, as one app sees it."""

    def __init__(self, settings: UploadSettings, line: Line, login: Login) -> None:
        self.settings = settings
        self.line = line
        self._login = login
        self._base = settings.graph_url + PATH

    def address(self, path: str) -> str:
        """Return the whole address of a path below the API; one that is whole already stays as it is."""
        return urljoin(self._base + "/", path.removeprefix("/")) if "://" not in path else path

    def log_in(self) -> None:
        """
        Get a token, if there is none.

        Raises:
            ConfigError: secret or certificate cannot be read, or MSAL is missing.
            UploadError: Microsoft gives none.

        """
        self._login.bearer()

    def get(self, path: str, *, pause: float = 0.0) -> Reply:
        """
        Ask for something; `pause` is the shortest time between two attempts, in seconds.

        Raises:
            UploadError: there is no answer, or the address is one that must not get the token.

        """
        return self._ask("GET", path, is_repeatable=True, pause=pause)

    def post_once(self, path: str) -> Reply:
        """
        Ask for something to be done, once.

        Raises:
            AnswerLostError: whether it is done is not known.
            UploadError: it is not done.

        """
        return self._ask("POST", path, is_repeatable=False, pause=0.0)

    def _ask(self, method: Literal["GET", "POST"], path: str, *, is_repeatable: bool, pause: float) -> Reply:
        url = self.address(path)
        if not may_take_token(url, self.settings):
            raise UploadError(
                "Microsoft names an address that must not get the token of the app",
                "update sdssync; if there is no newer version, report it",
            )
        request = Request(
            url=url,
            method=method,
            media_type="application/json",
            headers={"client-request-id": str(uuid.uuid4())},
            tls=self.line.tls,
            timeout=TIMEOUT,
            max_bytes=MAX_BYTES,
        )
        reply = self._ask_with_token(request, is_repeatable=is_repeatable, pause=pause)
        if reply.status == 401 and self._login.renews():
            self.line.pace.sleep(pause)
            reply = self._ask_with_token(request, is_repeatable=is_repeatable, pause=pause)
        return reply

    def _ask_with_token(self, request: Request, *, is_repeatable: bool, pause: float) -> Reply:
        request = replace(request, bearer=self._login.bearer())
        return self.line.ask(request, is_repeatable=is_repeatable, pause=pause)


def items(api: Api, path: str, what: str, permission: str) -> Iterator[Mapping[str, Any]]:
    """
    Yield the objects of a list, page by page.

    Raises:
        UploadError: there is no answer, or the app may not ask.

    """
    address: object = path
    for _ in range(_MOST_PAGES):
        content = require_done(api.get(str(address)), what, permission).content
        found = content.get("value")
        yield from (item for item in (found if isinstance(found, list) else ()) if isinstance(item, dict))
        address = content.get("@odata.nextLink")
        if not address:
            return


def require_done(reply: Reply, what: str, permission: str) -> Reply:
    """
    Return an answer that says yes.

    `what` says what was asked for, like "the list of connectors"; `permission` is the narrowest one that allows it.

    Raises:
        UploadError: it says no; the message names the permission where that may be the cause.

    """
    if reply.status in _DONE:
        return reply
    message = f"Microsoft refuses {what}: {reply.summary}"
    if reply.status == 401:
        raise UploadError(message, CHECK_APP)
    if reply.status == 403:
        raise UploadError(
            message, f"give the app the permission {permission} (type Application), with an administrator's consent"
        )
    if reply.redirected_to or 300 <= reply.status < 400:
        raise UploadError(f"Microsoft redirects {what}, and redirects are not followed", "update sdssync")
    if status_may_pass(reply.status):
        raise UploadError(f"Microsoft cannot answer the request for {what} now: {reply.summary}", _when(reply))
    raise UploadError(message, reply.advice)


def _when(reply: Reply) -> str:
    return f"Microsoft asks to wait for {reply.wait_seconds:.0f} s; {NEXT_RUN}" if reply.wait_seconds else NEXT_RUN
