"""The source: downloads over real HTTP, what each answer of iSAMS means, and the documents on disk."""

import os
import socket
import stat
import sys
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pytest_httpserver import HTTPServer

from sdssync.config.settings import RecordedSource
from sdssync.errors import (
    ConfigError,
    OutputError,
    RefusedDocumentError,
    SourceMalformedError,
    SourceUnavailableError,
)
from sdssync.isams import error_documents
from sdssync.isams.document import Document, cached_document, recorded_document
from sdssync.isams.download import download
from sdssync.isams.origin import CACHED, RECORDED
from sdssync.isams.progress import Progress
from sdssync.isams.temporary import remove_temporary
from sdssync.net.pace import Pace
from sdssync.school import GroupKind
from tests.support.fake_isams import CANARY, KEY, PATH, Clock, failing, play, recorded, source
from tests.support.needs import needs_fifo, needs_limits

if sys.platform != "win32":
    import resource

PANEL = "in the iSAMS control panel, API Services Manager"
ALL_DATASETS = (
    "HR Manager: Current Staff; Pupil Manager: Current Students; Teaching Manager: Departments & Subjects; "
    "Teaching Manager: Teaching Sets; Teaching Manager: Teaching Set Lists"
)
FOR_GROUPS = (
    "and for [groups] what its profile wants of School Manager: School Forms; School Manager: Academic Houses; "
    "School Manager: Boarding Houses; School Manager: Year Groups"
)
CHECK_KEY = f"{PANEL}, check that the key is there, is enabled, and may be used from the address of this server"
CHECK_URL = "check [isams] url: it is the address of the iSAMS server, and nothing on the way may ask for a login"
LATER = "run it again later; if it still fails, ask iSAMS support"
AGAIN = "run it again; if it still fails, ask iSAMS support"
ASK = "check [isams] url, and ask iSAMS support about the Batch API"

FILTERS = (
    b'<?xml version="1.0" encoding="utf-8"?><Filters><MethodsToRun>'
    b"<Method>HumanResources_GetCurrentStaff</Method><Method>Pupil_GetCurrentPupils</Method>"
    b"<Method>Teaching_GetDepartmentsAndSubjects</Method><Method>Teaching_GetTeachingSets</Method>"
    b"<Method>Teaching_GetTeachingSetLists</Method></MethodsToRun></Filters>"
)


def test_asks_for_the_five_methods(httpserver: HTTPServer, tmp_path: Path) -> None:
    """One POST names the five methods, and carries the key in its query and nowhere else."""
    url = play(httpserver, "good")

    with download(source(url), KEY, tmp_path, progress=Progress()):
        pass

    [(request, _)] = httpserver.log
    assert (request.method, request.path, dict(request.args)) == ("POST", PATH, {"apiKey": KEY.secret})
    assert request.data == FILTERS
    assert request.content_type == "application/xml"
    assert CANARY not in str(request.headers)
    assert {"Authorization", "Cookie"}.isdisjoint(request.headers.keys())


@pytest.mark.parametrize(
    ("wanted", "methods"),
    [
        pytest.param([GroupKind.FORM], ["School_GetSchoolForms"], id="forms"),
        pytest.param(
            [GroupKind.YEAR, GroupKind.BOARDING_HOUSE], ["School_GetBoardingHouses", "School_GetAllYears"], id="two"
        ),
        pytest.param(
            tuple(GroupKind),
            ["School_GetSchoolForms", "School_GetAcademicHouses", "School_GetBoardingHouses", "School_GetAllYears"],
            id="all",
        ),
    ],
)
def test_asks_for_groups_that_are_wanted(
    httpserver: HTTPServer, tmp_path: Path, wanted: Collection[GroupKind], methods: list[str]
) -> None:
    """A further method is asked for only if it is wanted, always in the same order."""
    url = play(httpserver, "good")

    with download(source(url), KEY, tmp_path, wanted, progress=Progress()):
        pass

    [(request, _)] = httpserver.log
    more = "".join(f"<Method>{method}</Method>" for method in methods)
    assert request.data == FILTERS.replace(b"</MethodsToRun>", f"{more}</MethodsToRun>".encode())


@pytest.mark.parametrize(
    ("base", "path"),
    [
        pytest.param("", PATH, id="bare"),
        pytest.param("/", PATH, id="trailing slash"),
        pytest.param("/school//", f"/school{PATH}", id="a path"),
        pytest.param(PATH, PATH, id="the whole address"),
    ],
)
def test_url_forms(httpserver: HTTPServer, tmp_path: Path, base: str, path: str) -> None:
    """The address may be written with a trailing slash, with a path, or with the path of the Batch API."""
    httpserver.expect_request(path, method="POST").respond_with_data(recorded("good").body)

    with download(source(httpserver.url_for("") + base), KEY, tmp_path, progress=Progress()) as downloaded:
        assert downloaded.document.bytes == len(recorded("good").body)


def test_keeps_what_the_caller_found_good(httpserver: HTTPServer, tmp_path: Path) -> None:
    """A download is a private temporary file that takes the place of the last document when it is kept."""
    url = play(httpserver, "good")
    state = tmp_path / "made" / "with parents"
    body = recorded("good").body
    steps: list[tuple[int, int | None]] = []

    class Noting(Progress):
        def download(self, done: int, total: int | None) -> None:
            steps.append((done, total))

    with download(source(url), KEY, state, progress=Noting()) as downloaded:
        document = downloaded.document
        assert document.path.parent == state
        assert document.path.read_bytes() == body
        assert not (state / "isams.xml").exists()
        downloaded.keep()

    assert [path.name for path in state.iterdir()] == ["isams.xml"]
    kept = state / "isams.xml"
    assert (kept.read_bytes(), document.bytes, document.attempts) == (body, len(body), 1)
    assert document.downloaded_at is not None
    assert abs((datetime.now(UTC) - document.downloaded_at).total_seconds()) < 60
    assert steps[-1] == (len(body), len(body))
    if sys.platform != "win32":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_declared_utf_16_is_accepted(httpserver: HTTPServer, tmp_path: Path) -> None:
    """A good document that is declared as utf-16 and sent as UTF-8 is a good document."""
    url = play(httpserver, "good-declared-utf-16")

    with download(source(url), KEY, tmp_path, progress=Progress()) as downloaded:
        assert downloaded.document.path.read_bytes() == recorded("good-declared-utf-16").body


def test_a_refused_document_is_kept(httpserver: HTTPServer, tmp_path: Path) -> None:
    """A document that is refused is private under a name of its own, named by the error, until a good one comes."""
    refused = tmp_path / "isams-refused.xml"
    refused.write_bytes(b"an earlier one")
    (tmp_path / "isams.xml").write_bytes(b"the last one")

    failed = failing(source(play(httpserver, "login-page")), tmp_path)

    assert failed.error.hint.endswith(f"; the document is kept as {refused}")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "isams.xml": b"the last one",
        "isams-refused.xml": recorded("login-page").body,
    }
    if sys.platform != "win32":
        assert stat.S_IMODE(refused.stat().st_mode) == 0o600


def test_a_document_that_the_caller_refuses_is_kept(httpserver: HTTPServer, tmp_path: Path) -> None:
    """What the parser refuses is kept as well, and a download that is kept removes it."""
    url = play(httpserver, "good")
    refused = tmp_path / "isams-refused.xml"

    with (
        pytest.raises(RefusedDocumentError) as caught,
        download(source(url), KEY, tmp_path, progress=Progress()),
    ):
        raise RefusedDocumentError("it is not complete", "run it again")

    assert str(caught.value) == f"it is not complete (run it again; the document is kept as {refused})"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {refused.name: recorded("good").body}

    with download(source(url), KEY, tmp_path, progress=Progress()) as downloaded:
        downloaded.keep()

    assert [path.name for path in tmp_path.iterdir()] == ["isams.xml"]


def test_a_refused_document_that_cannot_be_kept(httpserver: HTTPServer, tmp_path: Path) -> None:
    """If it cannot be kept, the error is about the document all the same."""
    (tmp_path / "isams-refused.xml").mkdir()

    failed = failing(source(play(httpserver, "login-page")), tmp_path)

    assert failed.line == LOGIN_PAGE


def test_without_keep_the_last_document_stays(httpserver: HTTPServer, tmp_path: Path) -> None:
    """A download that is not kept leaves the last document as it was, and nothing else."""
    url = play(httpserver, "good")
    (tmp_path / "isams.xml").write_bytes(b"the last one")

    with download(source(url), KEY, tmp_path, progress=Progress()):
        pass

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"isams.xml": b"the last one"}


def test_removes_what_killed_commands_left(tmp_path: Path) -> None:
    """A temporary file or folder of an earlier command, full of pupils, is removed; other files stay."""
    (tmp_path / "isams-killed.part").write_bytes(b"half a school")
    (tmp_path / "record-killed" / "real-1").mkdir(parents=True)
    (tmp_path / "record-killed" / "real-1" / "users.csv").write_bytes(b"a school")
    (tmp_path / "notes.txt").write_bytes(b"")

    remove_temporary(tmp_path)
    remove_temporary(tmp_path / "not there")

    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, RuntimeError], ids=["Ctrl-C", "a bug"])
def test_an_interrupt_passes_through(httpserver: HTTPServer, tmp_path: Path, interrupt: type[BaseException]) -> None:
    """Ctrl-C, or an error of the progress display, is not translated, and the temporary file is removed."""
    url = play(httpserver, "good")

    class Press(Progress):
        def download(self, done: int, total: int | None) -> None:
            del done, total
            raise interrupt

    with pytest.raises(interrupt), download(source(url), KEY, tmp_path, progress=Press()):
        pass

    assert list(tmp_path.iterdir()) == []


KEY_UNKNOWN = (
    "iSAMS does not know the API key "
    f"({PANEL}, look up or create the key, and put it where [isams] api_key_file or api_key_env points to)"
)
NOT_READ = (
    "iSAMS could not read the request as XML: something on the way changes or drops its body (find out which proxy or "
    "firewall between this server and iSAMS changes a POST, and let it through as it is)"
)
OAUTH = (
    "this iSAMS asks for OAuth 2 client credentials instead of an API key (ask iSAMS support for a client id and a "
    "client secret with scope apiv1, and set [isams] client_id and client_secret_file instead of the key)"
)
LOGIN_PAGE = f"the document is a web page (HTML), perhaps a login page ({CHECK_URL})"


@pytest.mark.parametrize(
    ("name", "kind", "line"),
    [
        pytest.param("invalid-api-key", "SourceRefusedError", KEY_UNKNOWN, id="InvalidApiKey"),
        pytest.param("invalid-api-key-with-status-200", "SourceRefusedError", KEY_UNKNOWN, id="InvalidApiKey, 200"),
        pytest.param(
            "missing-parameter",
            "SourceRefusedError",
            "iSAMS found no API key in the request "
            "([isams] url must name the iSAMS server itself; "
            "a proxy on the way may drop the query from the address)",
            id="MissingParameter",
        ),
        pytest.param(
            "methods-not-allocated",
            "SourceRefusedError",
            "the API key lacks Pupil Manager: Current Students; Teaching Manager: Teaching Sets "
            f"(tick each of these for the key {PANEL}, Batch Methods)",
            id="MethodsNotAllocatedToKeyException",
        ),
        pytest.param(
            "methods-not-allocated-forms",
            "SourceRefusedError",
            "the API key lacks School Manager: School Forms; School Manager: Year Groups "
            f"(tick each of these for the key {PANEL}, Batch Methods)",
            id="MethodsNotAllocatedToKeyException about groups",
        ),
        pytest.param(
            "methods-not-allocated-unnamed",
            "SourceRefusedError",
            f"the API key lacks at least one of {ALL_DATASETS} (tick each of these for the key {PANEL}, Batch Methods; "
            f"{FOR_GROUPS})",
            id="MethodsNotAllocatedToKeyException that names no method",
        ),
        pytest.param(
            "filters-required",
            "SourceRefusedError",
            "iSAMS asks for a filter: the API key has a method that cannot be called without one "
            f"({PANEL}, Batch Methods, leave only these ticked for the key: {ALL_DATASETS}; "
            f"{FOR_GROUPS})",
            id="FiltersRequiredException",
        ),
        pytest.param(
            "unknown-message",
            "SourceRefusedError",
            "iSAMS answered with an error that sdssync does not know (ask iSAMS support about the Batch API)",
            id="an unknown error",
        ),
        pytest.param(
            "unauthorized",
            "SourceRefusedError",
            f"iSAMS refused the API key (status 401) ({CHECK_KEY})",
            id="401",
        ),
        pytest.param(
            "forbidden",
            "SourceRefusedError",
            f"iSAMS does not accept this API key (status 403) ({CHECK_KEY})",
            id="403",
        ),
        pytest.param(
            "not-found",
            "SourceRefusedError",
            "there is no Batch API at this address (status 404) "
            "(check [isams] url: it is the address of the iSAMS server)",
            id="404",
        ),
        pytest.param(
            "gone",
            "SourceRefusedError",
            f"iSAMS did not accept the request (status 410) ({ASK})",
            id="410",
        ),
        pytest.param(
            "no-content",
            "SourceRefusedError",
            f"iSAMS did not accept the request (status 204) ({ASK})",
            id="204",
        ),
        pytest.param(
            "redirect",
            "SourceRefusedError",
            "iSAMS redirects to login.hollowell.example, and redirects are not followed "
            "(write the address at which iSAMS itself answers into [isams] url)",
            id="redirect",
        ),
        pytest.param(
            "redirect-without-target",
            "SourceRefusedError",
            "iSAMS redirects to another address, and redirects are not followed "
            "(write the address at which iSAMS itself answers into [isams] url)",
            id="redirect without target",
        ),
        pytest.param("request-not-read", "SourceRefusedError", NOT_READ, id="a request that iSAMS cannot read"),
        pytest.param("request-without-body", "SourceRefusedError", NOT_READ, id="a request without its body"),
        pytest.param("oauth-invalid-client", "SourceRefusedError", OAUTH, id="OAuth, invalid_client"),
        pytest.param("oauth-bearer", "SourceRefusedError", OAUTH, id="OAuth, 401 with Bearer"),
        pytest.param("oauth-token-missing", "SourceRefusedError", OAUTH, id="OAuth, 401 with JSON about a token"),
        pytest.param("oauth-with-status-200", "SourceRefusedError", OAUTH, id="OAuth, 200"),
        pytest.param("login-page", "RefusedDocumentError", LOGIN_PAGE, id="login page"),
        pytest.param("json", "RefusedDocumentError", f"the document is JSON, not XML ({CHECK_URL})", id="json"),
        pytest.param("empty", "RefusedDocumentError", f"the document is empty ({AGAIN})", id="empty"),
        pytest.param("blank", "RefusedDocumentError", f"the document is empty ({AGAIN})", id="white space"),
        pytest.param(
            "doctype",
            "RefusedDocumentError",
            f"the document has a DOCTYPE, which an iSAMS document never has ({CHECK_URL})",
            id="doctype",
        ),
        pytest.param(
            "another-root",
            "RefusedDocumentError",
            f"the document is XML, but its root element is not iSAMS ({CHECK_URL})",
            id="another root",
        ),
    ],
)
def test_failures_that_stay(httpserver: HTTPServer, tmp_path: Path, name: str, kind: str, line: str) -> None:
    """A failure that is permanent is reported at once, with what to do about it, and not tried again."""
    url = play(httpserver, name)
    (tmp_path / "isams.xml").write_bytes(b"the last one")

    failed = failing(source(url), tmp_path)

    refused = tmp_path / "isams-refused.xml"
    assert (failed.kind, failed.line.replace(f"; the document is kept as {refused}", "")) == (kind, line)
    assert refused.exists() == (kind == "RefusedDocumentError" and name != "empty")
    assert failed.error.exit_code == 3
    assert len(httpserver.log) == 1
    assert failed.logs == []
    assert (tmp_path / "isams.xml").read_bytes() == b"the last one"


@pytest.mark.parametrize(
    ("status", "may_pass"), [(200, True), (400, True), (500, True), (401, False), (403, False), (404, False)]
)
def test_a_busy_database_is_worth_another_attempt(status: int, may_pass: bool) -> None:
    """A recoverable error may pass whatever the status is, except for a status after which no attempt helps."""
    text = recorded("deadlock").body.decode()

    assert error_documents.of_answer(status, text).may_pass is may_pass


@pytest.mark.parametrize(
    ("status", "text", "schemes", "is_oauth"),
    [
        pytest.param(401, '{"error": "invalid_token"}', set(), True, id="invalid_token"),
        pytest.param(403, '{"error": "insufficient_scope"}', set(), True, id="insufficient_scope"),
        pytest.param(401, '{"Message": "OAuth login needed"}', set(), True, id="JSON about OAuth"),
        pytest.param(401, "", {"bearer", "negotiate"}, True, id="one of two schemes"),
        pytest.param(401, "", {"basic"}, False, id="another scheme"),
        pytest.param(401, '{"Message": "Unauthorized"}', set(), False, id="JSON about something else"),
        pytest.param(401, "<Message>token</Message>", set(), False, id="not JSON"),
        pytest.param(200, '{"iSAMS": {"token": 1}}', set(), False, id="a document in JSON"),
        pytest.param(502, "", {"bearer"}, False, id="a gateway"),
    ],
)
def test_oauth(status: int, text: str, schemes: set[str], is_oauth: bool) -> None:
    """An answer about tokens is known by its JSON, or by the login that it asks for."""
    assert bool(error_documents.of_oauth(status, text, schemes)) is is_oauth


DOUBLING = (1, 2, 4, 8, 16, 32, 37)  # seconds; the last one is what is left of 100


@pytest.mark.parametrize(
    ("name", "reason", "message", "waits"),
    [
        pytest.param(
            "deadlock", "database busy", "the iSAMS database was busy (deadlock or lock)", DOUBLING, id="deadlock"
        ),
        pytest.param(
            "deadlock-with-status-200",
            "database busy",
            "the iSAMS database was busy (deadlock or lock)",
            DOUBLING,
            id="deadlock, 200",
        ),
        pytest.param(
            "lock-time-out", "database busy", "the iSAMS database was busy (deadlock or lock)", DOUBLING, id="lock"
        ),
        pytest.param(
            "unhandled",
            "error in iSAMS",
            "iSAMS reported an internal error (UnhandledException)",
            DOUBLING,
            id="another UnhandledException",
        ),
        pytest.param("request-time-out", "status 408", "iSAMS answered with status 408", DOUBLING, id="408"),
        pytest.param("bad-gateway", "status 502", "iSAMS answered with status 502", DOUBLING, id="502"),
        pytest.param("gateway-time-out", "status 504", "iSAMS answered with status 504", DOUBLING, id="504"),
        pytest.param(
            "too-many-requests",
            "status 429",
            "iSAMS answered with status 429",
            (30, 30, 30, 10),
            id="429 that asks for a longer wait",
        ),
    ],
)
def test_failures_that_may_pass(
    httpserver: HTTPServer, tmp_path: Path, name: str, reason: str, message: str, waits: tuple[float, ...]
) -> None:
    """A failure that may pass is tried again, with growing waits, as long as the settings allow; each is logged."""
    url = play(httpserver, name)

    failed = failing(source(url, retry_for=100), tmp_path)

    assert failed.kind == "SourceUnavailableError"
    assert failed.line == f"{message}, after {len(waits) + 1} attempts ({LATER})"
    assert tuple(failed.waits) == waits
    assert len(httpserver.log) == len(waits) + 1
    assert failed.logs == [
        {
            "event": "source.retried",
            "log_level": "warning",
            "host": urlsplit(url).netloc,
            "attempt": attempt,
            "reason": reason,
            "wait_seconds": wait,
        }
        for attempt, wait in enumerate(waits, 1)
    ]


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        pytest.param({"retry_for": 0}, [], id="no second attempt"),
        pytest.param({"retry_for": 2.5}, [1.0, 1.5], id="the last wait is what is left"),
        pytest.param({"retry_for": 100, "max_seconds": 6}, [1.0, 2.0], id="no attempt without time to finish"),
        pytest.param({"retry_for": 300}, [1, 2, 4, 8, 16, 32, 60, 60, 60, 57], id="no wait of more than a minute"),
    ],
)
def test_attempts_end(httpserver: HTTPServer, tmp_path: Path, changes: dict[str, float], waits: list[float]) -> None:
    """No attempt begins after `retry_for`, and none that could not end before `max_seconds`."""
    url = play(httpserver, "bad-gateway")

    failed = failing(source(url, **changes), tmp_path)

    assert failed.waits == waits
    assert len(httpserver.log) == len(waits) + 1


def test_a_second_attempt_can_succeed(httpserver: HTTPServer, tmp_path: Path) -> None:
    """A database that is busy twice costs only time; the longer error leaves nothing in the file."""
    url = play(httpserver, "too-many-requests", "deadlock-with-status-200", "good")
    clock = Clock()

    with download(source(url), KEY, tmp_path, progress=Progress(), pace=clock.pace) as downloaded:
        document = downloaded.document

        assert document.path.read_bytes() == recorded("good").body
        assert (document.bytes, document.attempts) == (len(recorded("good").body), 3)
        assert document.seconds == sum(clock.waits) == 32


def test_a_long_wait_leaves_time_for_the_download(httpserver: HTTPServer, tmp_path: Path) -> None:
    """If a server asks for more time than is left, it gets half of it, and is tried again."""
    url = play(httpserver, "too-many-requests", "good")
    clock = Clock()

    with download(source(url, max_seconds=20), KEY, tmp_path, progress=Progress(), pace=clock.pace) as downloaded:
        assert (downloaded.document.attempts, clock.waits) == (2, [10])


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_jitter_spreads_the_waits(httpserver: HTTPServer, tmp_path: Path, jitter: float) -> None:
    """The wait is between half and all of what the doubling says."""
    url = play(httpserver, "bad-gateway", "bad-gateway", "good")
    clock = Clock()
    pace = Pace(now=lambda: clock.time, sleep=clock.sleep, jitter=lambda: jitter)

    with download(source(url), KEY, tmp_path, progress=Progress(), pace=pace):
        pass

    assert clock.waits == [0.5 + jitter / 2, 1 + jitter]


class Waiting(Progress):
    """Notes the waits that a person would see."""

    def __init__(self, *, is_watched: bool) -> None:
        self.is_watched = is_watched
        self.waits: list[tuple[str, float]] = []

    def wait(self, reason: str, seconds: float) -> None:
        self.waits.append((reason, seconds))


@pytest.mark.parametrize(
    ("is_watched", "has_document", "waits"),
    [
        pytest.param(True, False, [1, 2, 3], id="a first contact that someone waits for is given up soon"),
        pytest.param(True, True, [1, 2, 4, 8, 16, 9], id="a server that has answered before is not"),
        pytest.param(False, False, [1, 2, 4, 8, 16, 9], id="nor is one at night"),
    ],
)
def test_first_contact(tmp_path: Path, is_watched: bool, has_document: bool, waits: list[float]) -> None:
    """A wrong address is reported soon to a person who waits; each wait is shown with its reason."""
    if has_document:
        (tmp_path / "isams.xml").write_bytes(b"")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    clock, progress = Clock(), Waiting(is_watched=is_watched)

    with (
        pytest.raises(SourceUnavailableError, match=r"no connection with 127\.0\.0\.1:"),
        download(source(url, retry_for=40), KEY, tmp_path, progress=progress, pace=clock.pace),
    ):
        pass

    assert clock.waits == pytest.approx(waits, abs=0.1)
    assert progress.waits == [("no connection", wait) for wait in clock.waits]


@pytest.mark.parametrize("host", [f"{CANARY}-7e1d%2F%2B%26%3D%C3%A9.example", f"x.{CANARY}7E1D.example"])
def test_a_redirect_to_the_key_is_not_named(httpserver: HTTPServer, tmp_path: Path, host: str) -> None:
    """A redirect whose host echoes the key, however it is punctuated, is refused without naming it."""
    target = {"Location": f"https://{host}/"}
    httpserver.expect_request(PATH).respond_with_data("", 301, target)

    failed = failing(source(httpserver.url_for("")), tmp_path)

    assert failed.error.message == "iSAMS redirects to another address, and redirects are not followed"


def test_state_that_is_not_a_folder(httpserver: HTTPServer, tmp_path: Path) -> None:
    """A state folder that cannot be created is an output error, reported before a request is sent."""
    state = tmp_path / "state"
    state.write_text("a file", encoding="utf-8")

    with (
        pytest.raises(OutputError) as caught,
        download(source(play(httpserver, "good")), KEY, state, progress=Progress()),
    ):
        pass

    assert caught.value.message.startswith(f"{state} cannot be written: ")
    assert caught.value.hint == "a file is where a folder is expected"
    assert httpserver.log == []


@needs_limits
def test_full_disk(httpserver: HTTPServer, tmp_path: Path) -> None:
    """A file that cannot grow is an output error; no temporary file is left, and the last document stays."""
    (tmp_path / "isams.xml").write_bytes(b"the last one")
    url = play(httpserver, "good")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        failed = failing(source(url), tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert (failed.kind, failed.error.message) == ("OutputError", f"{tmp_path} cannot be written: File too large")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"isams.xml": b"the last one"}


def test_keep_that_fails(httpserver: HTTPServer, tmp_path: Path) -> None:
    """A folder with the name of the last document is an output error."""
    (tmp_path / "isams.xml").mkdir()

    with (
        pytest.raises(OutputError, match=r"isams\.xml could not be replaced by the document of this run"),
        download(source(play(httpserver, "good")), KEY, tmp_path, progress=Progress()) as downloaded,
    ):
        downloaded.keep()

    assert [path.name for path in tmp_path.iterdir()] == ["isams.xml"]


def test_cached(tmp_path: Path) -> None:
    """The document downloaded last says when that was."""
    path = tmp_path / "isams.xml"
    path.write_bytes(b"<iSAMS/>")
    os.utime(path, (1_700_000_000, 1_700_000_000))

    assert cached_document(tmp_path, 8) == Document(
        path=path,
        bytes=8,
        seconds=0.0,
        attempts=0,
        downloaded_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        origin=CACHED,
    )


def test_cached_without_a_document(tmp_path: Path) -> None:
    """Without an earlier download, `--cached` has no source."""
    with pytest.raises(SourceUnavailableError) as caught:
        cached_document(tmp_path / "state", 7)

    assert caught.value.message.startswith(f"no document of an earlier download: {tmp_path / 'state' / 'isams.xml'}: ")
    assert caught.value.hint == "download one: `sdssync plan`"


def test_recorded(tmp_path: Path) -> None:
    """A recorded document has no time of download."""
    path = tmp_path / "recorded.xml"
    path.write_bytes(b"<iSAMS/>")

    assert recorded_document(RecordedSource(file=path, max_bytes=8)) == Document(
        path=path, bytes=8, seconds=0.0, attempts=0, downloaded_at=None, origin=RECORDED
    )


LET_READ = "name a file that the account of sdssync can read"


def make_pipe(path: Path) -> None:
    os.mkfifo(path)  # looked up only where there is one


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(
            lambda _: None,
            " (a relative path counts from the folder of sdssync.toml)",
            id="missing",
        ),
        pytest.param(lambda path: path.mkdir(), f"it is a folder, and a file is expected ({LET_READ})", id="a folder"),
        pytest.param(make_pipe, f"it is a pipe, and a file is expected ({LET_READ})", id="a pipe", marks=needs_fifo),
    ],
)
def test_recorded_that_cannot_be_read(tmp_path: Path, make: Callable[[Path], None], reason: str) -> None:
    """A recorded document that cannot be read is a mistake in the settings."""
    make(tmp_path / "recorded.xml")

    with pytest.raises(ConfigError) as caught:
        recorded_document(RecordedSource(file=tmp_path / "recorded.xml", max_bytes=8))

    text = str(caught.value)
    assert text.startswith(f"the document that isams.file names cannot be read: {tmp_path / 'recorded.xml'}: ")
    assert text.endswith(reason)


def test_documents_larger_than_allowed(tmp_path: Path) -> None:
    """`max_bytes` applies to a document on disk as to one that is downloaded."""
    path = tmp_path / "isams.xml"
    path.write_bytes(b"<iSAMS/>")
    line = f"{path}: the document has 8 bytes, more than the 7 allowed (if that is expected, raise [isams] max_bytes)"

    with pytest.raises(SourceMalformedError) as of_cached:
        cached_document(tmp_path, 7)
    with pytest.raises(SourceMalformedError) as of_recorded:
        recorded_document(RecordedSource(file=path, max_bytes=7))

    assert [str(of_cached.value), str(of_recorded.value)] == [line, line]
